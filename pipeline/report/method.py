"""What an index file says of its method → the settings it was built with, and the day up to which it knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.settings import IndexSettings


def settings_of(method: Mapping[str, Any]) -> IndexSettings:
    """Return the index settings that the note of an index file names; what it does not name is at its default."""
    return IndexSettings.model_validate({k: v for k, v in method.items() if k in IndexSettings.model_fields})


def vintage(method: Mapping[str, Any]) -> pd.Timestamp | None:
    """Return the day of `as_of` (midnight, without zone, as the index's dates); None if the note has none."""
    text = str(method.get("as_of", ""))[:10]
    return pd.Timestamp(text) if text else None
