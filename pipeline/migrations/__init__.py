"""A stored table of an older schema → the same of the present one, a step a version.

Only what cannot be derived again is migrated: articles, events coded elsewhere, the quarantine, vintages and alerts.
Mentions, copies, events and the index follow from these and are rebuilt by the next run. A step is written once and
stays: it names its tables' columns itself and leans on nothing that a later schema may change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from pipeline.migrations import from_1
from pipeline.tables import ALERTS, ARTICLES, CODED, DIRECTED_VINTAGES, REJECTIONS, VINTAGES
from pipeline.versions import PRESENT, version_of

KEPT: Mapping[str, pa.Schema] = {
    "articles": ARTICLES,
    "coded": CODED,
    "quarantine": REJECTIONS,
    "vintages": VINTAGES,
    "directed_vintages": DIRECTED_VINTAGES,
    "alerts": ALERTS,
}
"""What is migrated, and its present schema."""
STEPS: Mapping[int, Mapping[str, Callable[[pa.Table], pa.Table]]] = {1: from_1.STEPS}
"""A version → a table → what makes it one of the next version; a table without a step stays as it is."""


def migrated(table: pa.Table, name: str, place: str) -> pa.Table:
    """Return a table of `KEPT` in the present schema, with its rows in the order in which they are stored.

    Parameters
    ----------
    table
        As it was stored, its version in the metadata.
    name
        Which table it is.
    place
        Where it was stored, for messages.
    """
    for version in range(version_of(table.schema, place), PRESENT):
        step = STEPS[version].get(name)
        table = step(table) if step else table
    return table.select(KEPT[name].names).cast(KEPT[name])
