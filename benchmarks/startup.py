"""How long the command takes to start, and which imports weigh.

    python benchmarks/startup.py OUTPUTS [REPEATS]

OUTPUTS is the folder of a run, such as that of the demo articles. Each command runs REPEATS times (default 10) in a
process of its own; told are the median of the time on the wall and of the time of the processor, which is the same
on a machine that others use too. Writes `benchmarks/startup.json`.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMAND = Path(sys.executable).with_name("escalation")
COMMANDS = (("--help",), ("status",), ("index", "show"))
LIMITS = {"--help": 0.4, "status": 1.0, "index show": 1.5}
MODULES = {"--help": "pipeline.cli", "status": "pipeline.status", "index show": "pipeline.reading"}
HEAVIEST = 5


def timed(arguments: list[str]) -> tuple[float, float]:
    """Return the seconds of one call, on the wall and of the processor."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, *arguments], capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - start, os.times()
    assert done.returncode in (0, 1, 2), done.stderr
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def heaviest(module: str) -> dict[str, int]:
    """Return the packages whose import takes longest, with all that they import, in milliseconds."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-X", "importtime", "-c", f"import {module}"], capture_output=True, text=True, check=True
    )
    found: dict[str, int] = {}
    for line in done.stderr.splitlines()[1:]:
        own, total, name = (part.strip() for part in line.removeprefix("import time:").split("|"))
        if "." not in name and own.isdigit():
            found[name] = int(total) // 1000
    return dict(sorted(found.items(), key=lambda one: -one[1])[:HEAVIEST])


def main(outputs: str, repeats: int) -> None:
    results = {}
    print("| command | wall s | processor s | limit s | heaviest imports, ms |\n|---|---|---|---|---|")
    for command in COMMANDS:
        name = " ".join(command)
        arguments = [*command] if name == "--help" else [*command, "--outputs", outputs]
        runs = [timed(arguments) for _ in range(repeats + 1)][1:]  # the first one warms the caches
        wall, cpu = (round(statistics.median(column), 2) for column in zip(*runs, strict=True))
        imports = heaviest(MODULES[name])
        results[name] = {"wall": wall, "processor": cpu, "limit": LIMITS[name], "imports_ms": imports}
        told = ", ".join(f"{module} {size}" for module, size in imports.items())
        print(f"| `escalation {name}` | {wall} | {cpu} | {LIMITS[name]} | {told} |", flush=True)
    Path(__file__).with_name("startup.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10)
