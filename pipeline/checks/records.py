"""Records of a night and versions of stored tables → whether their fields are still what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.records import Check
from pipeline.settings import CheckSettings

RECORDS = "records"
_LEAST_RECORDS = 10
_LEAST_NIGHTS = 3
_NIGHTS = 14
"""Published nights whose shares tell what is usual."""


@dataclass(frozen=True)
class Taken:
    """Records that a night read, and how many of them were refused."""

    read: int
    refused: int

    @property
    def share(self) -> float | None:
        """The refused share, None where too few were read."""
        return self.refused / self.read if self.read >= _LEAST_RECORDS else None


def judge_records(tonight: Taken, nights: Sequence[Taken], settings: CheckSettings) -> Check:
    """Whether about as many records as usual could be used.

    Parameters
    ----------
    tonight
        What was read since the last published night.
    nights
        The published nights before, oldest first.
    """
    if not settings.records:
        return Check(RECORDS, "off")
    shares = [one.share for one in nights if one.share is not None][-_NIGHTS:]
    if tonight.share is None or len(shares) < _LEAST_NIGHTS:
        return Check(RECORDS, "skipped", "too few records or nights to know what is usual")
    usual = median(shares)
    said = f"{tonight.refused} of {tonight.read} records refused, usual are {usual:.0%}"
    if tonight.share - usual <= settings.records_share:
        return Check(RECORDS, "held", said)
    if shares[-1] - usual > settings.records_share:
        return Check(RECORDS, "warned", f"{said}; it was so in the night published before")
    return Check(RECORDS, "failed", said)
