"""Measure the line stage by stage: items and megabytes of text a second, share of the time, peak memory.

    python benchmarks/stages.py [ARTICLES] [--dense ARTICLES]

Each step runs in a process of its own (`steps.py`), on what the step before left: seconds are the processor's, memory
is the most that the process held, with what it was given. Steps that are several stages at once (proposing reads actors
and dates) are divided among them by sampling (`sampled.py`). Both mixtures of `generated.py` are measured; `default` is
as dense as news, `dense` tells of nothing but pairs of countries. Writes the section `stages` of
`benchmarks/results.json`.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generated import MIXTURES, Shape, write
from measuring import digest_of, keep
from steps import STEPS

ARTICLES = 3000
DENSE = 600
STEP = Path(__file__).with_name("steps.py")


def run_steps(source: Path, folder: Path) -> list[dict[str, Any]]:
    """Run all steps, each in a process of its own."""
    (folder / "source").write_text(str(source), encoding="utf-8")
    return [_run(name, folder) for name in STEPS]


def _run(name: str, folder: Path) -> dict[str, Any]:
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, STEP, name, folder],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **one_thread},
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def by_stage(steps: list[dict[str, Any]], megabytes: float) -> dict[str, dict[str, Any]]:
    """Divide the steps among their stages, in the order of the line."""
    stages: dict[str, dict[str, Any]] = {}
    for step in steps:
        for name, share in step["shares"].items():
            row = stages.setdefault(name, {"items": 0, "unit": "", "cpu": 0.0, "wall": 0.0, "peak_mib": 0})
            row["cpu"] += share * step["cpu"]
            row["wall"] += share * step["wall"]
            row["peak_mib"] = max(row["peak_mib"], step["peak_mib"])
            row["items"], row["unit"] = row["items"] or step["items"], row["unit"] or step["unit"]
    total = sum(row["cpu"] for row in stages.values())
    for row in stages.values():
        row["per_second"] = round(row["items"] / max(row["cpu"], 1e-3))
        row["mb_per_second"] = round(megabytes / max(row["cpu"], 1e-3), 2)
        row["share"] = round(row["cpu"] / total, 4)
        row["cpu"], row["wall"] = round(row["cpu"], 3), round(row["wall"], 3)
    return stages


def measured(mixture: str, articles: int) -> dict[str, Any]:
    """Measure all stages on a mixture."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "articles.jsonl"
        write(source, Shape(articles), mixture)
        steps = run_steps(source, folder)
        digest = digest_of(source)
    megabytes = next(step["megabytes"] for step in steps if "megabytes" in step)
    stages = by_stage(steps, megabytes)
    cpu = sum(row["cpu"] for row in stages.values())
    return {
        "articles": articles,
        "text": digest,
        "megabytes": megabytes,
        "cpu": round(cpu, 2),
        "wall": round(sum(row["wall"] for row in stages.values()), 2),
        "articles_per_second": round(articles / cpu, 1),
        "peak_mib": max(row["peak_mib"] for row in stages.values()),
        "set_up_cpu": max(step["set_up"] for step in steps),
        "stages": stages,
    }


def told(mixture: str, found: dict[str, Any]) -> None:
    print(
        f"{mixture}: {found['articles']:,} articles, {found['megabytes']} MB, {found['articles_per_second']} articles/s"
    )
    for name, row in found["stages"].items():
        print(
            f"  {name:12}{row['items']:>8,} {row['unit']:10}{row['cpu']:>8.2f} s{row['per_second']:>9,}/s"
            f"{row['mb_per_second']:>9.2f} MB/s{row['share']:>7.1%}{row['peak_mib']:>6} MiB",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="?", default=ARTICLES)
    parser.add_argument("--dense", type=int, default=DENSE, help="articles of the dense mixture")
    chosen = parser.parse_args()
    sizes = dict.fromkeys(MIXTURES, chosen.articles) | {"dense": chosen.dense}
    found = {}
    for mixture, articles in sizes.items():
        found[mixture] = measured(mixture, articles)
        told(mixture, found[mixture])
    keep("stages", found)


if __name__ == "__main__":
    main()
