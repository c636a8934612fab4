"""Shows of force that name no target → mentions against the standing rivals of who makes them.

"Pyongyang test-fired a missile" names nobody, and yet its neighbours know whom it is meant for. Only plain sentences
count: the country does it, in the active voice, and nothing takes it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import date

import ahocorasick_rs

from pipeline.actors import rivals_of
from pipeline.coder.cues import is_negated, is_passive
from pipeline.coder.mentions import mention_of
from pipeline.coder.prediction import Prediction
from pipeline.coder.readings import Coded
from pipeline.coder.spans import noun_phrases
from pipeline.coder.tokens import OTHER, SOURCE, Marked, lowered, masked_tokens
from pipeline.lexicon import Match, load_lexicon
from pipeline.paths import seeds_dir
from pipeline.records import Actor, Candidate, Mention
from pipeline.scale import Scale
from pipeline.scanned import Scanned
from pipeline.settings import Settings

FOLDER = "force"
"""Folder of the seeds that shows of force are coded by."""
UNNAMED = "no target named"
"""What the evidence of such a mention says."""
PROBABILITY = 0.85
"""How often such a sentence tells of a show of force: a judgement; `docs/evaluation.md` has what was measured."""
CERTAINTY = 0.6
"""How sure it is that a rival is meant: a judgement. One report alone is sure enough to be scored."""
_ARMS = ahocorasick_rs.AhoCorasick(
    """missile rocket projectile ibm rbm sbm icbm slbm torpedo satellite nuclear atomic hydrogen reactor artillery
    shells rounds troops soldiers forces tanks army military units drill exercise maneuv manouv manoeuv
    wargame""".split()
)
_ATTACK = re.compile(
    r"\b(?:kill|wound|injur|strik|struck|airstrike|attack|raid|destroy|bombard|casualt|militants?\b|dead\b|died\b)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\b(?:joint|jointly|together|combined)\b", re.IGNORECASE)
_NOUNS = frozenset(["test", "launch", "fire"])
_STATE = frozenset(["", "GOV", "MIL"])
_UNDONE = frozenset(
    "to will would could may might can should must if for against without of about plans planned prepares preparing "
    "ready set threatens threatened which who that whose where before until routinely regularly often".split()
)
_REACH = 4  # words before an act in which one of these takes it back
_FAR = 15  # words between who acts and the act
_AIMED = frozenset("at against into across toward towards".split())
_NOBODY = frozenset("sea seas ocean waters coast strait gulf border frontier boundary line alert footing".split())


def may_show(text: str, named: Set[str], published: date) -> bool:
    """Whether a text that names countries may tell of a show of force; cheap, and never wrong with no."""
    return any(rivals_of(code, published) for code in named) and _names_arms(text)


def code_shows(article: Scanned, scale: Scale, settings: Settings) -> list[Mention]:
    """Return the mentions of one article, in the order of its sentences.

    Parameters
    ----------
    article
        Its sentences, scanned; the day of publication decides who is whose rival.
    scale, settings
        What scores, and the news window.
    """
    if not may_show(" ".join(article.texts), article.named, article.published):
        return []
    found: dict[str, Mention] = {}
    for n, sentence in enumerate(article.sentences):
        if _may_tell(sentence.text):
            for source, act in _acts(sentence.text, article.actors(n), article.published):
                prediction = Prediction(act.phrase.event_type, PROBABILITY, act.phrase.mode, "happened", act.phrase)
                told = article.told(n)
                for target in _targets(source, article.actors(n), sentence.text, article.published):
                    coded = Coded(Candidate(sentence, source, target, told), prediction)
                    mention = mention_of(coded, article.published, scale, settings)
                    found.setdefault(mention.mention_id, _explained(mention))
    return list(found.values())


def _may_tell(text: str) -> bool:
    return _names_arms(text) and not (text.endswith("?") or _ATTACK.search(text))


def _names_arms(text: str) -> bool:
    return bool(_ARMS.find_matches_as_indexes(text.lower()))


def _explained(mention: Mention) -> Mention:
    """Let the evidence say that the target is inferred."""
    return replace(mention, evidence=f"{mention.evidence} ({UNNAMED}; {mention.target} is a standing rival)")


def _targets(source: Actor, actors: Sequence[Actor], text: str, on: date) -> list[Actor]:
    """Return whom a show of force is meant for; not those who take part in a joint one."""
    partners = {actor.code for actor in actors} if _JOINT.search(text) else set()
    rivals = [rival for rival in rivals_of(source.code, on) if rival not in partners]
    return [Actor(source.end, source.end, rival, "", "", CERTAINTY, "rival") for rival in rivals]


def _acts(text: str, actors: Sequence[Actor], on: date) -> Iterator[tuple[Actor, Match]]:
    """Yield who of those with a rival shows force in a sentence, and the phrase that says so."""
    able = [actor for actor in actors if actor.role in _STATE and rivals_of(actor.code, on)]
    lexicon = load_lexicon(seeds_dir() / FOLDER)
    phrases = noun_phrases(text, sorted({(actor.start, actor.end) for actor in actors})) if able else {}
    for actor in able:
        own = phrases[actor.start, actor.end]  # a list acts as one
        marked = Marked(text, own, (len(text), len(text)), tuple(sorted({*phrases.values()} - {own})))
        tokens = lowered(masked_tokens(marked))
        source = tokens.index(SOURCE)
        yield from ((actor, match) for match in lexicon.find(tokens) if _does(tokens, match, source))


def _does(tokens: Sequence[str], match: Match, source: int) -> bool:
    """Whether the source is who acts, did act, and aimed at nobody."""
    between = tokens[source + 1 : match.first]
    if not source < match.first or len(between) > _FAR or OTHER in between:
        return False
    if is_passive(tokens, match) or is_negated(tokens, match):
        return False
    return _UNDONE.isdisjoint(between[-_REACH:]) and not (_is_noun(tokens, match) or _is_aimed(tokens, match))


def _is_noun(tokens: Sequence[str], match: Match) -> bool:
    """Whether the phrase begins with a noun: "the *test* of a missile", and not "test fires a missile"."""
    return tokens[match.first] in _NOUNS and not tokens[match.first + 1].startswith("fir")


def _is_aimed(tokens: Sequence[str], match: Match) -> bool:
    after = tokens[match.last + 1 : match.last + 6]
    return tokens[match.last] not in _NOBODY and bool(after) and after[0] in _AIMED and _NOBODY.isdisjoint(after)
