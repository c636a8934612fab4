"""What travels to a coder and back: batches of articles, and the engine that has them coded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa

from pipeline.corrections import Corrections
from pipeline.settings import Settings


@dataclass(frozen=True)
class Batch:
    """Days of articles to be coded together: their tables, and the notes that their mentions will be written with.

    A note is None where more of the day follows in the next batch. `key` is `coder_key` of the process that made the
    batch; a coder with another one refuses the batch.
    """

    days: tuple[date, ...]
    articles: tuple[pa.Table, ...]
    notes: tuple[str | None, ...]
    settings: Settings
    corrections: Corrections
    key: str

    def __str__(self) -> str:
        return f"{self.days[0]} to {self.days[-1]} ({len(self.days)} days)"


class Pending(Protocol):
    """A batch that is being coded."""

    def result(self) -> list[pa.Table]:
        """Wait for the mentions of each of its days."""


Submit = Callable[[Batch], Pending]
"""Has a batch coded, here or elsewhere."""


@dataclass(frozen=True)
class Engine:
    """How batches are coded: by `submit`, where so many coders work side by side.

    `rest` lets go of the memory that coders hold, once nothing is left to code; a later batch wakes them again.
    """

    submit: Submit
    coders: int = 1
    rest: Callable[[], None] = lambda: None

    @property
    def ahead(self) -> int:
        """Batches on their way besides the one that is waited for: each coder has one in work, and one waiting."""
        return 2 * self.coders if self.coders > 1 else 0


@dataclass(frozen=True)
class Coded:
    """A batch that was coded on the spot."""

    tables: list[pa.Table]

    def result(self) -> list[pa.Table]:
        """Return the mentions of each day."""
        return self.tables
