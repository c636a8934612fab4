"""Coded candidates of a sentence → those that stand: who does what to whom among all readings.

A sentence with three countries is asked about six times, and more where one stands twice; what is answered competes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.actors.capitals import HOST, VISITED
from pipeline.coder.asides import is_acted_upon, is_topic, is_venue
from pipeline.coder.prediction import Prediction
from pipeline.coder.spans import is_list
from pipeline.records import Actor, Candidate
from pipeline.scale import MUTUAL, NO_EVENT, Scale

_SURE = 0.8
"""Probability at which a reading stands beside a likelier one: of other actors, or of the same at another place."""
_UNEXPLAINED = 0.5
"""Least probability of an event that no phrase of the lexicon explains: of those below, one in four is right."""
_SUFFERED = ("ASSAULT", "COERCE")
_FAR = 0.002
"""Probability that a character between source and target costs a reading, when readings compete."""
_EACH_OTHER = re.compile(r"\b(?:each other|one another)\b")
_ONE_WAY = re.compile(
    r"\b(?:messages?|letters?|cables?|telegrams?|cards?|greetings|wreaths?|congratulat\w+|condol\w+)\b", re.IGNORECASE
)


class Coded(NamedTuple):
    """A candidate and what the estimator made of it."""

    candidate: Candidate
    prediction: Prediction


def standing(all_coded: Iterable[Coded], scale: Scale, least: float) -> list[Coded]:
    """Return the readings that stand, in the order of their sentences.

    Parameters
    ----------
    all_coded
        The coded candidates of any number of sentences.
    scale, least
        What tells conflict from cooperation, and the least probability of an event.
    """
    groups: dict[tuple[str, int, str], list[Coded]] = defaultdict(list)
    for coded in _readings(all_coded, scale, least):
        sentence = coded.candidate.sentence
        groups[sentence.article_id, sentence.number, coded.prediction.event_type].append(coded)
    return [coded for group in groups.values() for coded in _both_ways(_decided(group))]


def _readings(all_coded: Iterable[Coded], scale: Scale, least: float) -> Iterator[Coded]:
    """Yield the sure readings of who does it to whom.

    Those of a pair have the event types of the likeliest of them; another type is told only by one that stands
    elsewhere in the sentence, or is very sure.
    """
    pairs: dict[tuple[str, int, str, str], list[Coded]] = defaultdict(list)
    for coded in all_coded:
        one = coded.candidate
        if _is_told(coded, scale, least):
            pairs[one.sentence.article_id, one.sentence.number, one.source.code, one.target.code].append(coded)
    for group in pairs.values():
        best = min(group, key=_rank)
        types = {event.event_type for event in _events(best.prediction, scale)}
        for coded in group:
            enough = _SURE if _shares_an_actor(coded, best) else least
            for event in _events(coded.prediction, scale):
                if event.probability >= (least if event.event_type in types else enough):
                    yield Coded(coded.candidate, event)


def _is_told(coded: Coded, scale: Scale, least: float) -> bool:
    """Whether an event is sure enough, and both can be its parties.

    A source neither suffers it nor does it together with its target; a capital that is visited only receives.
    """
    candidate, prediction = coded
    if prediction.event_type == NO_EVENT or (_is_conflict(prediction, scale) and _are_allies(coded)):
        return False
    if _is_out_of_place(coded):
        return False
    if prediction.event_type in _SUFFERED and is_acted_upon(candidate.sentence.text, candidate.source):
        return False
    return prediction.probability >= (least if prediction.phrase else max(least, _UNEXPLAINED))


def _is_out_of_place(coded: Coded) -> bool:
    """Whether a capital would do more than stand there.

    It would be protested against for another's embassy, or warn whom the minister warned who flew to it.
    """
    source, target = coded.candidate.source, coded.candidate.target
    if coded.prediction.event_type == "PROTEST" and target.rule == HOST:
        return True
    return coded.prediction.event_type != "CONSULT" and VISITED in (source.rule, target.rule)


def _shares_an_actor(one: Coded, other: Coded) -> bool:
    """Whether two readings are about the same words for an actor; else each stands in a clause of its own."""
    own, its = one.candidate, other.candidate
    return own.source.start == its.source.start or own.target.start == its.target.start


def _events(first: Prediction, scale: Scale) -> list[Prediction]:
    """Return the events of a pair: none, one, or two on the same side of the scale.

    Of two on different sides one mostly undoes the other ("the cessation of jamming").
    """
    if first.event_type == NO_EVENT:
        return []
    second = first.second
    if second is None or _is_conflict(second, scale) != _is_conflict(first, scale):
        return [first]
    return [first, second]


def _is_conflict(prediction: Prediction, scale: Scale) -> bool:
    return scale.quad_class(prediction.event_type) > 2


def _decided(group: Sequence[Coded]) -> list[Coded]:
    """Choose who does it to whom among all readings of one event type in one sentence.

    The likeliest reading stands; another one stands beside it if it is sure, if its actors are coordinated with the
    first's ("Seoul and Tokyo condemned …"), or if it is the way back of a mutual act.
    """
    ranked = sorted(_of_parties(group), key=_rank)
    if not ranked:
        return []
    best = ranked[0].candidate
    actors = [actor for coded in group for actor in (coded.candidate.source, coded.candidate.target)]
    kept: dict[tuple[str, str], Coded] = {}
    for coded in ranked:
        one = coded.candidate
        pair = (one.source.code, one.target.code)
        if pair in kept or (pair[::-1] in kept and not (_is_mutual(coded) or _is_elsewhere(coded, kept[pair[::-1]]))):
            continue
        way_back = pair == (best.target.code, best.source.code)
        beside = _listed(best.source, one.source, actors, one) and _listed(best.target, one.target, actors, one)
        if one is best or way_back or beside or coded.prediction.probability >= _SURE:
            kept[pair] = coded
    return list(kept.values())


def _of_parties(group: Sequence[Coded]) -> Sequence[Coded]:
    """Leave out meetings with those of whom others speak, and with the country in which others meet."""
    parties = [coded for coded in group if not (_is_meeting(coded) and _has(is_topic, coded.candidate))]
    elsewhere = [coded for coded in parties if not (_is_meeting(coded) and _has(is_venue, coded.candidate))]
    return elsewhere or parties


def _has(aside: Callable[[str, Actor], bool], candidate: Candidate) -> bool:
    """Whether source or target is named aside."""
    return any(aside(candidate.sentence.text, actor) for actor in (candidate.source, candidate.target))


def _both_ways(group: Sequence[Coded]) -> Iterator[Coded]:
    """Yield readings, and the way back of those of which a party cannot be without the other: who is met meets, too."""
    pairs = {(coded.candidate.source.code, coded.candidate.target.code) for coded in group}
    for coded in group:
        yield coded
        one = coded.candidate
        if _is_meeting(coded) and (one.target.code, one.source.code) not in pairs:
            yield coded._replace(candidate=replace(one, source=one.target, target=one.source))


def _is_meeting(coded: Coded) -> bool:
    """Whether two parties meet or speak with each other; a message goes one way, a mediator is nobody's partner."""
    prediction = coded.prediction
    if prediction.event_type != "CONSULT" or prediction.mode == "third-party":
        return False
    return _ONE_WAY.search(coded.candidate.sentence.text) is None


def _is_elsewhere(coded: Coded, back: Coded) -> bool:
    """Whether the way back is surely told elsewhere: "Tokyo expelled two, after *Moscow* had expelled *its* men"."""
    one, other = coded.candidate, back.candidate
    apart = one.source.start != other.target.start and one.target.start != other.source.start
    return apart and coded.prediction.probability >= _SURE


def _is_mutual(coded: Coded) -> bool:
    """Whether two parties do it to each other: by its type, its phrase, the sentence's words, or as one subject."""
    return coded.prediction.event_type in MUTUAL or _are_one(coded.candidate) or _do_it_to_each_other(coded)


def _do_it_to_each_other(coded: Coded) -> bool:
    phrase = coded.prediction.phrase
    if phrase is not None and phrase.agent == "both":
        return True
    return _EACH_OTHER.search(coded.candidate.sentence.text) is not None


def _are_one(candidate: Candidate) -> bool:
    """Whether both actors are meant by one noun phrase: "*the two armies* pulled back", "*Baku and Yerevan* swap …"."""
    first, second = sorted((candidate.source, candidate.target), key=lambda actor: (actor.start, actor.end))
    return first.start == second.start or is_list(candidate.sentence.text[first.end : second.start])


def _are_allies(coded: Coded) -> bool:
    """Whether two members of a list do something to a third: "*US and Iraqi* forces raid …", not "… exchange fire"."""
    one = coded.candidate
    first, second = sorted((one.source, one.target), key=lambda actor: (actor.start, actor.end))
    gap = one.sentence.text[first.end : second.start]
    return is_list(gap) and " and " in gap and not _do_it_to_each_other(coded)


def _rank(coded: Coded) -> tuple[float, int, int]:
    """Return what to sort readings by, the best first: sure ones, and of those the pair that stands closer."""
    source, target = coded.candidate.source, coded.candidate.target
    gap = max(0, source.start - target.end, target.start - source.end)
    return _FAR * gap - coded.prediction.probability, source.start, target.start


def _listed(one: Actor, other: Actor, actors: Sequence[Actor], candidate: Candidate) -> bool:
    """Whether two actors are the same, or members of one list: only actors and "and" stand between them."""
    if one == other:
        return True
    start, end = min(one.end, other.end), max(one.start, other.start)
    gap = candidate.sentence.text[start:end]
    for name in sorted({actor.alias for actor in actors}, key=len, reverse=True):
        gap = gap.replace(name, "")
    return is_list(gap)
