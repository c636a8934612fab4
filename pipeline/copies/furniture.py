"""Window → the passages that are furniture: what outlets print under story after story.

Copyright lines, calls to subscribe, "Reporting by …" and standing background would make copies of different
stories. A hash is furniture if one outlet prints it in several different texts. Ten versions of one story by one
outlet repeat each other too, but have little else; so only a text with enough of its own counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.copies.parts import Part, parts, run_starts, without
from pipeline.copies.signature import Numbers
from pipeline.copies.window import Printed

TEXTS = 4
_OWN = 0.25


def without_furniture(printed: Printed) -> Printed:
    """Return the texts without the hashes of furniture.

    A hash is furniture if one outlet prints it in at least `TEXTS` texts of which at least a quarter is not so
    repeated. Articles without outlet have none.
    """
    outlets = _numbered(printed.outlets)
    repeated = [_repeated(part, outlets) for part in parts(printed)]
    counts = np.zeros(len(printed))
    for part in repeated:
        counts += np.bincount(part.texts, minlength=len(printed))
    counting = counts <= (1 - _OWN) * printed.sizes
    keys = [np.unique(_repeated(part.where(counting[part.texts]), outlets).keys) for part in repeated]
    return without(printed, np.concatenate(keys))


def _numbered(outlets: list[str]) -> Numbers:
    """Return a number for each outlet, -1 where it is unknown."""
    numbers = {"": -1}
    return np.array([numbers.setdefault(outlet, len(numbers)) for outlet in outlets], dtype=np.int64)


def _repeated(part: Part, outlets: Numbers) -> Part:
    """Return the entries of hashes that one outlet prints in enough texts, without those of the other outlets."""
    part = part.where((part.group_sizes >= TEXTS) & (outlets[part.texts] >= 0))
    by_outlet = np.lexsort((outlets[part.texts], part.first))
    packed = part.first[by_outlet] * (outlets.max(initial=0) + 1) + outlets[part.texts[by_outlet]]
    first = run_starts(packed)
    often: NDArray[np.bool_] = np.zeros(len(packed), dtype=bool)
    often[by_outlet] = np.bincount(first, minlength=len(first))[first] >= TEXTS
    return part.where(often)
