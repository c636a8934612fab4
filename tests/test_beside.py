"""Records read by processes beside this one: the same articles and rejections in the same order, whatever happens."""

import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import chain
from pipeline.extract import Extractor, beside
from pipeline.extract.beside import from_records
from pipeline.records import Article, Raw, Rejection
from pipeline.settings import ArticleSettings, PageSettings, Settings
from pipeline.store import Store

ARTICLES, PAGES = ArticleSettings(), PageSettings(workers=1)


def records(count: int) -> list[Raw | Rejection]:
    """Return records, every seventh of them without a date, every ninth refused before."""
    found: list[Raw | Rejection] = []
    for n in range(count):
        date = "soon" if n % 7 == 0 else f"2020-06-{n % 28 + 1:02}"
        raw = Raw(f"a:{n}", {"text": f"Calm holds on the island, {n}.", "date": date, "url": f"https://a.example/{n}"})
        found.append(Rejection(f"a:{n}", "broken JSON", "", b"{") if n % 9 == 0 else raw)
    return found


def read(items: Sequence[Raw | Rejection], workers: int) -> list[Article | Rejection]:
    with Extractor(ARTICLES, PAGES, workers=workers) as extractor:
        return list(extractor.extract(items))


@pytest.fixture
def few(monkeypatch) -> None:
    """Send records off in fours, from the eleventh on."""
    monkeypatch.setattr(beside, "_FEW", 10)
    monkeypatch.setattr(beside, "_TOGETHER", 4)


def seen_elsewhere(raws, articles, pages):
    """Make articles that tell where they were made."""
    made = from_records(raws, articles, pages)
    return [Rejection(one.source, f"in {os.getpid()}", "", b"") if isinstance(one, Article) else one for one in made]


def dying(raws, articles, pages):
    """Die over a certain record, and over any in the end, in whatever process but the first."""
    if multiprocessing.parent_process() is not None and any(raw.place in ("a:30", "a:61") for raw in raws):
        os._exit(1)
    return from_records(raws, articles, pages)


def test_processes_give_what_one_gives(few):
    items = records(203)
    alone = read(items, 1)
    assert read(items, 2) == alone
    assert {type(one) for one in alone} == {Article, Rejection}


def test_many_records_are_read_elsewhere_and_few_here(few, monkeypatch):
    monkeypatch.setattr(beside, "from_records", seen_elsewhere)
    reasons = [one.reason for one in read(records(203), 2) if isinstance(one, Rejection)]
    assert any(one.startswith("in ") and one != f"in {os.getpid()}" for one in reasons)
    assert not any(
        one.startswith("in ") for one in (item.reason for item in read(records(9), 2) if isinstance(item, Rejection))
    )


def test_a_process_that_dies_costs_nothing(few, monkeypatch):
    items = records(120)
    alone = read(items, 1)
    monkeypatch.setattr(beside, "from_records", dying)
    assert read(items, 2) == alone


def test_a_night_needs_no_process(tmp_path: Path, jsonl, monkeypatch):
    monkeypatch.setattr(beside, "start_pool", lambda *_: pytest.fail("there are few records"))
    store = Store(tmp_path / "o")
    with store.writing():
        assert chain.gather([jsonl({"text": "Calm.", "date": "2020-06-16"})], store, Settings(), workers=2).new_articles


def test_a_store_does_not_depend_on_the_number_of_processes(tmp_path: Path, jsonl, few):
    rows = [
        {"text": f"Calm holds {n}.", "date": "soon" if n % 9 == 0 else f"2020-06-{n % 5 + 1:02}"} for n in range(200)
    ]
    source, stores = jsonl(*rows), [Store(tmp_path / "1"), Store(tmp_path / "2")]
    for workers, store in enumerate(stores, 1):
        with store.writing():
            summary = chain.gather([source], store, Settings(), workers=workers)
        assert summary.rejected == {"unreadable date": 23}
    one, two = ({path.name: path.read_bytes() for path in store.root.rglob("*.parquet")} for store in stores)
    assert one == two
