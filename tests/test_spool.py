"""Articles put aside until their days are written: the same bytes in any pieces, and nothing lost where a run dies."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.chain import ingesting, spool
from pipeline.chain.ingesting import Intake
from pipeline.chain.summary import Summary
from pipeline.errors import StoreError
from pipeline.records import Article, content_id
from pipeline.store import Store
from pipeline.store import parts as store_parts

NOW = datetime(2020, 6, 30, tzinfo=UTC)
DAY = date(2020, 6, 16)
TEXT = "A ferry was halted for the night, and schools along the coast will stay closed tomorrow."


def article(number: int, day: int = 0, hour: int = 1, **fields: str) -> Article:
    known = {"title": f"Report {number}", "outlet": "Post", "body": f"{TEXT} {number}"} | fields
    moment = datetime(2020, 6, 16, hour, tzinfo=UTC) + timedelta(days=day)
    return Article(
        content_id(str(number)), f"https://post.example/{number}", language="en", published_at=moment, fetched_at=None,
        source="test", **known,
    )  # fmt: skip


def news(count: int) -> list[Article]:
    """Return articles of three days, in disorder, some printed again later, earlier, or under another title."""
    first = [article(n, day=n * 7 % 3, hour=n % 20) for n in range(count)]
    later = [article(n, day=2, hour=23) for n in range(0, count, 5)]
    earlier = [article(n, day=0, hour=0) for n in range(1, count, 6)]
    other = [article(n, day=n * 7 % 3, hour=n % 20, title=f"A report {n}") for n in range(0, count, 9)]
    return [*first, *later, *other, *earlier]


def taken(store: Store, *nights: list[Article]) -> Summary:
    summary = Summary()
    with store.writing():
        for night in nights:
            with Intake(store, summary, lambda: NOW) as intake:
                intake.take(night)
                intake.flush()
    return summary


def tables(store: Store) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(store.root.glob("articles/*.parquet"))}


def hidden(store: Store) -> list[str]:
    return sorted(path.name for path in store.root.rglob(".*") if path.name != ".lock")


@pytest.fixture
def small(monkeypatch) -> None:
    """Make pieces of three articles, read one by one."""
    monkeypatch.setattr(ingesting, "_PIECE_CHARACTERS", 3 * (len(TEXT) + ingesting._ROW_CHARACTERS))
    monkeypatch.setattr(spool, "_READ_ROWS", 1)


@pytest.fixture
def short_groups(monkeypatch) -> None:
    """Make row groups of seven rows."""
    monkeypatch.setattr(spool, "GROUP_ROWS", 7)
    monkeypatch.setattr(store_parts, "GROUP_ROWS", 7)


def test_a_day_taken_in_many_pieces_is_that_taken_in_one(tmp_path: Path, short_groups, request):
    whole, pieces = Store(tmp_path / "whole"), Store(tmp_path / "pieces")
    at_once = taken(whole, news(60))
    request.getfixturevalue("small")
    by_pieces = taken(pieces, news(60))
    assert tables(pieces) == tables(whole)
    assert pq.ParquetFile(pieces.root / "articles" / f"{DAY}.parquet").num_row_groups > 1
    assert (by_pieces.new_articles, by_pieces.known_articles) == (at_once.new_articles, at_once.known_articles)
    assert by_pieces.new_articles == 60
    assert hidden(pieces) == []


def test_of_two_printings_the_earlier_counts_and_of_two_titles_the_first(tmp_path: Path, small):
    store = Store(tmp_path)
    taken(store, news(60))
    stored = [row for day in store.days("articles") for row in store.read_day("articles", day).to_pylist()]
    rows = {row["article_id"]: row for row in stored}
    assert len(stored) == len(rows) == 60
    expected: dict[str, Article] = {}
    for one in news(60):
        best = expected.get(one.article_id, one)
        expected[one.article_id] = min(best, one, key=lambda a: (a.published_at, a.title))
    assert {key: row["published_at"] for key, row in rows.items()} == {k: a.published_at for k, a in expected.items()}
    assert {key: row["title"] for key, row in rows.items()} == {k: a.title for k, a in expected.items()}


def test_a_day_taken_night_by_night_is_that_taken_at_once(tmp_path: Path, small, short_groups):
    whole, nights = Store(tmp_path / "whole"), Store(tmp_path / "nights")
    distinct = [one for one in news(60) if not one.title.startswith("A report")]
    at_once = taken(whole, distinct)
    by_night = taken(nights, *(distinct[n : n + 25] for n in range(0, len(distinct), 25)))
    assert tables(nights) == tables(whole)
    assert (by_night.new_articles, by_night.known_articles) == (at_once.new_articles, at_once.known_articles)


def test_more_pieces_than_can_be_read_at_once_are_stored_on_the_way(tmp_path: Path, small, monkeypatch):
    whole, often = Store(tmp_path / "whole"), Store(tmp_path / "often")
    distinct = [one for one in news(60) if not one.title.startswith("A report")]
    taken(whole, distinct)
    written: list[int] = []
    write = ingesting._write_articles
    monkeypatch.setattr(ingesting, "_write_articles", lambda *given: written.append(1) or write(*given))
    monkeypatch.setattr(spool, "_MOST_PIECES", 4)
    taken(often, distinct)
    assert len(written) > 3
    assert tables(often) == tables(whole)


def test_bodies_do_not_stay_in_memory(tmp_path: Path, small):
    store = Store(tmp_path)
    with store.writing(), Intake(store, Summary(), lambda: NOW) as intake:
        intake.take(article(n) for n in range(30))
        pieces = intake._spool._pieces
        assert len(pieces) == 10
        assert [piece._table is None for piece in pieces] == [True] * 9 + [False]
        assert len(intake._articles) <= 3
        assert store.days("articles") == []
        intake.flush()
        assert store.days("articles") == [DAY]
    assert hidden(store) == []


def test_a_usual_night_puts_nothing_into_files(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(Store, "scratch", lambda _: pytest.fail("a small night needs no room"))
    assert taken(Store(tmp_path), news(20)).new_articles == 20


def test_what_is_known_already_is_not_put_aside(tmp_path: Path, small, monkeypatch):
    store = Store(tmp_path)
    taken(store, news(60))
    before = tables(store)
    monkeypatch.setattr("pipeline.chain.spool.Piece", lambda _: pytest.fail("nothing is new"))
    assert taken(store, news(60)).new_articles == 0
    assert tables(store) == before


def test_a_run_that_dies_as_it_merges_leaves_the_old_day(tmp_path: Path, small, short_groups, monkeypatch):
    store, whole = Store(tmp_path / "out"), Store(tmp_path / "whole")
    first, second = [article(n) for n in range(30)], [article(n) for n in range(30, 60)]
    taken(whole, first, second)
    taken(store, first)
    before, seen = tables(store), []

    def dies(table):
        seen.append(table.num_rows)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return table

    with monkeypatch.context() as patched:
        patched.setattr(spool, "_distinct", dies)
        with pytest.raises(KeyboardInterrupt):
            taken(store, second)
    assert tables(store) == before
    assert hidden(store) == []
    taken(store, second)
    assert tables(store) == tables(whole)


def test_an_article_that_a_dying_run_left_on_two_days_is_on_one_after_the_next(tmp_path: Path, monkeypatch):
    store = Store(tmp_path)
    taken(store, [article(1, day=2), article(2, day=2)])
    write = Store.write_day_parts

    def dies(self, dataset, day, *given):
        if day == DAY + timedelta(days=2):
            raise KeyboardInterrupt
        return write(self, dataset, day, *given)

    moved = [article(1, day=0), article(2, day=2)]
    with monkeypatch.context() as patched:
        patched.setattr(Store, "write_day_parts", dies)
        with pytest.raises(KeyboardInterrupt):
            taken(store, moved)
    assert len(store.days("articles")) == 2
    assert store.read_day("articles", DAY + timedelta(days=2)).num_rows == 2
    assert taken(store, moved).new_articles == 0
    assert [store.read_day("articles", day).num_rows for day in store.days("articles")] == [1, 1]


@contextmanager
def longest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [1_000, 8_000])  # too little for a piece; for the day
def test_a_disk_without_room_is_told_and_harms_nothing(tmp_path: Path, small, short_groups, size: int):
    store = Store(tmp_path)
    taken(store, [article(0)])
    before = tables(store)
    with longest_file(size), pytest.raises(StoreError, match=r"File too large.*last good version is untouched"):
        taken(store, [article(n) for n in range(60)])
    assert tables(store) == before
    assert hidden(store) == []


def test_what_a_killed_run_put_aside_is_swept_away(tmp_path: Path):
    store = Store(tmp_path)
    with store.writing():
        lent = store.scratch()
        (lent.__enter__() / "1.arrow").write_bytes(b"half a piece")
    assert hidden(store) == [".scratch.tmp"]
    with store.writing():
        assert hidden(store) == []
