"""Words that refer to a country named before: "both sides", "the regime", "it", "its army".

They mean the actor last meant: in the sentence, else in the sentences before it. What they refer to is a guess, so
their certainty is below one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.actors.dictionary import ActorEntry, capitals
from pipeline.actors.finder import Hit
from pipeline.actors.several import BODIES, COUNTS, Around, codes_of, several, side_by_side
from pipeline.records import Actor

_CERTAINTY = {
    "two": 0.9,
    "three": 0.9,
    "one": 0.8,
    "other": 0.8,
    "former": 0.9,
    "latter": 0.9,
    "noun": 0.7,
    "plural": 0.6,
}
_PRONOUNS_CERTAINTY = 0.7
_ORDER = {"former": 0, "latter": 1}
_PRONOUN = re.compile(r"[Ii]t\b|[Tt]hey\b")
_HE = re.compile(r"(?:[A-Z][^,]{,40}, )?(?P<words>[Hh]e|[Ss]he)\b")
_WE = re.compile(r"\b(?:[Ww]e|us)\b")
_QUOTE = re.compile(r"[\"“”]")
_OF_PEOPLE = frozenset("GOV MIL OPP REB LEG COP JUD".split())  # roles of which one speaks for all
_CLAUSE_BEFORE = re.compile(r"(?:^|[,;] |\band |\bbut |\bthat |though |while |because )$")
_LONGEST_BEFORE = len(" because ")
_EXPLETIVE = re.compile(
    r" (?:is|was|will be|would be|has been|had been|may be|seems?|seemed|appears?|appeared|rain\w*|snow\w*|takes|took"
    r"|turns out|remains|follows|came after|comes (?:as|after|days|weeks)|became clear|emerged|all)\b"
)
_SAID_THAT = re.compile(
    r"\b(?:said|denied|complained|insisted|announced|added|promised|argued|vowed|admitted|confirmed|declared|claimed"
    r"|maintained|threatened|warned|says|denies|insists|claims)(?: (?:on|late|early) \w+)? that $"
)
_OBJECT = re.compile(
    r"\b(?:accus|urg|ask|warn|tell|told|criticis|criticiz|blam|condemn|threaten|attack|support|join|sanction|punish)"
    r"\w* $"
)
_IS_SUBJECT = re.compile(r" (?:would|will|could|may|might|must|should|can|was|is|were|are|had|has|have|did|does)\b")
_BESIDE = len(" has also ")
_OF_AFTER = re.compile(r" of ")
_CAPITAL_NEXT = re.compile(r" [A-Z]")
_IN_AFTER = re.compile(r" in ((?:[A-Z][\w'’-]+)(?: [A-Z][\w'’-]+)?)")
_IN_BEFORE = re.compile(r"\b[Ii]n ((?:[A-Z][\w'’-]+)(?: [A-Z][\w'’-]+)?),? $")
_REACH = 30
_VERB_AFTER = re.compile(
    r"(?: (?:also |then |later |have |had |will |would |were |are )?(?:agreed|met|meet|signed|discussed|said|exchanged|"
    r"talked|pledged|vowed|promised|shook|spoke|held|reached|clashed|fought|traded|split|remain|shared?|called|began)\b"
    r"|[.,;])"
)
_NOUN_AFTER = re.compile(
    r"[- ](?:station|stations|conference|car|cars|base|headquarters|box|court martial|secretary|minister)\b"
)
_ABROAD = re.compile(r"(?:embassy|embassies|consulate|ambassador|envoy|mission)$")
_LOCAL = frozenset(["COP", "CVL", "REB"])  # roles of those who stand before an embassy, and are not its country's


def resolve(text: str, hits: Iterable[Hit], named: Sequence[Actor], around: Around) -> list[Actor]:
    """Return the actors that a sentence names or refers to, in order.

    Parameters
    ----------
    text
        The sentence.
    hits
        What the finder's scan gave for it.
    named
        The actors that it names.
    around
        What the article tells around it.
    """
    found = list(named)
    for hit in hits:
        taken = any(one.start < hit.end and hit.start < one.end for one in found)
        if not taken and _may_refer(text, hit):
            found.extend(_meant(text, hit, sorted(found, key=lambda one: one.start), around))
    found.extend(_he_or_she(text, found, around.before))
    if around.voice is not None:
        found.extend(_we(text, around.voice))
    if found or around.before:
        found.extend(_pronouns(text, sorted(found, key=lambda one: one.start), around.before))
    return sorted(found, key=lambda one: (one.start, one.end))


def has_pronoun(text: str) -> bool:
    """Whether a sentence has a word that may stand for a country."""
    return " it " in text or "It " in text or " they " in text or "They " in text or _has_he_or_she(text)


def _has_he_or_she(text: str) -> bool:
    return text.startswith(("He ", "She ")) or ", he " in text or ", she " in text


def _he_or_she(text: str, named: Sequence[Actor], before: Sequence[Sequence[Actor]]) -> Iterator[Actor]:
    """Yield who "he" is that begins a sentence: whoever spoke or acted for a country in the one before."""
    match = _HE.match(text)
    if match is None or any(one.start < match.end() for one in named):
        return
    subject = next((actors[0] for actors in reversed(before) if actors), None)
    if subject is not None and (subject.role in _OF_PEOPLE or subject.rule == "person"):
        words = match.span("words")
        yield Actor(*words, subject.code, subject.role, match["words"], _PRONOUNS_CERTAINTY, "reference: pronoun")


def has_we(text: str) -> bool:
    """Whether somebody speaks of themselves and others in a sentence."""
    return "We " in text or " we " in text or " us" in text


def _we(text: str, voice: str) -> Iterator[Actor]:
    """Yield whoever speaks as "we" and "us", but for what others are quoted with."""
    for match in _WE.finditer(text):
        quoted = len(_QUOTE.findall(text, 0, match.start())) % 2
        if not quoted and (match[0] == "us" or _begins_clause(text, match.start())):
            yield Actor(*match.span(), voice, "GOV", match[0], _PRONOUNS_CERTAINTY, "reference: pronoun")


def _pronouns(text: str, named: Sequence[Actor], before: Sequence[Sequence[Actor]]) -> Iterator[Actor]:
    if not has_pronoun(text):
        return
    for match in _PRONOUN.finditer(text):
        here = [one for one in named if one.end <= match.start()]
        verb = _OBJECT.search(text, 0, match.start())
        if verb is not None and not _IS_SUBJECT.match(text, match.end()):
            codes = _object(verb, here, before)
        elif not _begins_clause(text, match.start()):
            continue
        elif match[0] in ("They", "they"):
            codes = _they(here, before)
        elif _EXPLETIVE.match(text, match.end()):
            codes = []
        else:
            codes = _it(text[: match.start()], here, before)
        for code in codes:
            yield Actor(*match.span(), code, "", match[0], _PRONOUNS_CERTAINTY, "reference: pronoun")


def _it(told: str, here: Sequence[Actor], before: Sequence[Sequence[Actor]]) -> list[str]:
    """Return who "it" is after some text: who said so, else the subject of the sentence or of the one before."""
    said = _SAID_THAT.search(told)
    if said is not None and not told.endswith("and ", 0, said.start()):
        here = [one for one in reversed(here) if one.end <= said.start()] or here
    subject = codes_of(here) or next((codes_of(one) for one in reversed(before) if one), [])
    return subject[:1]


def _object(verb: re.Match[str], here: Sequence[Actor], before: Sequence[Sequence[Actor]]) -> list[str]:
    """Return who "it" is after a verb: whoever was named last, but for the verb's own subject."""
    own = [one for one in here if one.end <= verb.start()]
    subject = own[-1].code if own and verb.start() - own[-1].end <= _BESIDE else None
    order = [one.code for one in reversed(own)] + [code for one in reversed(before) for code in codes_of(one)]
    return [code for code in order if code != subject][:1]


def _begins_clause(text: str, start: int) -> bool:
    """Whether a clause begins at a place, so that a pronoun there is a subject."""
    return _CLAUSE_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start) is not None


def _may_refer(text: str, hit: Hit) -> bool:
    entry = hit.entries[0]
    if entry.alias.lower() == "the two":
        return _VERB_AFTER.match(text, hit.end) is not None
    if entry.kind in ("noun", "plural"):
        in_name = (hit.start and entry.alias[0].isupper()) or entry.alias.lower().startswith("opposition")
        named = in_name and _CAPITAL_NEXT.match(text, hit.end)  # "Police Agency", "opposition leader Tsai"
        return not (named or _OF_AFTER.match(text, hit.end) or _NOUN_AFTER.match(text, hit.end))
    return True


def _meant(text: str, hit: Hit, named: Sequence[Actor], around: Around) -> list[Actor]:
    entry = hit.entries[0]
    here = _eligible(entry, [one for one in named if one.end <= hit.start])
    if entry.kind in COUNTS:
        acts = _begins_clause(text, hit.start)
        codes = several(entry.alias, COUNTS[entry.kind], here, named, around, acts)
    elif entry.kind in _ORDER:
        by_name = [one for one in here if not one.rule.startswith("reference")]  # "the former" is no third
        codes = several(entry.alias, 2, by_name, named, around._replace(main=()), True)[_ORDER[entry.kind] :][:1]
    elif entry.kind == "other":
        codes = _other(here, around)
    elif (name := _apposed(text, hit, named)) is not None:
        codes = [name.code]
    else:
        code = _seat_beside(text, hit) if _stands_alone(entry) else None
        code = (
            code or _single(frozenset(entry.context), here, around.before) or (None if entry.context else around.only)
        )
        codes = [] if code is None else [code]
    certainty = _CERTAINTY[entry.kind]
    words, rule = text[hit.start : hit.end], f"reference: {entry.kind}"
    return [Actor(hit.start, hit.end, code, entry.role, words, certainty, rule) for code in codes]


def _other(here: Sequence[Actor], around: Around) -> list[str]:
    """Return who is "its neighbour": the other one of the two that the article is about."""
    own = _single(frozenset(), here, around.before)
    return [code for code in around.main if code != own] if own in around.main else []


def _eligible(entry: ActorEntry, here: list[Actor]) -> list[Actor]:
    """Return those named before who can be meant: of "the police" no embassy's country, of "her army" a person's."""
    if entry.role in _LOCAL:
        return [one for one in here if not _ABROAD.search(one.alias)]
    if entry.alias[:4].lower() in ("his ", "her "):
        return [one for one in here if one.rule == "person"] or here
    return here


def _apposed(text: str, hit: Hit, named: Sequence[Actor]) -> Actor | None:
    """Return who is named right after the words: "the prime minister, Hashim Thaci"."""
    after = (one for one in named if one.start == hit.end + len(", ") and text[hit.end : one.start] == ", ")
    return next((one for one in after if one.rule == "person"), None)


def _stands_alone(entry: ActorEntry) -> bool:
    """Whether words need no country before them: "the police in Tbilisi", "protesters in Minsk"."""
    return entry.kind == "plural" or (entry.kind == "noun" and entry.alias[:4].lower() == "the ")


def _seat_beside(text: str, hit: Hit) -> str | None:
    """Return the country whose capital is named beside words: "the government in Tbilisi", "in Tbilisi the police"."""
    place = _IN_AFTER.match(text, hit.end) or _IN_BEFORE.search(text, max(0, hit.start - _REACH), hit.start)
    known = capitals()
    return None if place is None else known.get(place[1]) or known.get(place[1].partition(" ")[0])


def _single(allowed: frozenset[str], here: Sequence[Actor], before: Sequence[Sequence[Actor]]) -> str | None:
    """Return the country last meant: the nearest before in the sentence, else the subject of the one before."""
    order = [one.code for one in reversed(here)]
    for actors in reversed(before):
        order += codes_of(actors)
        if actors and not allowed:
            break
    return next((code for code in order if (code in allowed if allowed else code not in BODIES)), None)


def _they(here: Sequence[Actor], before: Sequence[Sequence[Actor]]) -> list[str]:
    """Return both countries of a sentence that has two side by side, else its subject."""
    actors = list(here) or next((list(one) for one in reversed(before) if one), [])
    codes = codes_of(actors)
    return codes[: 2 if len(codes) > 1 and side_by_side(actors) else 1]
