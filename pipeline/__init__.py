"""The escalation index: dated news articles in, a dated, explainable tension index per pair of countries out.

``read_index``, ``read_events``, ``read_mentions``, ``read_revisions`` and ``explain`` read what a run has written;
``weekly``, ``monthly`` and ``regimes`` sum a dyad up, and ``plot_index`` draws it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.plotting import plot_index
    from pipeline.reading import Explanation, explain, read_events, read_index, read_mentions, read_revisions
    from pipeline.series import monthly, regimes, weekly

__all__ = [
    "Explanation",
    "explain",
    "monthly",
    "plot_index",
    "read_events",
    "read_index",
    "read_mentions",
    "read_revisions",
    "regimes",
    "weekly",
]
__version__ = "0.1.0"
_ROOMS = {"monthly": "series", "plot_index": "plotting", "regimes": "series", "weekly": "series"}


def __getattr__(name: str) -> Any:
    """Import pandas or matplotlib only when something is read or drawn, so that the command line starts at once."""
    if name in __all__:
        return getattr(import_module(f"pipeline.{_ROOMS.get(name, 'reading')}"), name)
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
