"""Measure the whole line with one command, and write the tables of docs/performance.md.

    python benchmarks/bench.py [--all] [--data FOLDER] [--only density,stages,…]

`--all` adds the large runs (hours). FOLDER holds `article_extraction_benchmark.tar.gz`; without it, how dense real
pages are is kept from the run before, and pages are not compared. Every part can be run alone, and keeps its own
section of `benchmarks/results.json`. To compare with what is there now: cp benchmarks/results.json
benchmarks/before.json.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ARCHIVE = "article_extraction_benchmark.tar.gz"
LARGE = ("100000", "500000")
PARTS = ("density", "stages", "functions", "end_to_end", "growth", "limits", "peers")


def commands(everything: bool, data: Path | None) -> dict[str, list[list[str]]]:
    """Return the commands of every part."""
    archive = [str(data / ARCHIVE)] if data else []
    large = [["end_to_end.py", size] for size in LARGE] if everything else []
    return {
        "density": [["density.py", *archive]],
        "stages": [["stages.py"]],
        "functions": [["sampled.py"]],
        "end_to_end": [["end_to_end.py"], ["end_to_end.py", "1000", "--mixture", "dense"], *large],
        "growth": [["end_to_end.py", "--growth"]],
        "limits": [["limits.py"]],  # after the stages, which it compares with
        "peers": [["peers.py", *archive]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="also 100,000 and 500,000 articles")
    parser.add_argument("--data", type=Path, help=f"folder with {ARCHIVE}")
    parser.add_argument("--only", default=",".join(PARTS), help="some of the parts")
    chosen = parser.parse_args()
    wanted = commands(chosen.all, chosen.data)
    for part in chosen.only.split(","):
        for command in wanted[part]:
            print(f"== {' '.join(command)}", flush=True)
            start = time.monotonic()
            subprocess.run([sys.executable, HERE / command[0], *command[1:]], check=True)  # noqa: S603 - our own scripts
            print(f"== {time.monotonic() - start:.0f} s", flush=True)
    subprocess.run([sys.executable, HERE / "tables.py"], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
