"""The index's contract, as properties over random streams of events."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import make_event
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.index import build_indexes, flow
from pipeline.index.levels import interval
from pipeline.index.records import unseen_rate
from pipeline.index.stream import Stream
from pipeline.index.usual import growth, is_active, mean_of_active, running_sums
from pipeline.mapping import decay, tension
from pipeline.score import end_of, score_events
from pipeline.settings import IndexSettings
from pipeline.tables import EVENTS, table_of

SETTINGS = IndexSettings(replicates=40)
START = date(2020, 1, 1)
PAIRS = [("PRK", "KOR"), ("KOR", "PRK"), ("USA", "PRK"), ("IND", "PAK")]


@st.composite
def streams(draw):
    """Events of up to 40 days, each reported by one to three articles printed that day."""
    events = []
    for n in range(draw(st.integers(1, 25))):
        day = START + timedelta(days=draw(st.integers(0, 40)))
        source, target = draw(st.sampled_from(PAIRS))
        articles = tuple(f"{day}-{n}-{k}" for k in range(draw(st.integers(1, 3))))
        score = draw(st.sampled_from([-9.5, -5.0, -2.0, 2.5, 6.5]))
        confidence = draw(st.sampled_from([0.5, 0.8, 0.99]))
        events.append(make_event(day.isoformat(), score, articles, source=source, target=target, confidence=confidence))
    return list({event.event_id: event for event in events}.values())


def published_of(events):
    return {article: event.first_seen_at.date() for event in events for article in event.article_ids}


def index_of(events, as_of=date(2020, 3, 1), directed=False, chosen=SETTINGS, published=None):
    published = published_of(events) if published is None else published
    known = {article: day for article, day in published.items() if day <= as_of}
    found = build_indexes(scored(events, known, as_of, chosen), Counter(known.values()), end_of(as_of), chosen)
    return (found.directed if directed else found.undirected).to_pandas()


def scored(events, known, as_of, chosen=SETTINGS):
    """Return scored events, every article a story of its own."""
    table = score_events(table_of(events, EVENTS), end_of(as_of), chosen)
    told = table["article_ids"].to_pylist()
    days = pa.array([[known[one] for one in ids] for ids in told], pa.list_(pa.date32()))
    return table.append_column("stories", table["article_ids"]).append_column("printed", days)


@given(streams())
@settings(max_examples=40, deadline=None)
def test_order_does_not_matter(events):
    pd.testing.assert_frame_equal(index_of(events), index_of(events[::-1]))


@given(streams())
@settings(max_examples=40, deadline=None)
def test_bounds_and_intervals(events):
    index = index_of(events)
    covered = index.dropna(subset="tension")
    assert covered["tension"].between(0, 100).all()
    assert (covered["low"] <= covered["tension"]).all()
    assert (covered["high"] >= covered["tension"]).all()
    assert (covered["conflict"] <= 0).all()
    assert (covered["cooperation"] >= 0).all()
    assert covered["percentile"].between(0, 100, inclusive="right").all()
    assert (index["tension"].isna() == (index["n_articles"] == 0)).all()
    assert index[["date", "dyad"]].duplicated().sum() == 0


@given(streams(), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_later_days_change_nothing(events, days):
    """No look-ahead: what was known on a day gives the rows that the longer stream gives up to it."""
    cut = START + timedelta(days=days)
    earlier = index_of(events, as_of=cut)
    whole = index_of(events)
    if earlier.empty:
        return
    same = whole[pd.to_datetime(whole["date"]) <= pd.Timestamp(cut)]
    last = max(day for day in published_of(events).values() if day <= cut)
    same = same[pd.to_datetime(same["date"]) <= pd.Timestamp(last)].reset_index(drop=True)
    same = same[same["dyad"].isin(earlier["dyad"].unique())].reset_index(drop=True)
    columns = [name for name in earlier.columns if name != "as_of"]
    pd.testing.assert_frame_equal(earlier[columns], same[columns])


@given(streams())
@settings(max_examples=40, deadline=None)
def test_repetition_does_not_matter(events):
    """Every article printed again by another outlet leaves the value where it was."""
    events = [replace(event, n_outlets=1) for event in events]
    copies = [
        replace(e, n_outlets=2, article_ids=tuple(sorted([*e.article_ids, *(a + "x" for a in e.article_ids)])))
        for e in events
    ]
    np.testing.assert_allclose(index_of(events)["tension"], index_of(copies)["tension"])


@given(streams())
@settings(max_examples=10, deadline=None)
def test_how_many_threads_count_does_not_matter(events):
    with patch.object(flow, "_MANY", 0):
        several = index_of(events)
    pd.testing.assert_frame_equal(index_of(events), several, check_exact=True)


@given(streams())
@settings(max_examples=10, deadline=None)
def test_how_many_resamples_are_counted_at_a_time_does_not_matter(events):
    tables = []
    for numbers in (1, 3000, 10**9):
        with patch("pipeline.index.flow._NUMBERS", numbers), patch("pipeline.index.levels._NUMBERS", numbers):
            tables.append(index_of(events))
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_years_before_the_first_published_pair_are_walked_through():
    """The first events are of a pair that is left out: in its year no published pair has begun."""
    early = make_event("2017-01-05", source="IND", target="PAK", articles=("early",))
    later = [make_event(day, articles=(day,)) for day in ("2020-01-02", "2020-01-20")]
    found = index_of([early, *later], chosen=IndexSettings(replicates=20, max_dyads=1))
    assert set(found["dyad"]) == {"KOR-PRK"}
    assert found["date"].min() == date(2020, 1, 2)


def test_the_level_decays_by_its_half_life():
    events = [make_event("2020-01-01", -8.0, ["a"], confidence=1.0)]
    index = index_of(events, published={"a": START, "b": START + timedelta(days=30)})
    assert index["level"].iloc[0] == -8.0
    assert index["level"].iloc[30] == pytest.approx(-4.0)
    assert decay(30) ** 30 == pytest.approx(0.5)


def test_a_day_without_coverage_is_null_and_a_quiet_one_is_not():
    index = index_of([make_event("2020-01-01", -8.0, ["a"])], published={"a": START, "b": START + timedelta(days=2)})
    assert index["n_articles"].tolist() == [1, 0, 1]
    assert index["tension"].isna().tolist() == [False, True, False]
    assert index["conflict"].iloc[2] == 0


def test_twice_the_same_mixture_gives_the_same_flow():
    once = [
        make_event("2020-01-01", score, [f"a{score}"], event_type=kind)
        for score, kind in [(-9.0, "ASSAULT"), (2.5, "CONSULT")]
    ]
    twice = once + [
        replace(event, event_id=event.event_id + "x", article_ids=("z",), event_type=event.event_type + "2")
        for event in once
    ]
    one, two = index_of(once).iloc[0], index_of(twice).iloc[0]
    assert one["conflict"] == pytest.approx(two["conflict"])
    assert one["cooperation"] == pytest.approx(two["cooperation"])


def test_a_day_with_more_than_usual_weighs_more():
    """Ten days with an attack each, then one with five: its flow is five by what a day brings on average."""
    days = [str(START + timedelta(days=n)) for n in range(10)]
    calm = [make_event(day, -8.0, [day], confidence=1.0) for day in days]
    war = [make_event("2020-01-11", -8.0, [f"w{n}"], event_type=f"KIND{n}", confidence=1.0) for n in range(5)]
    flow = index_of(calm + war, published={one: START for event in calm + war for one in event.article_ids})["conflict"]
    assert flow[:10].tolist() == pytest.approx([-8.0] * 10)
    assert flow[10] == pytest.approx(-8.0 * 5 / (15 / 11))


def test_a_source_that_doubles_moves_no_flow():
    """From day 100 on, everything is told twice as often, and so are the events."""
    daily = np.ones((1, 200))
    daily[:, 100:] = 2.0
    printed = np.where(np.arange(200) < 100, 10.0, 20.0)
    assert (daily / usual_weight(daily, printed))[0, 140] == pytest.approx(1.0)
    assert growth(printed)[99] == 1.0
    assert usual_weight(np.zeros((1, 3)), np.zeros(3)).tolist() == [[0.0, 0.0, 0.0]]


def usual_weight(daily, printed):
    """Return what a usual day weighs, in the first year."""
    nothing = np.zeros_like(daily)
    mean = mean_of_active(running_sums(daily, 0.0), nothing, running_sums(is_active(daily), 0.0), nothing)
    return mean * growth(printed)


def test_a_mutual_act_counts_once_in_its_dyad():
    forth = make_event("2020-01-01", 4.0, ["a"], event_type="CONSULT")
    back = make_event("2020-01-01", 4.0, ["a"], source="KOR", target="PRK", event_type="CONSULT")
    assert index_of([forth, back])["n_events"].tolist() == [1]
    assert index_of([forth, back], directed=True)["dyad"].tolist() == ["KOR>PRK", "PRK>KOR"]


@pytest.mark.parametrize(
    ("back", "counted"),
    [({}, 1), ({"mode": "aerial"}, 2), ({"article_ids": ("a1", "a2")}, 2), ({"event_type": "COERCE"}, 2)],
)
def test_an_exchange_of_fire_counts_once_in_its_dyad(back: dict[str, Any], counted: int):
    forth = make_event("2020-01-01")
    answer = make_event("2020-01-01", source="KOR", target="PRK", **back)
    assert index_of([forth, answer])["n_events"].tolist() == [counted]
    assert index_of([forth, answer], directed=True)["dyad"].tolist() == ["KOR>PRK", "PRK>KOR"]


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({}, True),
        ({"status": "historical"}, True),
        ({"status": "denied"}, False),
        ({"status": "hypothetical"}, False),
        ({"status": "announced"}, False),
        ({"status": "announced", "event_type": "THREATEN"}, True),
        ({"date_precision": "month"}, False),
        ({"confidence": 0.1}, False),
    ],
)
def test_what_counts(change, counted):
    assert (
        len(score_events(table_of([make_event("2020-01-01", **change)], EVENTS), end_of(date(2020, 2, 1)), SETTINGS))
        == 1
    ) is counted


def test_what_was_printed_after_as_of_does_not_count():
    event = replace(make_event("2010-03-26"), first_seen_at=end_of(date(2020, 6, 16)))
    table = table_of([event], EVENTS)
    assert len(score_events(table, end_of(date(2015, 1, 1)), SETTINGS)) == 0
    assert len(score_events(table, end_of(date(2020, 6, 16)), SETTINGS)) == 1


def test_the_mapping_is_balanced_monotone_and_bounded():
    levels = np.array([-1e6, -100.0, -1.0, 0.0, 1.0, 100.0, 1e6])
    values = tension(levels, SETTINGS)
    assert values[3] == 50
    assert (np.diff(values) <= 0).all()
    assert values[0] == 100
    assert values[-1] == 0


def test_highest_since_names_the_last_day_as_tense():
    events = [
        make_event(day, score, [day])
        for day, score in [("2020-01-01", -9.5), ("2020-01-03", -2.0), ("2020-02-20", -2.0)]
    ]
    index = index_of(events).set_index("date")
    assert index["highest_since"][date(2020, 1, 1)] is None
    assert index["highest_since"][date(2020, 2, 20)] == date(2020, 1, 3)


def test_a_lone_doubtful_event_may_be_nothing():
    index = index_of([make_event("2020-01-01", -9.0, ["a"], confidence=0.5)])
    assert index["tension"].iloc[0] > 60
    assert index["low"].iloc[0] == pytest.approx(50)


def test_what_one_article_tells_stands_for_more_that_none_told():
    """Events that two articles tell each leave less room for unseen ones than events that one tells."""
    days = [str(START + timedelta(days=3 * n)) for n in range(30)]
    thin = index_of([make_event(day, -5.0, [day], confidence=0.99) for day in days])
    thick = index_of([make_event(day, -5.0, [day, day + "x"], confidence=0.99) for day in days])
    np.testing.assert_allclose(thin["tension"], thick["tension"])
    assert (thin["high"] - thin["tension"]).mean() > 2 * (thick["high"] - thick["tension"]).mean()


def test_the_unseen_follow_chao():
    """Eighty events of one article and twenty of two: 81 / (2 · 21), within a step of 5 %; never more than four."""
    ones, twos, hundred = (np.array([float(n)]) for n in (80, 20, 100))
    assert unseen_rate(ones, twos, 0.0) == pytest.approx([81 / 42], rel=0.025)
    assert unseen_rate(ones, twos, 1.0) == pytest.approx([81 / 21], rel=0.025)
    assert unseen_rate(hundred, np.zeros(1), 0.0) == pytest.approx([4.0], rel=0.025)


def test_the_interval_slides_to_the_value_and_keeps_its_share():
    levels = np.arange(101, dtype=np.float32)[None].repeat(3, axis=0)
    lowest, highest = interval(levels, np.array([50.0, -20.0, 200.0]), SETTINGS)
    assert lowest.tolist() == [5.0, -20.0, 10.0]
    assert highest.tolist() == [95.0, 90.0, 200.0]


def test_the_interval_covers_a_known_truth():
    """A small piece of `benchmarks/coverage.py`: two thirds of single reports unseen, of a steady stream of events."""
    rng = np.random.default_rng(5)
    inside = []
    for stream in range(6):
        events = []
        for n in range(100):
            for score in (-9.0, -5.0, 2.5, 6.5):
                if rng.random() < 0.2:
                    articles = [f"{stream}-{n}-{score}-{k}" for k in range(rng.geometric(0.4))]
                    day, kind = str(START + timedelta(days=n)), f"KIND{score}"
                    events.append(make_event(day, score, articles, event_type=kind, confidence=1.0))
        seen = [
            replace(event, article_ids=told, n_outlets=len(told))
            for event in events
            if (told := tuple(article for article in event.article_ids if rng.random() < 0.35))
        ]
        end = START + timedelta(days=100)
        shown = index_of(seen, end).set_index("date").dropna(subset="tension")
        true = index_of(events, end).set_index("date")["tension"].reindex(shown.index).ffill()
        inside.extend((shown["low"] - 1e-9 <= true) & (true <= shown["high"] + 1e-9))
    assert 0.7 < np.mean(inside) < 0.99


def test_the_fullest_span_of_days_is_counted():
    days = np.array([0, 0, 3, 9, 10, 11, 30])
    counted = [Stream.most_within(SimpleNamespace(day=days), span) for span in (1, 3, 10, 365)]
    assert counted == [2, 3, 4, 7]
    assert Stream.most_within(SimpleNamespace(day=days[:0]), 365) == 0
