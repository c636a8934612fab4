"""What a run did → pages and tables for people who look at runs: counts, new events, leading dyads, coverage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from math import log2
from typing import Any

import pandas as pd

from pipeline.chain import Summary
from pipeline.store import INDEX_FILE, Store
from pipeline.tables import ARTICLES, EVENTS, MENTIONS

Rows = list[dict[str, Any]]
_BARS = "▁▂▃▄▅▆▇█"
_EVENTS = 15
_DYADS = 8
_SPARK_DAYS = 60
_LEADING_DAYS = 365
_COVERAGE_DAYS = 14
_LETTERS = 240
_EVENT_COLUMNS = [
    "source", "target", "event_type", "mode", "score", "event_date", "n_outlets", "first_seen_at", "confidence",
    "mention_ids",
]  # fmt: skip


def summary_page(summary: Summary) -> str:
    """Return the counts of a run as Markdown, alerts first; what is zero or empty is left out."""
    alerts = "".join(f"- **{alert}**\n" for alert in summary.alerts)
    rows = [(name.replace("_", " "), value) for name, value in summary.as_dict().items() if value and name != "alerts"]
    lines = "".join(f"| {name} | {_shown(value)} |\n" for name, value in rows)
    return (f"## Alerts\n\n{alerts}\n" if alerts else "") + f"| | |\n|---|---|\n{lines}"


def new_events(store: Store, days: Collection[date]) -> Rows:
    """Return the weightiest events that were first reported on some days, each with a sentence."""
    events = store.read("events", EVENTS, _EVENT_COLUMNS).to_pandas()
    fresh = events[events["first_seen_at"].dt.date.isin(set(days))]
    weight = fresh["score"].abs() * fresh["confidence"] * fresh["n_outlets"].map(lambda n: log2(1 + n))
    top = fresh.assign(weight=weight).sort_values(["weight", "event_date"], ascending=False).head(_EVENTS)
    return [
        {
            "date": str(row.event_date),
            "who": f"{row.source}>{row.target}",
            "what": f"{row.event_type} {row.mode}".strip(),
            "score": round(row.score, 1),
            "outlets": int(row.n_outlets),
            "confidence": round(row.confidence, 2),
            "sentence": _sentence(store, row.first_seen_at.date(), set(row.mention_ids)),
        }
        for row in top.itertuples()
    ]


def _sentence(store: Store, day: date, ids: Collection[str]) -> str:
    if store.note("mentions", day) is None:  # coded elsewhere
        return ""
    mentions = store.read_day("mentions", day).select(MENTIONS.names).to_pandas()
    own = mentions[mentions["mention_id"].isin(ids)].sort_values("probability")
    return "" if own.empty else str(own["sentence"].iloc[-1])[:_LETTERS]


def index_page(store: Store) -> str:
    """Return the dyads with most events of the last year as Markdown: their last days as a line of bars, and values."""
    index = store.read_file(INDEX_FILE).to_pandas()
    if index.empty:
        return "No dyad has a scored event yet.\n"
    end = index["date"].max()
    recent = index[index["date"] > end - timedelta(days=_LEADING_DAYS)]
    leading = recent.groupby("dyad")["n_events"].sum().sort_values(ascending=False, kind="stable").head(_DYADS).index
    lines = "".join(_line(dyad, index[index["dyad"] == dyad].set_index("date")["tension"], end) for dyad in leading)
    head = f"| dyad | {_SPARK_DAYS} days to {end} | tension | a week before |\n|---|---|---|---|\n"
    return f"{head}{lines}\n0–100, 50 is balance; a dot is a day without coverage.\n"


def _line(dyad: str, tension: pd.Series[float], end: date) -> str:
    last = tension.reindex([end - timedelta(days=n) for n in range(_SPARK_DAYS - 1, -1, -1)])
    return f"| {dyad} | {sparkline(last.tolist())} | {_newest(last)} | {_newest(last[:-7])} |\n"


def _newest(values: pd.Series[float]) -> str:
    known = values.dropna()
    return f"{known.iloc[-1]:.1f}" if len(known) else "–"


def sparkline(values: Sequence[float]) -> str:
    """Return values of 0 … 100 as bars on that whole scale, missing ones as dots."""
    return "".join("·" if pd.isna(v) else _BARS[min(int(v / 100 * len(_BARS)), len(_BARS) - 1)] for v in values)


def coverage_rows(store: Store) -> Rows:
    """Return the articles of the last days with any, newest first."""
    printed = store.read("articles", ARTICLES, ["published_at", "outlet"]).to_pandas()
    printed["day"] = printed["published_at"].dt.date
    days = printed.groupby("day")["outlet"].agg(["size", "nunique"]).sort_index().tail(_COVERAGE_DAYS)
    return [
        {"day": str(row.Index), "articles": int(row.size), "outlets": int(row.nunique)}
        for row in days[::-1].itertuples()
    ]


def quarantine_rows(summary: Summary) -> Rows:
    """Return by reason what this run set aside, and all that lies aside."""
    reasons = sorted(set(summary.aside) | set(summary.rejected))
    return [
        {"reason": one, "this run": summary.rejected.get(one, 0), "in quarantine": summary.aside.get(one, 0)}
        for one in reasons
    ]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(str(one) for one in value).replace("|", "\\|")
    return f"{value:,}" if isinstance(value, int) else str(value)
