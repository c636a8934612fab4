"""Runs that can be killed: this process has everything imported, and forks a child for each run that it is told of.

A line on standard input is seconds, a source and the outputs, parted by tabs: run, and kill the run after so long (0 is
never). The answer is the exit code. What draws the pages touches no store and is stood in for, or it would take most of
the time and of the kills.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from pipeline import chain, report
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.training.build import ready_coder

SETTINGS = Settings.model_validate({"coder": {"kind": "lexicon"}, "index": {"replicates": 20}})


def drawn(index, events, mentions, articles, regimes, method, summary):
    text = json.dumps({"rows": len(index), "events": len(events), "mentions": len(mentions), "method": dict(method)})
    return {"report.html": text.encode() * 50, "KOR-PRK.png": text.encode() * 50}


def run(source: str, outputs: str) -> None:
    chain.run([Path(source)], Store(outputs), SETTINGS, ready_coder("lexicon"))


def child(source: str, outputs: str) -> int:
    """Start a run in a process of its own and return its id."""
    number = os.fork()
    if number == 0:
        try:
            run(source, outputs)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return number


def main() -> None:
    report.render_report = drawn
    os.fsync = lambda _: None  # what a killed process wrote is not lost; flushing is for losses of power, and slow
    articles, _ = chain.collect([Path(sys.argv[1])], SETTINGS)
    chain.code_articles(articles, ready_coder("lexicon"), SETTINGS)  # what is loaded on first use is loaded now
    print("ready", flush=True)
    for line in sys.stdin:
        seconds, source, outputs = line.strip().split("\t")
        number = child(source, outputs)
        if float(seconds):
            time.sleep(float(seconds))
            os.kill(number, signal.SIGKILL)  # one that has ended is still there until it is waited for
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
