"""Days of articles → the copies among them, night by night.

A wire story is printed by hundreds of outlets, shortened, with another headline, next week again. One telling must
count once, so each copy is linked to the earliest article that it matches. The links of a day depend on
the articles of that day and of the days before it that the settings name, and on nothing else. A day of
500,000 articles of 500 words takes 0.9 GB at its peak (`benchmarks/copies.py --scale 500000`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from pipeline.copies.digests import without_items
from pipeline.copies.furniture import without_furniture
from pipeline.copies.pairs import Pairs, similar_pairs
from pipeline.copies.reading import Text, read_day
from pipeline.copies.signature import Numbers
from pipeline.copies.window import NOTHING, Printed
from pipeline.records import Copy
from pipeline.settings import CopySettings


def find_copies(
    days: Iterable[tuple[date, Iterable[Text]]], settings: CopySettings
) -> Iterator[tuple[date, list[Copy]]]:
    """Yield for each day the copies printed on it, in order of printing.

    Parameters
    ----------
    days
        Days in ascending order, each with the articles printed on it, in any order. Articles are read once and not
        kept; the next day is asked for when the copies of the last have been taken.
    settings
        `days`: how many days before an article its original is sought. `containment`: two articles are copies if
        they share at least this part of the shorter (beyond the furniture of their outlets), or the whole text.

    Yields
    ------
    tuple
        The day and its copies. `copy_of` is the earliest article of the window that the article matches, by day, time
        of printing and id; an article that also matches earlier ones that nothing else joins to that one has a
        record for each such group. Articles without letters or digits are copies of nothing.

    Raises
    ------
    ValueError
        If a day is not later than the one before it.
    """
    printed = NOTHING
    last = date.min
    for day, articles in days:
        if day <= last:
            raise ValueError(f"the articles of {day} came after those of {last}; give days in ascending order")
        last = day
        texts, text_of = read_day(day, articles)
        printed = printed.since(day - timedelta(days=settings.days)) + texts
        yield day, list(_copies(printed, text_of, len(printed) - len(texts), settings.containment))


def _copies(printed: Printed, text_of: dict[str, int], offset: int, containment: float) -> Iterator[Copy]:
    """Yield the copies among the articles of the last day, whose texts are numbered from `offset`."""
    same = _same_text(printed)
    originals = _originals(_pairs(printed, same, containment), len(printed))
    for article, number in text_of.items():
        text = int(same[number + offset])
        first = printed.articles[text]
        found = originals.get(text, [] if article == first else [(text, 1.0)])
        for original, share in found if article == first else found[:1]:
            yield Copy(article, printed.articles[original], round(share, 4))


def _same_text(printed: Printed) -> Numbers:
    """Return for each text the number of the earliest with the same letters."""
    _, first, place = np.unique(printed.digests, return_index=True, return_inverse=True)
    return first[place]


def _pairs(printed: Printed, same: Numbers, containment: float) -> Pairs:
    own = without_furniture(printed)
    pairs = similar_pairs(own, containment)
    distinct = (same[pairs.later] == pairs.later) & (same[pairs.earlier] == pairs.earlier)
    return without_items(pairs.where(distinct), own.sizes, containment)


def _originals(pairs: Pairs, n: int) -> dict[int, list[tuple[int, float]]]:
    """Return for each text that matches earlier ones the earliest, then those that join it to other stories.

    Pairs are taken in order of the later and then the earlier text, and each that joins two groups is kept.
    """
    order = np.lexsort((pairs.earlier, pairs.later))
    later, earlier, share = pairs.later[order], pairs.earlier[order], pairs.containment[order]
    tree = minimum_spanning_tree(coo_array((np.arange(1.0, len(order) + 1), (later, earlier)), shape=(n, n)))
    originals: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for place in np.sort(tree.data).astype(np.int64) - 1:
        originals[int(later[place])].append((int(earlier[place]), float(share[place])))
    return originals
