"""Batches: days and parts of days, coded in any cut, give the bytes of days coded whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline import chain
from pipeline.chain import batches, engine
from pipeline.coder.estimator import EventEstimator
from pipeline.errors import EngineError
from pipeline.settings import Settings
from pipeline.store import Store

SETTINGS = Settings()
FIRST = date(2010, 11, 1)
TEXTS = (
    "North Korea shelled a South Korean island on Tuesday.",
    "South Korea suspended trade with North Korea. Japan condemned North Korea.",
    "A ferry was late.",
)
COUNTS = (2, 9, 1, 6)
"""Articles of each day, times three."""


@pytest.fixture
def store(jsonl: Callable[..., Path], tmp_path: Path) -> Store:
    """Four days of articles, not coded yet."""
    rows = [
        {"text": f"{text} It was report {n} of day {day}.", "date": str(FIRST + timedelta(days=day)), "outlet": "A"}
        for day, count in enumerate(COUNTS)
        for n in range(count)
        for text in TEXTS
    ]
    made = Store(tmp_path / "store")
    with made.writing():
        chain.gather([jsonl(*rows)], made, SETTINGS)
    return made


@pytest.fixture
def in_parts(monkeypatch) -> None:
    """Read two articles at a time, and code about three together."""
    monkeypatch.setattr(batches, "_READ_ROWS", 2)
    monkeypatch.setattr(batches, "_BATCH_BYTES", 400)


def coded(store: Store, chosen: engine.Engine, estimator: EventEstimator) -> tuple[list[list[date]], dict[str, bytes]]:
    """Code all days; return the days as they were written, and the bytes of their mentions."""
    key = chain.coder_key(estimator, SETTINGS, chain.corrections_of(store))
    with store.writing():
        done = [list(days) for days in chain.code_days(store, store.days("articles"), SETTINGS, key, chosen)]
    tables = {path.name: path.read_bytes() for path in sorted(store.root.glob("mentions/*.parquet"))}
    for day in store.days("mentions"):
        store.remove(f"mentions/{day}.parquet")
    return done, tables


class Noted:
    """An engine of several coders that notes what it is given."""

    def __init__(self, estimator: EventEstimator) -> None:
        self.seen: list[chain.Batch] = []
        self.estimator = estimator

    def submit(self, batch: chain.Batch) -> engine.Coded:
        self.seen.append(batch)
        return engine.Coded(chain.code_batch(batch, self.estimator))


def test_a_day_coded_in_parts_is_that_coded_whole(store: Store, estimator, request):
    days, whole = coded(store, chain.on_the_spot(estimator), estimator)
    assert days == [store.days("articles")]
    request.getfixturevalue("in_parts")
    noted = Noted(estimator)
    days, parts = coded(store, chain.Engine(noted.submit), estimator)
    assert parts == whole
    assert [day for done in days for day in done] == store.days("articles")
    assert len(noted.seen) > 8
    assert [batch.notes[-1] is None for batch in noted.seen].count(True) > 4
    days, ahead = coded(store, chain.Engine(noted.submit, coders=2), estimator)
    assert ahead == whole


def test_a_batch_carries_only_what_mentions_depend_on(store: Store, estimator, in_parts):
    noted = Noted(estimator)
    coded(store, chain.Engine(noted.submit), estimator)
    names = ["article_id", "outlet", "title", "body", "language", "published_at"]
    assert all(table.column_names == names for batch in noted.seen for table in batch.articles)
    rows = sum(table.num_rows for batch in noted.seen for table in batch.articles)
    assert rows == 3 * sum(COUNTS)
    assert max(table.num_rows for batch in noted.seen for table in batch.articles) <= 6


def test_a_day_whose_last_part_fails_is_not_written(store: Store, estimator, in_parts):
    seen: list[chain.Batch] = []

    def submit(batch: chain.Batch) -> engine.Coded:
        seen.append(batch)
        if len(seen) > 5:
            raise EngineError("no coder is left")
        return engine.Coded(chain.code_batch(batch, estimator))

    with pytest.raises(EngineError):
        coded(store, chain.Engine(submit), estimator)
    assert seen[-1].days == (FIRST + timedelta(days=1),)
    assert store.days("mentions") == [FIRST]
    days, _ = coded(store, chain.on_the_spot(estimator), estimator)
    assert [day for done in days for day in done] == store.days("articles")
