import random
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from conftest import make_mention
from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge import REPORTS, merge
from pipeline.merge.codes import content_ids, order_by
from pipeline.records import Event, content_id
from pipeline.scale import load_scale
from pipeline.tables import MENTIONS, table_of

PRINTED = [(1, "A", 16), (2, "B", 17), (3, "A", 17), (4, "", 18), (5, "", 18)]
KNOWN = pa.Table.from_pylist(
    [
        {"article_id": f"a{n}", "outlet": outlet, "published_at": datetime(2020, 6, day, tzinfo=UTC), "story": f"a{n}"}
        for n, outlet, day in PRINTED
    ],
    schema=REPORTS,
)


def merged(*mentions):
    table = merge(table_of(mentions, MENTIONS), KNOWN, load_scale(), lookback_days=2)
    return [Event(**row) for row in table.to_pylist()]


def test_one_occurrence_once_however_many_report_it():
    mentions = [make_mention(f"a{n}", sentence_no=k) for n in (1, 2, 3) for k in (0, 1)]
    (event,) = merged(*mentions)
    assert (event.n_mentions, event.n_articles, event.n_outlets) == (6, 3, 2)
    assert event.first_seen_at == datetime(2020, 6, 16, tzinfo=UTC)


def test_articles_without_outlet_count_one_each():
    (event,) = merged(make_mention("a4"), make_mention("a5"))
    assert event.n_outlets == 2


def test_order_does_not_matter():
    mentions = [
        make_mention(f"a{n}", day, mode=mode) for n, day, mode in [(1, "2020-06-16", "destroy"), (2, "2020-06-16", "")]
    ]
    mentions += [
        make_mention("a3", "2020-06-17", date_rule="published"),
        make_mention("a3", "2010-03-01", date_precision="month"),
    ]
    expected = merged(*mentions)
    for seed in range(5):
        random.Random(seed).shuffle(mentions)  # noqa: S311
        assert merged(*mentions) == expected


def test_an_undated_report_joins_the_dated_event_of_the_days_before():
    dated = make_mention("a1", "2020-06-16")
    undated = make_mention("a2", "2020-06-17", date_rule="published")
    assert len(merged(dated, undated)) == 1
    late = make_mention("a4", "2020-06-19", date_rule="published")
    assert len(merged(dated, late)) == 2


def test_a_month_joins_its_only_event_and_else_stands_alone():
    day = make_mention("a1", "2010-03-26")
    month = make_mention("a2", "2010-03-01", date_precision="month")
    year = make_mention("a3", "2010-01-01", date_precision="year")
    assert [event.date_precision for event in merged(day, month, year)] == ["day"]
    second = make_mention("a4", "2010-11-23")
    assert sorted(event.date_precision for event in merged(day, second, month, year)) == ["day", "day", "year"]


def test_denied_and_planned_acts_are_events_of_their_own():
    events = merged(make_mention("a1"), make_mention("a2", status="denied"), make_mention("a3", status="announced"))
    assert sorted(event.status for event in events) == ["announced", "denied", "happened"]


def test_what_has_no_date_makes_no_event():
    assert merged(make_mention("a1", None)) == []


def test_confidence_grows_with_articles_and_stays_below_one():
    one = merged(make_mention("a1", probability=0.6))[0].confidence
    same = merged(make_mention("a1", probability=0.6), make_mention("a1", probability=0.6, sentence_no=1))[0].confidence
    two = merged(make_mention("a1", probability=0.6), make_mention("a2", probability=0.6))[0].confidence
    assert one == same < two < 1


@given(
    st.lists(st.tuples(st.integers(0, 3), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)))
)
def test_rows_are_ordered_by_number_and_name(rows):
    numbers = np.array([number for number, _ in rows], np.int64)
    order = order_by(numbers, pa.array([name for _, name in rows], pa.string()))
    assert [rows[n] for n in order] == sorted(rows)


@pytest.mark.parametrize("rows", [[], [("KOR", "PRK", "2020-06-16"), ("", "ü", "x")]])
def test_ids_of_columns_are_those_of_their_rows(rows):
    columns = [pa.array([row[n] for row in rows], pa.string()) for n in range(3)]
    assert content_ids(columns) == [content_id(*row) for row in rows]
