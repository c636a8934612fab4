"""The published index → alerts, recorded so that each is raised once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import pyarrow as pa

from pipeline.alerts import new_alerts
from pipeline.records import Alert
from pipeline.settings import Settings
from pipeline.store import ALERTS_FILE, Store
from pipeline.tables import ALERTS, table_of


def raise_alerts(store: Store, settings: Settings, tables: Sequence[pa.Table], day: date) -> list[Alert]:
    """Return the alerts of a night, and record them."""
    if not settings.alerts:
        return []
    raised = [Alert(**row) for row in store.read_file(ALERTS_FILE).to_pylist()] if store.has(ALERTS_FILE) else []
    columns = ["dyad", "date", "tension", "percentile"]
    index = pd.concat([table.select(columns).to_pandas() for table in tables])
    fresh = new_alerts(index, settings.alerts, raised, day)
    if fresh:
        store.write_file(ALERTS_FILE, table_of([*raised, *fresh], ALERTS))
    return fresh
