"""Days from one to another, to which a backfill keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.records import Rejection

if TYPE_CHECKING:
    from pipeline.chain.ingesting import Storable
    from pipeline.chain.summary import Summary


@dataclass(frozen=True)
class Period:
    """All days from `first` to `last`, both included; of printing, UTC."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise SourceError(f"the period ends on {self.last}, before it begins on {self.first}: first day first")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def inside(self, items: Iterable[Storable], summary: Summary) -> Iterator[Storable]:
        """Yield what was printed in the period, and rejections; count the others."""
        for item in items:
            if isinstance(item, Rejection) or item.published_at.date() in self:
                yield item
            else:
                summary.outside += 1
