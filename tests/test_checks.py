"""Checks before publication: what they say of counts, and that what looks wrong is not published."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from pipeline import chain, read_index
from pipeline.chain.event_days import event_days
from pipeline.chain.watching import Candidate, moves
from pipeline.checks import Move, Printing, judge_coverage, judge_jumps, judge_records, judge_silence
from pipeline.checks.records import Taken
from pipeline.errors import CheckError
from pipeline.records import Check
from pipeline.settings import CheckSettings, Settings, SourceSettings
from pipeline.store import Store

CHOSEN = CheckSettings()
SUNDAY = date(2010, 6, 6)
WEEKDAY, WEEKEND = {"Wire": 8, "Herald": 2}, {"Wire": 3}


def printing(days: int = 100, until: date = SUNDAY, before: date | None = None, **gone: int) -> Printing:
    """A hundred days of two outlets, one of them on weekdays; `gone` outlets bring nothing on their last days."""
    counts = {}
    for n in range(days):
        day = until - timedelta(days=n)
        usual = WEEKEND if day.weekday() >= 5 else WEEKDAY
        counts[day] = Counter({name: size for name, size in usual.items() if n >= gone.get(name, 0)})
    return Printing(counts, until, before or until - timedelta(days=4))


def test_usual_days_hold_and_weekends_are_usual():
    for back in range(14):
        for judge in (judge_coverage, judge_silence):
            assert judge(printing(until=SUNDAY - timedelta(days=back)), CHOSEN).state == "held"


def test_three_days_without_articles_fail_and_say_how_many_are_usual():
    found = judge_coverage(printing(Wire=3, Herald=3), CHOSEN)
    assert found == Check(
        "coverage", "failed", "0 articles printed from 2010-06-04 to 2010-06-06, usual are 16, least are 5"
    )


def test_days_that_no_partition_tells_of_are_days_without_articles():
    full = printing()
    counts = {day: own for day, own in full.counts.items() if day <= SUNDAY - timedelta(days=3)}
    assert judge_coverage(Printing(counts, SUNDAY, full.before), CHOSEN).state == "failed"


def test_what_was_published_so_only_warns():
    lasting = printing(Wire=9, Herald=9, before=SUNDAY - timedelta(days=1))
    assert judge_coverage(lasting, CHOSEN).state == "warned"
    assert judge_silence(lasting, CHOSEN).state == "warned"


@pytest.mark.parametrize("judge", [judge_coverage, judge_silence])
def test_without_a_past_nothing_is_judged(judge):
    gone = printing(Wire=3, Herald=3)
    assert judge(Printing(gone.counts, SUNDAY, None), CHOSEN).state == "skipped"
    assert judge(Printing({}, SUNDAY, gone.before), CHOSEN).state == "skipped"
    assert judge(printing(days=20, Wire=3, Herald=3), CHOSEN).state == "skipped"
    assert judge(Printing(gone.counts, SUNDAY, SUNDAY + timedelta(days=1)), CHOSEN).state == "skipped"


def test_an_article_a_month_for_fifteen_years_is_never_judged():
    days = [SUNDAY - timedelta(days=30 * n) for n in range(180)]
    sparse = Printing({day: {"Herald": 1} for day in days}, SUNDAY, SUNDAY - timedelta(days=30))
    assert judge_coverage(sparse, CHOSEN).state == "skipped"
    assert judge_silence(sparse, CHOSEN).state in ("skipped", "held")


def test_an_outlet_that_stops_fails_by_what_it_carried():
    assert judge_silence(printing(Wire=3), CHOSEN).state == "failed"
    found = judge_silence(printing(Wire=3), CHOSEN)
    assert "'Wire' (82% of the articles)" in found.found
    assert judge_silence(printing(Wire=2), CHOSEN).state == "held"
    small = CheckSettings(silence_share=0.9)
    assert judge_silence(printing(Wire=3), small).state == "warned"


def test_a_weekday_outlet_is_not_missed_at_the_weekend():
    assert judge_silence(printing(Herald=2), CHOSEN).state == "held"
    assert judge_silence(printing(Herald=4), CHOSEN).state == "held"  # Thursday and Friday are missed
    assert judge_silence(printing(Herald=5, before=SUNDAY - timedelta(days=9)), CHOSEN).state == "failed"


def move(points: float = 40.0, **given) -> Move:
    known = {"largest": 12.0, "stories": 1, "outlets": 1, "known_outlets": 1}
    return Move("KOR-PRK", 45.0, 45.0 + points, **{**known, **given})


def test_a_leap_needs_its_stories():
    failed = judge_jumps([move()], CHOSEN)
    assert failed == Check("jump", "failed", "KOR-PRK from 45.0 to 85.0 with 1 new stories of 1 outlets")
    for fine in (
        move(27.0),
        move(stories=3, outlets=2),
        move(stories=3, outlets=3, known_outlets=5),
        move(stories=3, outlets=1, known_outlets=1),
        move(largest=45.0),
        move(largest=None),
    ):
        assert judge_jumps([fine], CHOSEN).state == "held", fine
    assert judge_jumps([move(-40.0)], CHOSEN).state == "failed"
    assert judge_jumps([move(stories=30, outlets=2, known_outlets=5)], CHOSEN).state == "failed"


def test_refused_records_are_measured_by_the_nights_before():
    nights = [Taken(100, 2)] * 5
    assert judge_records(Taken(40, 20), nights, CHOSEN).found == "20 of 40 records refused, usual are 2%"
    assert judge_records(Taken(40, 20), nights, CHOSEN).state == "failed"
    assert judge_records(Taken(40, 4), nights, CHOSEN).state == "held"
    assert judge_records(Taken(40, 20), [Taken(100, 45)] * 5, CHOSEN).state == "held"
    assert judge_records(Taken(40, 20), [*nights, Taken(40, 20)], CHOSEN).state == "warned"
    assert judge_records(Taken(4, 4), nights, CHOSEN).state == "skipped"
    assert judge_records(Taken(40, 40), nights[:2], CHOSEN).state == "skipped"


def test_every_check_can_be_turned_off():
    off = CheckSettings(coverage=False, silence=False, jump=False, records=False)
    gone = printing(Wire=3, Herald=3)
    found = [
        judge_coverage(gone, off),
        judge_silence(gone, off),
        judge_jumps([move()], off),
        judge_records(Taken(40, 40), [Taken(9, 0)] * 5, off),
    ]
    assert {one.state for one in found} == {"off"}


# the whole line

FIRST = date(2010, 1, 1)
SETTINGS = Settings.model_validate({"index": {"replicates": 20}})


def rows(day: date, outlets: tuple[str, ...] = ("Wire", "Herald")) -> list[dict[str, str]]:
    """Six articles of a day, by two outlets."""
    return [
        {
            "text": f"South Korea protested to North Korea over shot {n} of {outlet} on {day:%B %d}.",
            "date": day.isoformat(),
            "outlet": outlet,
            "url": f"https://{outlet}.example/{day}/{n}",
        }
        for outlet in outlets
        for n in range(3)
    ]


class Nights:
    """A folder of articles that grows, and the nights that read it."""

    def __init__(self, folder: Path, coder) -> None:
        self.store, self._articles, self._coder = Store(folder / "outputs"), folder / "articles", coder
        self._articles.mkdir()

    def printed(self, found: list[dict[str, str]]) -> None:
        path = self._articles / f"{len(list(self._articles.iterdir())):03}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in found))

    def run(self, day: date, anyway: bool = False, settings: Settings = SETTINGS) -> dict[str, str]:
        """Run the night after a day; return what each check said."""
        moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC) + timedelta(days=1)
        store = self.store
        with store.writing(), chain.recorded(store, lambda: moment) as night:
            source = SourceSettings.of(str(self._articles))
            night.summary = chain.gather([source], store, settings, now=lambda: moment)
            chain.mark_copies(store, settings.copies)
            chain.code_store(store, settings, self._coder, lambda *_: None)
            chain.publish(store, settings, None, night.summary, anyway, lambda: moment)
        return {check["name"]: check["state"] for check in night.summary.checks}

    def published(self) -> dict[str, bytes]:
        names = ("tension_index.parquet", "directed_index.parquet", "summary.json", "alerts.parquet")
        folders = ("events", "vintages", "directed_vintages")
        root = self.store.root
        files = [root / name for name in names] + [path for name in folders for path in sorted((root / name).glob("*"))]
        return {str(path): path.read_bytes() for path in files if path.exists()}

    def journal(self) -> dict:
        return self.store.read_json("nights.json")


@pytest.fixture(scope="module")
def begun(tmp_path_factory, estimator) -> Path:
    """Eleven weeks of printing, published."""
    folder = tmp_path_factory.mktemp("begun")
    nights = Nights(folder, estimator)
    nights.printed([row for n in range(77) for row in rows(FIRST + timedelta(days=n))])
    first = nights.run(FIRST + timedelta(days=76))
    assert first == dict.fromkeys(("coverage", "silence", "jump", "records"), "skipped")
    return folder


@pytest.fixture
def nights(begun: Path, tmp_path: Path, estimator) -> Nights:
    """The same, copied, with what happens next up to the test."""
    nights = Nights(tmp_path, estimator)
    for path in begun.rglob("*"):
        if path.is_file():
            place = tmp_path / path.relative_to(begun)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return nights


LAST = FIRST + timedelta(days=76)


def test_an_outage_is_not_published_until_somebody_says_so(nights: Nights):
    before, day = nights.published(), LAST + timedelta(days=3)
    nights.printed(rows(day, ("Herald",))[:1])
    with pytest.raises(CheckError, match=r"as of 2010-03-18 stays: coverage: 1 articles .* --publish-anyway"):
        nights.run(day)
    assert nights.published() == before
    assert day in nights.store.days("articles")  # what was read is kept
    last = nights.journal()["last"]
    assert (last["state"], last["new_articles"]) == ("stopped", 1)
    assert {"name": "coverage", "state": "failed"}.items() <= next(
        check for check in last["summary"]["checks"] if check["name"] == "coverage"
    ).items()
    assert nights.run(day, anyway=True)["coverage"] == "failed"
    assert nights.store.summary()["as_of"][:10] == day.isoformat()
    assert read_index(nights.store.root, "KOR-PRK").attrs["method"]["as_of"][:10] == day.isoformat()
    assert nights.journal()["last"]["state"] == "published"
    assert nights.run(day)["coverage"] == "warned"


def test_a_good_night_holds(nights: Nights):
    for n in (1, 2):
        nights.printed(rows(LAST + timedelta(days=n)))
        assert nights.run(LAST + timedelta(days=n)) == {
            "records": "skipped", "coverage": "held", "silence": "held", "jump": "held",
        }  # fmt: skip


def test_an_outlet_that_is_gone_is_not_published(nights: Nights):
    for n in (1, 2, 3):
        nights.printed(rows(LAST + timedelta(days=n), ("Herald",)))
        if n < 3:
            assert nights.run(LAST + timedelta(days=n))["silence"] == "held"
    with pytest.raises(CheckError, match="silence: nothing of 'Wire' \\(50% of the articles\\)"):
        nights.run(LAST + timedelta(days=3))
    quiet = Settings.model_validate({"index": {"replicates": 20}, "checks": {"silence": False}})
    assert nights.run(LAST + timedelta(days=3), settings=quiet)["silence"] == "off"


def test_changed_fields_of_the_records_are_not_published(nights: Nights):
    for n in (1, 2):
        nights.printed(rows(LAST + timedelta(days=n)))
        nights.run(LAST + timedelta(days=n))
    day = LAST + timedelta(days=3)
    nights.printed([{"headline_text": row["text"], "day": row["date"]} for _ in range(100) for row in rows(day)])
    with pytest.raises(CheckError, match="records: 600 of 1074 records refused, usual are 0%"):
        nights.run(day)


ACTS = ("shelled", "bombed", "invaded", "blockaded", "threatened", "condemned", "expelled the envoys of")


def burst(day: date) -> dict[str, str]:
    """One article that tells of seven hostile acts on each of nine days."""
    days = [day - timedelta(days=n) for n in range(9)]
    text = " ".join(f"North Korea {act} South Korea on {one:%B %d}." for one in days for act in ACTS)
    return {"text": text, "date": day.isoformat(), "outlet": "Herald", "url": "https://herald.example/war"}


def test_a_leap_of_a_pair_with_a_short_past_is_not_judged(nights: Nights):
    day = LAST + timedelta(days=1)
    nights.printed([*rows(day), burst(day)])
    low = Settings.model_validate({"index": {"replicates": 20}, "checks": {"jump_share": 0.01}})
    assert nights.run(day, settings=low)["jump"] == "held"


def test_a_leap_with_one_new_story_is_not_published(nights: Nights, monkeypatch):
    monkeypatch.setattr("pipeline.chain.watching._LEAST_DAYS", 10)
    monkeypatch.setattr("pipeline.chain.watching._YEAR", pd.Timedelta(days=20))
    for module in ("chain.watching", "checks.jumps"):
        monkeypatch.setattr(f"pipeline.{module}.LEAST_POINTS", 1.0)
    day = LAST + timedelta(days=1)
    nights.printed([burst(day)])
    published = nights.store.read_file("tension_index.parquet")
    chosen = {"jump_share": 0.01, "coverage": False, "silence": False}
    low = Settings.model_validate({"index": {"replicates": 20}, "checks": chosen})
    before = nights.published()
    with pytest.raises(CheckError, match=r"jump: KOR-PRK from .* with 1 new stories of 1 outlets"):
        nights.run(day, settings=low)
    assert nights.published() == before
    found = chain.compute(nights.store, low)
    candidate = Candidate(found.moment, found.undirected, event_days(nights.store, found.events), found.view.reports)
    (moved,) = moves(nights.store, published, candidate)
    assert (moved.dyad, moved.stories, moved.outlets, moved.known_outlets) == ("KOR-PRK", 1, 1, 2)
    assert moved.after > moved.before
    other = low.model_copy(update={"index": low.index.model_copy(update={"half_life_days": 14.0})})
    assert nights.run(day, settings=other)["jump"] == "skipped"
