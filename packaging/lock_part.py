"""`requirements.lock` → the part of it that is needed to run the program, or to build its wheel.

The lock says of every package who asked for it ("via"). What the project itself asks for, over however many steps, is
needed to run; what hatchling asks for, and hatchling, to build. The rest serves development only. So there is one
lock, and its parts cannot differ from it.

    python packaging/lock_part.py run > requirements.txt
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOTS = {"run": "escalation-index (pyproject.toml)", "build": "hatchling"}
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==")
_VIA = re.compile(r"^\s+#(?:\s+via)?\s+(?!via$)(\S.*)$")


def lock_part(lock: str, part: str) -> str:
    """Return the pins of a part of a lock, with markers and hashes, in the lock's order.

    Raises
    ------
    ValueError
        If the lock does not say who asked for a package.
    """
    blocks = _blocks(lock)
    asked: dict[str, set[str]] = {}
    for name, lines in blocks:
        asked.setdefault(name, set()).update(found[1] for line in lines if (found := _VIA.match(line)))
    silent = sorted(name for name, parents in asked.items() if not parents)
    if silent:
        raise ValueError(f"the lock does not say who asked for {', '.join(silent)}: compile it with annotations")
    wanted = {ROOTS[part]}
    while fresh := {name for name, parents in asked.items() if parents & wanted} - wanted:
        wanted |= fresh
    kept = (line for name, lines in blocks if name in wanted for line in lines)
    return "\n".join(line for line in kept if not line.lstrip().startswith("#")) + "\n"


def _blocks(lock: str) -> list[tuple[str, list[str]]]:
    """Return each pin with its lines, in order; a name comes twice where versions differ by platform."""
    blocks: list[tuple[str, list[str]]] = []
    for line in lock.splitlines():
        pin = _PIN.match(line)
        if pin:
            blocks.append((pin[1], []))
        if blocks:
            blocks[-1][1].append(line)
    return blocks


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    found = next(path for path in (here / "requirements.lock", here.parent / "requirements.lock") if path.exists())
    sys.stdout.write(lock_part(found.read_text(encoding="utf-8"), sys.argv[1]))
