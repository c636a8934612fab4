"""Who reports a deed does not do it: "Seoul said the North fired shells" is no shelling by Seoul.

Where a country's words lead straight to the other's deed, a deed that the coder charged to the speaker is the other's.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.coder.prediction import Prediction
from pipeline.records import Candidate

DEEDS = frozenset("AID COERCE ASSAULT CONCEDE COOPERATE MOBILIZE PROTEST RETREAT SANCTION".split())
"""Event types that are done and not said."""
_REPORTS = re.compile(
    r"[^,;:.]{0,60}?\b(?:says?|said|claim(?:s|ed)|report(?:s|ed)|confirm(?:s|ed)|stat(?:es|ed)|believes?|alleg(?:es|ed)"
    r"|found|announce[sd])\b(?: (?:on|late on|early on) [A-Z]\w+| [A-Z]\w+day)?(?:,)?(?: that)?(?: the)? $"
)
_ACTS = re.compile(
    r"(?!(?: [\w’'-]+){0,3} (?:is|are|was|were|be|been)\b)"
    r"(?:[’']s? [\w-]+| (?:troops|forces|navy|army|soldiers|vessels|ships|jets|military))?"
    r"(?: (?:has|have|had))?(?: [a-z]+ly| again| also)? "
    r"(?!(?:is|are|was|were|be|been|being|will|would|should|must|could|may|might|can|shall|and|or|of|in|to)\b)[a-z]+"
)


def set_right(candidate: Candidate, prediction: Prediction) -> Candidate:
    """Return the candidate whose source does what was predicted: the same, or turned where its source only reports."""
    if prediction.event_type in DEEDS and _only_reports(candidate):
        return replace(candidate, source=candidate.target, target=candidate.source)
    return candidate


def _only_reports(candidate: Candidate) -> bool:
    text, source, target = candidate.sentence.text, candidate.source, candidate.target
    if target.start < source.end or not _REPORTS.fullmatch(text, source.end, target.start):
        return False
    return _ACTS.match(text, target.end) is not None
