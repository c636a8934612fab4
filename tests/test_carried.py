"""Nights one after the other against one computation of everything: late articles, old events, copies, corrections."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import chain
from pipeline.chain.carrying import carried_by
from pipeline.index.levels import Series
from pipeline.records import Article, Copy, Mention, content_id
from pipeline.settings import Settings
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store
from pipeline.tables import ARTICLES, COPIES, MENTIONS, table_of

START = date(2015, 1, 1)
DAYS = 3 * 365 + 28  # in the nights the last year becomes old enough to be carried
FEW = Settings.model_validate({"index": {"replicates": 20, "max_dyads": 3}})
PAIRS = [("PRK", "KOR"), ("KOR", "PRK"), ("USA", "PRK"), ("IND", "PAK"), ("PAK", "IND"), ("CHN", "IND"), ("USA", "CHN")]
KINDS = ["ASSAULT", "PROTEST", "CONSULT", "THREATEN"]


class World:
    """Articles and mentions that come night by night, and what one would store of them at once."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.articles: dict[str, Article] = {}
        self.mentions: dict[str, Mention] = {}
        self.copies: list[Copy] = []

    def tell(self, day: date, printed: date, n: int, precision: str = "day", rule: str = "weekday") -> str:
        """Print an article on a day that tells an event of another day."""
        source, target = PAIRS[n % len(PAIRS)]
        kind, key = KINDS[n % len(KINDS)], content_id(str(day), str(printed), str(n), precision, rule)
        url, outlet = f"https://a.example/{key}", f"Post {n % 5}"
        moment = datetime(printed.year, printed.month, printed.day, 8, tzinfo=UTC)
        self.articles[key] = Article(key, url, outlet, "", "x", "en", moment, moment, "t")
        status = "announced" if kind == "THREATEN" else "happened"
        sure = 0.5 + n % 5 / 10
        self.mentions[key] = Mention(
            f"m{key}", key, 0, "x", source, "", target, "", kind, "", status, 0.0, sure, day, precision, rule, ""
        )  # fmt: skip
        return key

    def write(self) -> None:
        """Store everything that is known."""
        for name, rows, schema in (
            ("articles", self.articles.values(), ARTICLES),
            ("mentions", self.mentions.values(), MENTIONS),
            ("copies", self.copies, COPIES),
        ):
            by_day: dict[date, list] = {day: [] for day in self.store.days(name)}
            for row in rows:
                by_day.setdefault(self.articles[row.article_id].published_at.date(), []).append(row)
            for day, own in by_day.items():
                self.store.write_day(name, day, table_of(own, schema), "a test" if own else "")

    def publish(self, chosen: Settings = FEW, as_of: date | None = None) -> dict[str, bytes]:
        """Publish what is stored and return the result."""
        with self.store.writing():
            chain.publish(self.store, chosen, as_of, chain.Summary(), anyway=True)
        return result(self.store)

    def from_scratch(self, folder: Path, chosen: Settings = FEW, as_of: date | None = None) -> dict[str, bytes]:
        """Publish the same in a new place."""
        other = World(folder)
        other.articles, other.mentions, other.copies = self.articles, self.mentions, self.copies
        other.write()
        return other.publish(chosen, as_of)


def result(store: Store) -> dict[str, bytes]:
    names = [INDEX_FILE, DIRECTED_FILE, *store.files("events")]
    return {name: (store.root / name).read_bytes() for name in names}


@pytest.fixture(scope="module", autouse=True)
def _unflushed():
    """Leave out what only a loss of power would need."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        patch.setattr("pipeline.store.local._FRESH", 0)  # what was just written is packed, too
        patch.setattr("pipeline.store.packed._WORTH_IT", 3)  # about half of the months
        yield


@pytest.fixture(scope="module")
def years(tmp_path_factory) -> World:
    """Three years of one event every twelve days, told by one to three articles, some of them by its month."""
    world = World(tmp_path_factory.mktemp("years"))
    for n in range(0, DAYS, 12):
        day = START + timedelta(days=n)
        for k in range(1 + n % 3):
            world.tell(day, day + timedelta(days=k), n // 12 + 4 * len(PAIRS) * k)
        if n % 5 == 0:
            world.tell(day.replace(day=1), day, n // 12, "month")
    world.write()
    world.publish()
    return world


KINDS_OF_NEWS = ["new", "late", "old", "undated", "month", "copy", "removed"]
NIGHT = st.lists(
    st.tuples(
        st.sampled_from(KINDS_OF_NEWS),
        st.integers(0, 400),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=5,
)


@given(st.lists(NIGHT, min_size=1, max_size=4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_night_by_night_gives_what_one_computation_gives(years: World, tmp_path_factory, nights):
    """Whatever the nights bring, every file is that of a store in which all of it was there at once."""
    world, today = copied(years, tmp_path_factory.mktemp("lived")), START + timedelta(days=DAYS)
    for night in nights:
        today += timedelta(days=1)
        for what, back, n in night:
            happen(world, today, what, back, n)
        world.write()
        lived = world.publish()
        assert lived == world.from_scratch(tmp_path_factory.mktemp("scratch"))


def happen(world: World, today: date, what: str, back: int, n: int) -> None:
    past = today - timedelta(days=back)
    if what == "new":
        world.tell(today - timedelta(days=n % 3), today, n)
    elif what == "late":  # an article of an earlier day that comes only now
        world.tell(past, past, n + 100)
    elif what == "old":
        world.tell(past - timedelta(days=n), today, n)
    elif what == "undated":
        world.tell(today, today, n, rule="published")
    elif what == "month":
        world.tell(past.replace(day=1), today, n, "month")
    elif what == "copy":
        first = sorted(world.articles)[back % len(world.articles)]
        key = world.tell(world.mentions[first].event_date or today, today, n) if first in world.mentions else first
        if key != first and key not in {one.article_id for one in world.copies}:
            world.copies.append(Copy(key, first, 0.9))
    else:  # a human said that it is no event
        known = sorted(world.mentions)
        del world.mentions[known[back % len(known)]]


def copied(world: World, folder: Path) -> World:
    other = World(folder)
    other.articles, other.mentions, other.copies = dict(world.articles), dict(world.mentions), list(world.copies)
    for path in world.store.root.rglob("*"):
        if path.is_file() and path.name != ".lock":
            target = folder / path.relative_to(world.store.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return other


@pytest.fixture
def world(years: World, tmp_path: Path) -> World:
    return copied(years, tmp_path / "lived")


def tomorrow(world: World) -> date:
    day = START + timedelta(days=DAYS + 10)
    world.tell(day, day, 3)
    world.write()
    return day


def computed_days(monkeypatch) -> list[range]:
    """Note which days are computed."""
    seen: list[range] = []
    rows = Series.rows
    monkeypatch.setattr(Series, "rows", lambda self, days: (seen.append(days), rows(self, days))[1])
    return seen


def test_a_night_computes_the_last_year_only(world: World, monkeypatch):
    tomorrow(world)
    days = computed_days(monkeypatch)
    world.publish()
    assert [one.start - (START - date(1970, 1, 1)).days for one in days] == [2 * 365, 3 * 365]
    days.clear()
    world.tell(START + timedelta(days=DAYS + 11), START + timedelta(days=DAYS + 11), 4)
    world.write()
    world.publish()
    assert [one.start - (START - date(1970, 1, 1)).days for one in days] == [3 * 365]
    assert carried_by(world.store) is not None


CHANGES = ["settings", "as_of", "published", "carried", "cut", "program", "old"]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_stale_is_published(world: World, tmp_path: Path, monkeypatch, change: str):
    """What does not fit is not used, whatever it is; the result is that of a new store."""
    day = tomorrow(world)
    chosen, as_of, root = FEW, None, world.store.root
    if change == "settings":
        chosen = Settings.model_validate({"index": {"replicates": 20, "max_dyads": 3, "half_life_days": 14}})
    elif change == "as_of":
        as_of = START + timedelta(days=500)
    elif change == "published":  # somebody put an older index back
        table = world.store.read_file(INDEX_FILE)
        world.store.write_file(INDEX_FILE, table.slice(0, table.num_rows - 5))
    elif change == "carried":
        (root / "carried" / "index.npz").write_bytes(b"not what it was")
    elif change == "cut":
        whole = (root / "carried" / "index.npz").read_bytes()
        (root / "carried" / "index.npz").write_bytes(whole[: len(whole) // 2])
    elif change == "program":
        monkeypatch.setattr("pipeline.index.carried.version", lambda name: f"{name} of tomorrow")
    else:
        world.tell(START + timedelta(days=40), day, 2)
        world.write()
    days = computed_days(monkeypatch)
    lived = world.publish(chosen, as_of)
    assert days[0].start == (START - date(1970, 1, 1)).days
    assert lived == world.from_scratch(tmp_path / "scratch", chosen, as_of)


def test_packed_months_that_cannot_be_read_are_packed_anew(world: World, tmp_path: Path):
    packs = sorted(world.store.root.rglob("*.pack"))
    assert len(packs) > 30
    for path in packs:
        path.write_bytes(path.read_bytes()[:50])
    tomorrow(world)
    assert world.publish() == world.from_scratch(tmp_path / "scratch")
    assert min(path.stat().st_size for path in packs) > 50


def test_a_partition_that_changed_is_read_and_not_its_packed_month(world: World):
    world.publish()  # the files of this copy are packed
    counted = len(world.mentions)
    del world.mentions[sorted(world.mentions)[7]]
    world.write()
    with world.store.writing():
        assert chain.publish(world.store, FEW, None, chain.Summary(), anyway=True).mentions == counted - 1


def test_a_changed_event_partition_is_put_right(world: World, tmp_path: Path):
    tomorrow(world)
    name = world.store.files("events")[3]
    (world.store.root / name).write_bytes(b"broken")
    assert world.publish() == world.from_scratch(tmp_path / "scratch")


@pytest.mark.parametrize("note", [b"{", b"[1]", b'{"2015-01-01": 5}', b'{"one day": ["a", 1]}'])
def test_a_note_of_events_that_cannot_be_read_is_no_note(world: World, tmp_path: Path, note: bytes):
    tomorrow(world)
    (world.store.root / "carried" / "events.json").write_bytes(note)
    assert world.publish() == world.from_scratch(tmp_path / "scratch")


def test_what_is_published_by_halves_is_not_carried(world: World, tmp_path: Path, monkeypatch):
    """A run that dies while it publishes leaves the last good state, which the next goes on from."""
    tomorrow(world)
    before = result(world.store)
    monkeypatch.setattr("pipeline.chain.publishing.raise_alerts", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.publish()
    monkeypatch.undo()
    assert result(world.store) == before
    assert carried_by(world.store) is not None
    assert world.publish() == world.from_scratch(tmp_path / "scratch")
