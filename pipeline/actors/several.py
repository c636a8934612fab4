"""Words for several countries at once → which ones: "both sides", "the two neighbours", "the three leaders".

Mostly they are those that the sentence, or the one before, has just named. Where somebody else came between, they are
the ones that the whole article is about: "Russia offered *the two neighbours* its help".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from pipeline.records import Actor

COUNTS = {"two": 2, "three": 3}
"""Kinds of references and how many countries they mean."""
BODIES = frozenset("UNO EUE NAT AFU ASE ARL OSC IAE".split())
"""Organisations: they have no army, no regime and no neighbours, and are no country."""
_ANY = re.compile(r"(?:side|part(?:y|ies)|pair|delegation|negotiator|all three)s?\b")
_PEOPLE = re.compile(r"(?:leader|president|minister|envoy|official|general|commander|men)s?\b")


class Around(NamedTuple):
    """What an article tells around a sentence.

    `before` are the actors of the sentences before, the latest last; `main` what `mainly` gave for the article; `only`
    the one country that the sentence names, also as a place, whose "the police" are; `voice` the country whose own
    agency speaks in the article.
    """

    before: Sequence[Sequence[Actor]]
    main: Sequence[str]
    only: str | None
    voice: str | None


def codes_of(actors: Iterable[Actor]) -> list[str]:
    """Return the countries of actors, each once, in order."""
    return list(dict.fromkeys(one.code for one in actors))


def mainly(sentences: Iterable[Set[str]]) -> list[str]:
    """Return the countries of an article by the number of sentences that name them, bodies left out.

    Empty unless two of them stand out: each named in more sentences than any third, and in more than one.
    """
    counts = Counter(code for codes in sentences for code in codes if code not in BODIES)
    ranked = [*sorted(counts.items(), key=lambda item: (-item[1], item[0])), *[("", 0)] * 3]
    return [code for code, _ in ranked[:2]] if ranked[1][1] > max(1, ranked[2][1]) else []


def several(
    words: str,
    count: int,
    here: Sequence[Actor],
    named: Sequence[Actor],
    around: Around,
    acts: bool,
) -> list[str]:
    """Return the countries that words for `count` of them mean; none where that cannot be told.

    Parameters
    ----------
    words, count
        "the two sides", 2.
    here, named
        The actors of the sentence that stand before the words, and all of them.
    around
        What the article tells around the sentence.
    acts
        Whether a clause begins with the words; else somebody else may do something to them.
    """
    fits = _ANY.search(words) is not None
    here, named = ([one for one in actors if fits or one.code not in BODIES] for actors in (here, named))
    before = ([], [], *around.before)[-2:]
    earlier, last = ([one for one in actors if fits or one.code not in BODIES] for actors in before)
    others_act = around.main and not acts and set(around.main).isdisjoint(codes_of(here))
    near = [] if others_act else _exactly(count, here)
    if not near and (side_by_side(last) or _PEOPLE.search(words)):
        near = _exactly(count, last)
    return near or (list(around.main) if len(around.main) == count else _nearby(count, last, earlier, named))


def _nearby(count: int, last: Sequence[Actor], earlier: Sequence[Actor], named: Sequence[Actor]) -> list[str]:
    """Return the countries of the sentence before, of both, or of three, whichever are as many as meant."""
    groups = (last, [*last, *named], [*earlier, *last], [*earlier, *last, *named])
    return next(filter(None, (_exactly(count, actors) for actors in groups)), [])


def _exactly(count: int, actors: Sequence[Actor]) -> list[str]:
    codes = codes_of(actors)
    if count == 2 and len(codes) > 2 and side_by_side(actors):
        return codes[:2]
    return codes if len(codes) == count else []


def side_by_side(actors: Sequence[Actor]) -> bool:
    """Whether a sentence begins with two countries as one subject: "Australia and New Zealand have sent …"."""
    two = next((actor for actor in actors if actor.code != actors[0].code), None)
    if two is None:
        return False
    return actors[0].start == two.start or 0 < two.start - actors[0].end <= len(", and the ")
