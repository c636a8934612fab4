"""Measure the whole plain line, from a file of articles to the published index and its report, at several sizes.

    python benchmarks/end_to_end.py [SIZE ...] [--growth] [--mixture default] [--cores 1 2]

Each run is a process of its own: on one core with the engine `serial`, and on two with two processes that code. Told
are articles a second of wall time, seconds of the processors of all processes, the most memory that all processes held
together (shared pages counted once), and the seconds of each part of the night, as the line's own journal has them.
`--growth` asks how cost grows with days, pairs of countries and outlets at the same number of articles. Writes the
sections `end_to_end` and `growth` of `benchmarks/results.json`.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generated import MIXTURES, Shape, write
from measuring import RESULTS, Watch, cpu_seconds, digest_of, keep, spent

from pipeline import chain
from pipeline.chain.nights import NIGHTS_FILE, Night
from pipeline.flows.engines import EngineChoice, plain_engine
from pipeline.settings import Settings
from pipeline.store import Store

SIZES = (1000, 10_000)
GROWN = 1000
GRID = {"days": (1, 10, 100, 1000), "countries": (5, 15, 20), "outlets": (5, 50, 500)}


def one(source: Path, outputs: Path, cores: int) -> None:
    """Run the line in this process, and print what it took."""
    usable = sorted(os.sched_getaffinity(0))[:cores]
    os.sched_setaffinity(0, usable)
    choice = EngineChoice("process", cores) if cores > 1 else EngineChoice()
    settings, store = Settings(), Store(outputs)
    with spent() as took, steps_of_processor() as parts, plain_engine(choice, settings.coder.kind) as engine:
        from pipeline.training.build import late_coder  # noqa: PLC0415 - loading it is part of a night

        coder = late_coder(settings.coder.kind)
        summary = chain.run([source], store, settings, coder, anyway=True, engine=engine)
    night = json.loads((outputs / NIGHTS_FILE).read_text(encoding="utf-8"))["last"]
    known = {name: getattr(summary, name) for name in ("new_articles", "copies", "mentions", "events", "dyads")}
    print(
        json.dumps(
            {
                "cores": len(usable),
                "wall": took.wall,
                "cpu": took.cpu,
                **known,
                "parts": night["steps"],
                "parts_cpu": parts,
            }
        )
    )


@contextmanager
def steps_of_processor() -> Iterator[dict[str, float]]:
    """Note the processor's seconds of each step beside the journal's, which are on the wall.

    Those of other processes count in the step in which they end.
    """
    plain, found, last = Night.done, {}, [cpu_seconds()]

    def done(night: Night, step: str) -> None:
        plain(night, step)
        moment = cpu_seconds()
        found[step] = round(moment - last[0], 2)
        last[0] = moment

    Night.done = done  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Night.done = plain  # type: ignore[method-assign]


def measured(source: Path, folder: Path, cores: int) -> dict[str, Any]:
    """Run the line in a process of its own, and watch its memory."""
    command = [sys.executable, __file__, "--one", source, folder / f"outputs-{cores}", str(cores)]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **threads}) as process:  # noqa: S603
        assert process.stdout
        with Watch(process.pid) as watch:
            said = process.stdout.read()
            process.wait()
    assert process.returncode == 0, said
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    found["wall"], found["cpu"] = round(found["wall"], 1), round(found["cpu"], 1)
    found["peak_mib"], found["load"] = watch.peak >> 20, round(os.getloadavg()[0], 1)
    return found


def sized(size: int, mixture: str, cores: tuple[int, ...] = (1, 2), **shape: int) -> dict[str, Any]:
    """Measure a number of articles, on one core and on two."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "articles.jsonl"
        size_mb = write(source, Shape(size, **shape), mixture) / 1e6
        row: dict[str, Any] = {"articles": size, "mixture": mixture, "mb": round(size_mb, 1)}
        row["text"] = digest_of(source)
        for count in cores:
            found = measured(source, folder, count)
            found["articles_per_second"] = round(size / found["wall"], 1)
            found["articles_per_cpu_second"] = round(size / found["cpu"], 1)
            row[str(count)] = found
            print(size, mixture, shape, found, flush=True)
    return row


def growth(size: int) -> dict[str, list[dict[str, Any]]]:
    """Measure the same number of articles over other numbers of days, pairs of countries and outlets, on one core."""
    found = {}
    for name, values in GRID.items():
        rows = [{"value": value} | sized(size, "default", (1,), **{name: value}) for value in values]
        found[name] = rows
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*")
    parser.add_argument("--mixture", choices=sorted(MIXTURES), default="default")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--growth", action="store_true")
    chosen = parser.parse_args()
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    rows = {(row["mixture"], row["articles"]): row for row in known.get("end_to_end", [])}
    for size in chosen.sizes or ([] if chosen.growth else SIZES):
        rows[chosen.mixture, size] = sized(size, chosen.mixture, tuple(chosen.cores))
        keep("end_to_end", [rows[key] for key in sorted(rows)])
    if chosen.growth:
        keep("growth", growth(GROWN))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
