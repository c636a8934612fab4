"""Other settings, and an index computed with them → one table of the wanted dyads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import ValidationError

from pipeline.chain.publishing import Computed
from pipeline.errors import SettingsError, StoreError
from pipeline.records import normal_dyad
from pipeline.settings import IndexSettings, Settings


def changed(settings: Settings, options: Mapping[str, Any]) -> Settings:
    """Return settings with other values in their section `index`.

    Raises
    ------
    SettingsError
        If a value is out of range.
    """
    try:
        index = IndexSettings.model_validate(settings.index.model_dump() | dict(options))
    except ValidationError as error:
        problem = error.errors()[0]
        raise SettingsError(f"{problem['loc'][-1]} = {problem['input']!r}: {problem['msg']}") from error
    return settings.model_copy(update={"index": index})


def as_frame(found: Computed, dyads: Sequence[str]) -> pd.DataFrame:
    """Return the index of some dyads, directed or not; of all pairs, if none is named.

    Raises
    ------
    StoreError
        If a dyad is not in the index.
    """
    tables = (found.undirected, found.directed) if dyads else (found.undirected,)
    frame: pd.DataFrame = pd.concat([table.to_pandas() for table in tables], ignore_index=True)
    frame["date"] = pd.to_datetime(frame["date"])
    frame["highest_since"] = pd.to_datetime(frame["highest_since"])
    if not dyads:
        return frame
    wanted = {normal_dyad(one) for one in dyads}
    missing = wanted - set(frame["dyad"])
    if missing:
        raise StoreError(f"no dyad {', '.join(sorted(missing))}; `escalation index show` lists those there are")
    return frame[frame["dyad"].isin(wanted)].reset_index(drop=True)
