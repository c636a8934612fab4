"""Moves of a night → those too large for what is new behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Check
from pipeline.settings import CheckSettings

NAME = "jump"
LEAST_POINTS = 10.0
"""Moves below this are no leap, wherever they begin."""
_SEVERAL = 3
"""Outlets that have told of a pair before, from which on the stories of one outlet are one voice."""
_NAMED = 3


@dataclass(frozen=True)
class Move:
    """How the latest tension of a dyad moved in a night, and what is new behind it.

    `largest` is its largest move between two covered days of the year before, None where it had too few of them.
    `stories` and `outlets` count what newly tells of the pair, `known_outlets` who told of it before.
    """

    dyad: str
    before: float
    after: float
    largest: float | None
    stories: int
    outlets: int
    known_outlets: int

    @property
    def points(self) -> float:
        """The size of the move."""
        return abs(self.after - self.before)

    @property
    def room(self) -> float:
        """What lay between the tension and the end of the scale that it moved to."""
        return 100.0 - self.before if self.after > self.before else self.before


def judge_jumps(moves: Sequence[Move], settings: CheckSettings) -> Check:
    """Whether every leap has its stories.

    It fails where a tension moves by more than `jump_share` of the way to the end of the scale (and 10 points), and by
    more than in any night of the year before, and fewer than `jump_stories` new stories tell of the pair; where several
    outlets used to, each counts once.
    """
    if not settings.jump:
        return Check(NAME, "off")
    odd = [move for move in moves if is_odd(move, settings)]
    if not odd:
        return Check(NAME, "held", "no dyad leapt without its reasons")
    told = "; ".join(
        f"{one.dyad} from {one.before:.1f} to {one.after:.1f} with {one.stories} new stories of {one.outlets} outlets"
        for one in sorted(odd, key=lambda one: (-one.points, one.dyad))[:_NAMED]
    )
    more = f" and {len(odd) - _NAMED} more" if len(odd) > _NAMED else ""
    return Check(NAME, "failed", f"{told}{more}")


def is_odd(move: Move, settings: CheckSettings) -> bool:
    """Whether a move is too large for what is new behind it; never where a dyad's past is too short to tell."""
    if move.largest is None or move.points <= max(settings.jump_share * move.room, move.largest, LEAST_POINTS):
        return False
    voices = min(move.stories, move.outlets) if move.known_outlets >= _SEVERAL else move.stories
    return voices < settings.jump_stories
