"""A drawing as SVG → the same drawing in fewer letters, for a small page."""

from __future__ import annotations

import re

_LINES = re.compile(r' d="((?:\s*[ML] \S+ \S+)+\s*z?\s*)"')  # after z the place would be another: only at the end
_PLACES = re.compile(r' (?!style=)[\w-]+="[^"]*"')  # style holds opacities, and text outside holds values
_LONG = re.compile(r"(\d\.\d)\d+")


def compact(svg: str) -> str:
    """Return a drawing with its points rounded to a tenth of a point and its lines by steps, for a small page."""
    return _LINES.sub(
        lambda found: f' d="{_steps(found[1].split())}"', _PLACES.sub(lambda found: _LONG.sub(r"\1", found[0]), svg)
    )


def _steps(words: list[str]) -> str:
    """Return a path of absolute M and L (and z) by relative steps; from rounded places, so that no error adds up."""
    made, here, letter = "", (0, 0), ""
    for word, x, y in zip(words, words[1:], words[2:], strict=False):
        if word in ("M", "L"):
            place = round(10 * float(x)), round(10 * float(y))
            made += " " if word == "L" and letter == "L" else word.lower()
            made += f"{_tenths(place[0] - here[0])} {_tenths(place[1] - here[1])}"
            here, letter = place, word
    return made.replace(" -", "-") + ("z" if words[-1] == "z" else "")


def _tenths(value: int) -> str:
    return f"{value / 10:g}".replace("0.", ".", 1) if abs(value) < 10 else f"{value / 10:.1f}".removesuffix(".0")
