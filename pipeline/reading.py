"""Outputs → pandas: the index, events and mentions, and the way back from a value to its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from pipeline.chain.stored import all_mentions, all_reports, corrections_of
from pipeline.chain.vintages import revisions, vintage
from pipeline.corrections import RULE
from pipeline.errors import StoreError
from pipeline.records import Mention, normal_dyad
from pipeline.score import counts
from pipeline.settings import IndexSettings
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store, note_of
from pipeline.tables import EVENTS, MENTIONS


def read_index(
    outputs: Path | str = "outputs", dyad: str | None = None, as_of: date | str | None = None
) -> pd.DataFrame:
    """Read the tension index.

    Parameters
    ----------
    outputs
        The outputs of a run: a folder or a url.
    dyad
        `KOR-PRK` for a pair, `PRK>KOR` for one direction, None for all pairs.
    as_of
        The index exactly as it stood at the end of this day; by default the latest.

    Returns
    -------
    pandas.DataFrame
        One row a day and dyad; `tension` is 0–100, 50 at balance, and missing on days without coverage.
        `attrs["method"]` holds the constants and the vintage.

    Raises
    ------
    StoreError
        If there is no index, none by `as_of`, or the dyad is not in it.
    """
    store, file = Store(outputs), DIRECTED_FILE if dyad and ">" in dyad else INDEX_FILE
    wanted = None if dyad is None else normal_dyad(dyad)
    if as_of is None:
        table = store.read_file(file, only=None if wanted is None else ("dyad", wanted))
        method = note_of(table)
    else:
        night = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        whole, method = store.whole(lambda: vintage(store, file, night))
        table = whole if wanted is None else whole.filter(pc.equal(whole["dyad"], wanted))
    if wanted is not None and table.num_rows == 0:
        named = store.read_file(file, columns=["dyad"]) if as_of is None else whole
        known = sorted(pc.unique(named["dyad"]).to_pylist())
        raise StoreError(
            f"no dyad {dyad!r} in {outputs}; it has {', '.join(known[:20]) or 'none'}{' …' * (len(known) > 20)}"
        )
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)  # by way of Python's dates, ten times as long
    frame = frame.astype({"date": "datetime64[s]", "highest_since": "datetime64[s]"})
    frame.attrs["method"] = method
    return frame


def read_revisions(outputs: Path | str, dyad: str) -> pd.DataFrame:
    """Read how the values of a dyad moved from night to night.

    Returns
    -------
    pandas.DataFrame
        `date`, `vintage` (the night's `as_of`), `tension` as of that night (missing where it lost its coverage) and
        `change` against the night before that had the date (missing where it was new); in order of date and vintage.
    """
    store = Store(outputs)
    return store.whole(lambda: revisions(store, normal_dyad(dyad)))


def read_events(outputs: Path | str = "outputs") -> pd.DataFrame:
    """Read all events, one a row; columns as in `docs/data-dictionary.md`."""
    events: pd.DataFrame = Store(outputs).read("events", EVENTS).to_pandas()
    return events


def read_mentions(outputs: Path | str = "outputs") -> pd.DataFrame:
    """Read all mentions, one a row, those of other systems too; columns as in `docs/data-dictionary.md`."""
    mentions: pd.DataFrame = all_mentions(Store(outputs)).to_pandas()
    return mentions


def review(
    outputs: Path | str = "outputs",
    dyad: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 10,
) -> dict[str, list[dict[str, Any]]]:
    """Return the mentions most worth a human look, not yet corrected.

    Parameters
    ----------
    outputs
        The outputs of a run: a folder or a url.
    dyad
        Only this pair, in both directions.
    since, until
        First and last event date.
    limit
        How many of each kind.

    Returns
    -------
    dict
        `most influential` (by |score| · log2(1 + outlets) · confidence of their event) and `least certain` (by
        probability), each a list of mentions with `influence`.
    """
    store = Store(outputs)
    events = store.read("events", EVENTS).to_pandas()
    events["influence"] = (events["score"].abs() * np.log2(1 + events["n_outlets"]) * events["confidence"]).round(3)
    of_mention = events[["mention_ids", "influence"]].explode("mention_ids").set_index("mention_ids")["influence"]
    mentions = store.read("mentions", MENTIONS).to_pandas()
    mentions = mentions[(mentions["date_rule"] != RULE) & mentions["event_date"].notna()]
    mentions["influence"] = mentions["mention_id"].map(of_mention).fillna(0.0).astype(float)
    if dyad is not None:
        pair = set(normal_dyad(dyad).replace(">", "-").split("-"))
        mentions = mentions[mentions["source"].isin(pair) & mentions["target"].isin(pair)]
    mentions = mentions[
        (mentions["event_date"] >= (since or date.min)) & (mentions["event_date"] <= (until or date.max))
    ]
    order = ["mention_id"]
    most = mentions.sort_values(["influence", *order], ascending=[False, True]).head(limit)
    least = mentions.sort_values(["probability", *order]).head(limit)
    return {
        name: [{str(key): plain(value) for key, value in row.items()} for row in found.to_dict("records")]
        for name, found in (("most influential", most), ("least certain", least))
    }


def find_mention(outputs: Path | str, mention_id: str) -> Mention:
    """Return one stored mention.

    Raises
    ------
    StoreError
        If there is none of that id.
    """
    table = Store(outputs).read("mentions", MENTIONS)
    found = table.filter(pc.equal(table["mention_id"], mention_id)).to_pylist()
    if not found:
        raise StoreError(f"no mention {mention_id!r} in {outputs}; `escalation review` lists ids")
    return Mention(**found[0])


@dataclass(frozen=True)
class Explanation:
    """A day's value with the events behind it.

    `row` is the index row. `events` are the events of the day itself; `level_events` those of earlier days
    that weigh most. `share` is what is left of an event: score · confidence, decayed (negative is conflict; None for an
    event that is not scored, such as a denied one); the index divides it by all that was reported that day. Every event
    carries its `mentions`: sentence, outlet, url, rule of dating. `removed` are the claims of that day that a human
    said are no event, as recorded.
    """

    dyad: str
    date: date
    row: Mapping[str, Any]
    events: list[dict[str, Any]]
    level_events: list[dict[str, Any]]
    removed: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "dyad": self.dyad,
            "date": self.date.isoformat(),
            "row": dict(self.row),
            "events": self.events,
            "level_events": self.level_events,
            "removed": self.removed,
        }


def explain(dyad: str, day: date | str, outputs: Path | str = "outputs", top: int = 5) -> Explanation:
    """Trace a value of the index to events, sentences and urls.

    Parameters
    ----------
    dyad, day
        The pair and the day, such as `KOR-PRK` and `2020-06-16`.
    outputs
        The outputs of a run: a folder or a url.
    top
        How many earlier events to list, those with most weight left.

    Raises
    ------
    StoreError
        If the index has no such row.
    """
    moment = date.fromisoformat(day) if isinstance(day, str) else day
    return Store(outputs).whole(lambda: _explanation(dyad, moment, outputs, top))


def _explanation(dyad: str, day: date, outputs: Path | str, top: int) -> Explanation:
    index = read_index(outputs, dyad)
    found = index[index["date"] == pd.Timestamp(day)]
    if found.empty:
        span = f"{index['date'].min().date()} to {index['date'].max().date()}"
        raise StoreError(f"{normal_dyad(dyad)} has no row for {day}; it runs from {span}")
    settings = IndexSettings.model_validate(_index_settings(index.attrs["method"]))
    events = _events_of(normal_dyad(dyad), outputs)
    events = events[events["event_date"] <= day]
    age = (pd.Timestamp(day) - pd.to_datetime(events["event_date"])).dt.days
    left = (events["score"] * events["confidence"] * 0.5 ** (age / settings.half_life_days)).round(3)
    scored = [counts(event, settings) for event in events.itertuples()]
    events = events.assign(share=left.where(pd.Series(scored, index=events.index, dtype=bool)))
    today = events[(events["event_date"] == day)].sort_values("share", key=abs, ascending=False)
    earlier = events[(events["event_date"] < day) & events["share"].notna()]
    strongest = earlier.sort_values("share", key=abs, ascending=False).head(top)
    sentences = _sentences(outputs, {m for ids in (*today["mention_ids"], *strongest["mention_ids"]) for m in ids})
    row = {str(name): plain(value) for name, value in found.iloc[0].items()}
    removed = _removed(normal_dyad(dyad), day, outputs)
    return Explanation(normal_dyad(dyad), day, row, _told(today, sentences), _told(strongest, sentences), removed)


def _index_settings(method: Mapping[str, Any]) -> dict[str, Any]:
    return {name: method[name] for name in IndexSettings.model_fields if name in method}


def _events_of(dyad: str, outputs: Path | str) -> pd.DataFrame:
    events = read_events(outputs)
    directed = ">" in dyad
    one, other = dyad.split(">" if directed else "-")
    forth = (events["source"] == one) & (events["target"] == other)
    back = (events["source"] == other) & (events["target"] == one)
    return events[forth if directed else forth | back]


def _removed(dyad: str, day: date, outputs: Path | str) -> list[dict[str, Any]]:
    pair = set(dyad.replace(">", "-").split("-"))
    rows = corrections_of(Store(outputs)).rows
    gone = [row for row in rows if row.verdict == "no event" and row.event_date == day.isoformat()]
    return [asdict(row) for row in gone if {row.coded_source, row.coded_target} == pair]


def _sentences(outputs: Path | str, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """Return mention id → sentence, outlet, url and how it was dated."""
    mentions = read_mentions(outputs)
    mentions = mentions[mentions["mention_id"].isin(wanted)]
    joined = mentions.merge(all_reports(Store(outputs)).to_pandas(), on="article_id", how="left")
    names = [
        "mention_id",
        "sentence",
        "url",
        "outlet",
        "title",
        "published_at",
        "status",
        "probability",
        "date_rule",
        "evidence",
    ]
    return {row["mention_id"]: {name: plain(row[name]) for name in names} for row in joined.to_dict("records")}


def _told(events: pd.DataFrame, sentences: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    names = [
        "event_id",
        "source",
        "target",
        "event_type",
        "mode",
        "status",
        "score",
        "event_date",
        "date_precision",
        "n_mentions",
        "n_outlets",
        "confidence",
        "share",
    ]
    return [
        {name: plain(row[name]) for name in names}
        # a run under way may have coded a sentence anew, and not yet published its events
        | {"mentions": [sentences[m] for m in row["mention_ids"] if m in sentences]}
        for row in events.to_dict("records")
    ]


def plain(value: Any) -> Any:
    """Return a value that JSON knows: ISO dates, None for missing."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat() if value.tzinfo else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else getattr(value, "item", lambda: value)()
