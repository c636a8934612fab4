"""News → the published index, and the same articles with one part of the pipeline taken away.

A variant is a daily frame over the years of the study: `tension` (null without coverage), `flow` and `conflict`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.signal import lfilter

from pipeline import chain
from pipeline.chain.publishing import with_stories
from pipeline.chain.summary import Summary
from pipeline.chain.view import NEEDED, View, last_known, view_at
from pipeline.coder.force import UNNAMED
from pipeline.index import build_indexes
from pipeline.mapping import decay
from pipeline.merge import merge
from pipeline.records import Article, Mention
from pipeline.scale import MUTUAL, load_scale
from pipeline.score import end_of, score_events
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.tables import ARTICLES, CODED, COPIES, EVENTS, MENTIONS, articles_of, table_of
from pipeline.training.build import ready_coder

FIRST, LAST = pd.Timestamp(2003, 1, 1), pd.Timestamp(2012, 12, 31)
"""The years of the study: the first in which every day has a row."""
SETTINGS = Settings.model_validate({"index": {"replicates": 20}})
"""For variants, of which no interval is used."""
BATCH = 4000


@dataclass(frozen=True)
class Material:
    """What the variants are made of: mentions are those that name a country of the dyad."""

    articles: list[Article]
    mentions: list[Mention]
    view: View
    bare: View
    moment: datetime

    @property
    def texts(self) -> pd.DataFrame:
        """Return day and text of each article."""
        rows = [(one.published_at.date(), f"{one.title} {one.body}") for one in self.articles]
        return pd.DataFrame(rows, columns=["date", "text"])


def build(news: Path, outputs: Path) -> dict:
    """Bring the index of the news up to date, without its report; return the run's summary."""
    store, settings = Store(outputs), Settings()
    with store.writing():
        summary: Summary = chain.gather([news], store, settings)
        chain.mark_copies(store, settings.copies)
        chain.code_store(store, settings, ready_coder(), lambda *_: None)
        return chain.publish(store, settings, None, summary).as_dict()


def material(outputs: Path) -> Material:
    """Read what lies in the store; `bare` is the view in which no article is a copy."""
    store = Store(outputs)
    articles, coded = store.read("articles", ARTICLES), store.read("coded", CODED)
    copies = store.read("copies", COPIES, ["article_id", "copy_of"])
    moment = end_of(last_known(articles, coded))
    view, bare = (
        view_at(articles.select(NEEDED), coded, links, moment, SETTINGS) for links in (copies, copies.slice(0, 0))
    )
    mentions = [Mention(**row) for row in store.read("mentions", MENTIONS).to_pylist()]
    return Material(articles_of(articles), near_korea(mentions), view, bare, moment)


def near_korea(mentions: list[Mention]) -> list[Mention]:
    """Return the mentions of either Korea: all that the pair's coverage depends on."""
    return [one for one in mentions if {one.source, one.target} & {"KOR", "PRK"}]


def variants(given: Material, dyad: str) -> dict[str, pd.DataFrame]:
    """Return name → daily series of the dyad."""
    whole = merged(given.mentions, given.view)
    scored = score_events(whole, given.moment, SETTINGS.index)
    return {
        "the index": indexed(scored, given.view, given.moment, dyad),
        "no merging of reports": unmerged(given, dyad),
        "no date resolution": indexed(
            score_events(merged(on_printing_day(given), given.view), given.moment, SETTINGS.index),
            given.view,
            given.moment,
            dyad,
        ),
        "no coverage normalisation": summed(scored.filter(pc.equal(scored["dyad"], dyad)).to_pandas()),
        "no shows of force": indexed(
            score_events(merged(with_named_target(given), given.view), given.moment, SETTINGS.index),
            given.view,
            given.moment,
            dyad,
        ),
        "lexicon coder": indexed(
            score_events(merged(by_lexicon(given), given.view), given.moment, SETTINGS.index),
            given.view,
            given.moment,
            dyad,
        ),
    }


def merged(mentions: list[Mention], view: View) -> pa.Table:
    """Merge mentions as the pipeline does."""
    table = table_of(mentions, MENTIONS)
    known = table.filter(pc.is_in(table["article_id"], view.reports["article_id"].combine_chunks()))
    return merge(known, view.reports, load_scale(SETTINGS.index.scale), SETTINGS.merge.lookback_days)


def unmerged(given: Material, dyad: str) -> pd.DataFrame:
    """Every mention is an event of its own, no article a copy, and acts of one kind and day add up."""
    rows = [
        row | {"event_id": one.mention_id} for one in given.mentions for row in merged([one], given.bare).to_pylist()
    ]
    events = pa.Table.from_pylist(rows, schema=EVENTS)
    kinds = dict(zip(events["event_id"].to_pylist(), events["event_type"].to_pylist(), strict=True))
    scored = score_events(events, given.moment, SETTINGS.index)
    share = [0.5 if kinds[one] in MUTUAL else 1.0 for one in scored["event_id"].to_pylist()]
    scored = scored.set_column(scored.schema.get_field_index("share"), "share", pa.array(share))
    return indexed(scored, given.bare, given.moment, dyad)


def on_printing_day(given: Material) -> list[Mention]:
    """Return the mentions as if everything happened when it was printed."""
    printed = {one.article_id: SETTINGS.dates.local_day(one.published_at, one.outlet) for one in given.articles}
    return [
        replace(one, event_date=printed[one.article_id], date_precision="day", date_rule="published")
        for one in given.mentions
    ]


def with_named_target(given: Material) -> list[Mention]:
    """Leave out the shows of force that were charged to a rival whom nobody named."""
    return [one for one in given.mentions if UNNAMED not in one.evidence]


def by_lexicon(given: Material) -> list[Mention]:
    """Code all articles again with the lexicon's rules alone."""
    settings = Settings.model_validate({"coder": {"kind": "lexicon"}})
    legible = [one for one in given.articles if settings.coder.reads(one.language)]
    parts = (legible[n : n + BATCH] for n in range(0, len(legible), BATCH))
    return near_korea([m for part in parts for m in chain.code_articles(part, ready_coder("lexicon"), settings)])


def indexed(scored: pa.Table, view: View, moment: datetime, dyad: str) -> pd.DataFrame:
    """Build the index of scored events and return the dyad's series."""
    found = build_indexes(with_stories(scored, view), view.stories_by_day, moment, SETTINGS.index)
    table = found.undirected.to_pandas()
    rows = table[table["dyad"] == dyad]
    return window(rows.set_index(pd.DatetimeIndex(rows["date"])))


def summed(scored: pd.DataFrame) -> pd.DataFrame:
    """Add the events of a day up instead of dividing by all that was reported."""
    weight = scored["salience"] * scored["share"] * scored["confidence"]
    parts = pd.DataFrame({"flow": weight * scored["score"], "conflict": weight * scored["score"].clip(upper=0)})
    daily = parts.groupby(pd.DatetimeIndex(scored["date"])).sum()
    return decayed(daily)


def decayed(daily: pd.DataFrame) -> pd.DataFrame:
    """Turn daily `flow` and `conflict` into a level and, on the index's curve without its ends, a tension."""
    days = pd.date_range(min(daily.index.min(), FIRST), LAST)
    daily = daily.reindex(days, fill_value=0.0)
    level = faded(daily["flow"].to_numpy())
    return window(daily.assign(tension=-np.arcsinh(level / SETTINGS.index.base.unit)))


def faded(flow: np.ndarray) -> np.ndarray:
    """Return the level of a daily flow, with the index's half-life."""
    return lfilter([1.0], [1.0, -decay(SETTINGS.index.half_life_days)], flow)


def window(series: pd.DataFrame) -> pd.DataFrame:
    """Cut a series to the years of the study; before its first event the pair is at balance."""
    if "flow" not in series:
        series = series.assign(flow=series["conflict"] + series["cooperation"])
    first = series.index.min()
    cut = series[["tension", "flow", "conflict"]].reindex(pd.date_range(FIRST, LAST))
    before = cut.index < first
    cut.loc[before, "tension"], cut.loc[before, ["flow", "conflict"]] = 50.0, 0.0
    return cut


def same(recomputed: pd.DataFrame, published: pd.DataFrame) -> bool:
    """Whether the first variant is the published index, to rounding."""
    return bool(np.allclose(recomputed["tension"], published["tension"], atol=1e-6, equal_nan=True))
