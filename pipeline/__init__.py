"""The escalation index: dated news articles in, a dated, explainable tension index per pair of countries out.

``read_index``, ``read_events``, ``read_mentions``, ``read_revisions`` and ``explain`` read what a run has written;
``weekly``, ``monthly`` and ``regimes`` sum a dyad up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.reading import Explanation, explain, read_events, read_index, read_mentions, read_revisions
    from pipeline.series import monthly, regimes, weekly

__all__ = [
    "Explanation",
    "explain",
    "monthly",
    "read_events",
    "read_index",
    "read_mentions",
    "read_revisions",
    "regimes",
    "weekly",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import pandas only when something is read, so that the command line starts at once."""
    if name in __all__:
        from pipeline import reading, series  # noqa: PLC0415

        return getattr(series if hasattr(series, name) else reading, name)
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
