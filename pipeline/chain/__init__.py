"""The steps of the line, without Prefect: sources → articles → mentions → events → index; `line.run` is all of them.

Every step is a function of stored tables and settings; the flows wrap the same steps in tasks. A step is imported when
it is first named, so that reading what is stored does not wait for what fetches and codes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.chain.batches import code_batch, code_days, code_store, on_the_spot, stale_days
    from pipeline.chain.coders import Coders
    from pipeline.chain.coding import code_articles, coder_key, correct
    from pipeline.chain.copying import mark_copies
    from pipeline.chain.engine import Batch, Engine
    from pipeline.chain.gathering import collect, gather, retry
    from pipeline.chain.line import run
    from pipeline.chain.nights import clock, recorded
    from pipeline.chain.period import Period
    from pipeline.chain.publishing import compute, index_tables, merge_table, publish
    from pipeline.chain.reporting import write_report
    from pipeline.chain.stored import corrections_of
    from pipeline.chain.summary import Progress, Summary
    from pipeline.chain.upgrading import upgrade

__all__ = [
    "Batch",
    "Coders",
    "Engine",
    "Period",
    "Progress",
    "Summary",
    "clock",
    "code_articles",
    "code_batch",
    "code_days",
    "code_store",
    "coder_key",
    "collect",
    "compute",
    "correct",
    "corrections_of",
    "gather",
    "index_tables",
    "mark_copies",
    "merge_table",
    "on_the_spot",
    "publish",
    "recorded",
    "retry",
    "run",
    "stale_days",
    "upgrade",
    "write_report",
]
_MODULES = {
    "batches": ("code_batch", "code_days", "code_store", "on_the_spot", "stale_days"),
    "coders": ("Coders",),
    "coding": ("code_articles", "coder_key", "correct"),
    "copying": ("mark_copies",),
    "engine": ("Batch", "Engine"),
    "gathering": ("collect", "gather", "retry"),
    "line": ("run",),
    "nights": ("clock", "recorded"),
    "period": ("Period",),
    "publishing": ("compute", "index_tables", "merge_table", "publish"),
    "reporting": ("write_report",),
    "stored": ("corrections_of",),
    "summary": ("Progress", "Summary"),
    "upgrading": ("upgrade",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import the module of a step when the step is first named."""
    if name in _MODULE_OF:
        return getattr(import_module(f"pipeline.chain.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'pipeline.chain' has no attribute {name!r}")
