"""Events that ICEWS coded → the index on Goldstein's scale → months, beside the raw sums of their Goldstein values.

The file names the pair and each actor's country in words; of its codes the leading zero is lost.
"""

import csv
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from pipeline import chain
from pipeline.cameo import event_of
from pipeline.reading import read_events, read_index
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store
from validation.months import spearman

COUNTRIES = {
    "South Korea": "KOR",
    "North Korea": "PRK",
    "United States": "USA",
    "China": "CHN",
    "Russia": "RUS",
    "Ukraine": "UKR",
    "Israel": "ISR",
    "Palestinian Territory, Occupied": "PSE",
}
_COUNTRY = re.compile(r"\(([^()]*)\)$")
_GOLDSTEIN = Settings.model_validate({"index": {"scale": "goldstein", "replicates": 20}})


def compare(path: Path) -> dict:
    """Return the run's counts and, for each pair, how its months are ordered."""
    raw = read(path)
    with TemporaryDirectory() as folder:
        counts = build(raw, Path(folder))
        index, events = read_index(Path(folder) / "outputs"), read_events(Path(folder) / "outputs")
    return {
        "counts": counts,
        "dyads": {str(dyad): order(rows, str(dyad), index, events) for dyad, rows in raw.groupby("dyad")},
    }


def read(path: Path) -> pd.DataFrame:
    """Read the events: `dyad`, `source`, `target`, `event_date`, `cameo`, `goldstein`."""
    rows = pd.read_csv(path, dtype={"code": str}, parse_dates=["date"])
    found = rows.assign(event_date=rows["date"], cameo=rows["code"].map(cameo))
    for side in ("source", "target"):
        found[side] = rows[side].map(country)
    found["dyad"] = ["-".join(sorted(pair)) for pair in zip(found["source"], found["target"], strict=True)]
    return found[["dyad", "source", "target", "event_date", "cameo", "goldstein"]]


def country(actor: str) -> str:
    """Return the code of an actor's country, which stands last in brackets or alone."""
    found = _COUNTRY.search(actor)
    return COUNTRIES[found.group(1) if found else actor]


def cameo(code: str) -> str:
    """Put the lost zero back: CAMEO's roots end at 20 and no code has less than three digits."""
    return f"0{code}" if len(code) == 2 or int(code[:2]) > 20 else code


def build(rows: pd.DataFrame, folder: Path) -> dict:
    """Feed the events in as a source of kind `coded`; return how many came through."""
    file = folder / "icews.csv"
    rows.to_csv(file, index=False, date_format="%Y-%m-%d", quoting=csv.QUOTE_ALL)
    store = Store(folder / "outputs")
    source = SourceSettings.model_validate({"kind": "coded", "path": str(file)})
    with store.writing():
        summary = chain.gather([source], store, _GOLDSTEIN)
        summary = chain.publish(store, _GOLDSTEIN, None, summary)
    return {
        "rows": len(rows),
        "mentions": summary.mentions,
        "events": summary.events,
        "refused": dict(summary.rejected),
    }


def order(rows: pd.DataFrame, dyad: str, index: pd.DataFrame, events: pd.DataFrame) -> dict:
    """Return rank correlations of months: flow and merged events with raw Goldstein sums and means."""
    kept = rows[rows["cameo"].map(lambda code: event_of(code) is not None)]
    own = index[index["dyad"] == dyad]
    flow = by_month(own["date"], own["conflict"] + own["cooperation"])
    pair = events[
        [{one, two} == set(dyad.split("-")) for one, two in zip(events["source"], events["target"], strict=True)]
    ]
    merged = by_month(pair["event_date"], pair["score"])
    raw, typed = (by_month(some["event_date"], some["goldstein"]) for some in (rows, kept))
    daily = kept.groupby("event_date")["goldstein"].mean()
    means = by_month(daily.index.to_series(), daily)
    return {"events": len(rows), "with a type": len(kept), "merged": len(pair)} | {
        name: round(spearman(one.to_numpy(), two.to_numpy()), 3)
        for name, one, two in (
            ("flow, all events", flow, raw),
            ("flow, events with a type", flow, typed),
            ("flow, daily means of events with a type", flow, means),
            ("merged events' scores, events with a type", merged, typed),
        )
    }


def by_month(dates: pd.Series, values: pd.Series) -> pd.Series:
    """Return the sum of each month of 2014, zero where there is nothing."""
    months = pd.DatetimeIndex(dates).to_period("M")
    return values.groupby(months).sum().reindex(pd.period_range("2014-01", "2014-12", freq="M"), fill_value=0.0)
