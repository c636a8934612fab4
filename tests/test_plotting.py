"""The figure of a dyad: what is drawn, cut to which days, and what is said where there is nothing to draw."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import make_event
from long_report import ten_years
from matplotlib.dates import date2num
from matplotlib.figure import Figure

import pipeline
from pipeline.errors import StoreError
from pipeline.mapping import method_of
from pipeline.settings import IndexSettings
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store
from pipeline.tables import DIRECTED, EVENTS, INDEX, table_of

DAYS = pd.date_range("2018-01-01", "2020-12-31")
EVENTS_TOLD = [
    make_event("2018-06-12", score=9.0),
    make_event("2019-06-30", source="KOR", target="PRK"),
    make_event("2020-06-16"),
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> Path:
    """Write an index whose flow is hostile in 2019, for the pair and for one direction, with three events."""
    store = Store(tmp_path_factory.mktemp("plotting"))
    flow = np.where(DAYS.year == 2019, -3.0, 0.5) + np.random.default_rng(0).normal(0, 0.2, len(DAYS))
    parts = {"conflict": np.minimum(flow, 0), "cooperation": np.maximum(flow, 0)}
    both = ten_years("KOR-PRK", DAYS, np.linspace(-9, 9, len(DAYS))).assign(
        **parts, as_of=pd.Timestamp("2020-12-31", tz="UTC")
    )
    forth = both.assign(dyad="PRK>KOR", source="PRK", target="KOR")
    note = json.dumps(method_of(IndexSettings()) | {"as_of": "2020-12-31T23:59:59+00:00"})
    for name, frame, schema in ((INDEX_FILE, both, INDEX), (DIRECTED_FILE, forth, DIRECTED)):
        store.write_file(name, pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False), note)
    for event in EVENTS_TOLD:
        store.write_day("events", event.event_date, table_of([event], EVENTS))
    return store.root


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_pair_is_drawn_with_its_events_and_periods(outputs: Path):
    figure = pipeline.plot_index(outputs)
    upper, lower = figure.axes
    assert upper.get_title("left") == "Tension index, South Korea – North Korea"
    assert upper.get_title("right") == "as of 2020-12-31"
    assert "2020-06 PRK > KOR\nassault" in words(figure)
    flows = [text.split("flow ")[1] for text in words(figure) if text.startswith("mean")]
    assert [flow[:4] for flow in flows] == ["+0.4", "−2.9", "+0.4"]
    legend = upper.get_legend()
    assert legend
    said = [text.get_text() for text in legend.get_texts()]
    assert said[-3:] == ["period of conflict", "period of cooperation", "mean of a period"]
    assert upper.get_xlim() == lower.get_xlim()


def test_events_and_periods_can_be_left_out(outputs: Path):
    assert words(pipeline.plot_index(outputs, events=False, regimes=False)) == []
    assert all(text.startswith("mean") for text in words(pipeline.plot_index(outputs, events=False)))
    assert len(words(pipeline.plot_index(outputs, regimes=False))) == 3


def test_the_days_can_be_cut_and_keep_their_periods(outputs: Path):
    figure = pipeline.plot_index(outputs, first="2019-02-01", last=date(2020, 3, 31))
    assert [text for text in words(figure) if "KOR" in text] == ["2019-06 KOR > PRK\nassault"]
    assert len([text for text in words(figure) if text.startswith("mean")]) == 2
    left, right = figure.axes[0].get_xlim()
    assert date2num(date(2019, 1, 20)) < left < date2num(date(2019, 2, 1))
    assert date2num(date(2020, 3, 31)) < right < date2num(date(2020, 4, 12))


def test_one_direction_names_its_own_events_only(outputs: Path):
    figure = pipeline.plot_index(outputs, "prk>kor")
    assert figure.axes[0].get_title("left") == "Tension index, North Korea → South Korea"
    assert not [text for text in words(figure) if "KOR > PRK" in text]
    assert len([text for text in words(figure) if "PRK > KOR" in text]) == 2


@pytest.mark.parametrize("day", ["2019-06-30", "2020-12-31"])
def test_a_single_day_can_be_drawn(outputs: Path, day: str):
    assert pipeline.plot_index(outputs, first=day, last=day).axes[0].get_legend()


def test_a_notebook_shows_the_figure_by_itself(outputs: Path):
    assert pipeline.plot_index(outputs)._repr_png_().startswith(b"\x89PNG")


def test_what_is_not_there_is_said(outputs: Path):
    with pytest.raises(StoreError, match=r"no dyad 'JPN-PRK' in .*; it has KOR-PRK"):
        pipeline.plot_index(outputs, "JPN-PRK")
    with pytest.raises(StoreError, match="KOR-PRK has no day from 2021-01-01 to the last; it runs from 2018-01-01 to"):
        pipeline.plot_index(outputs, first="2021-01-01")
    with pytest.raises(StoreError, match="has no day from 2020-01-02 to 2020-01-01"):
        pipeline.plot_index(outputs, first="2020-01-02", last="2020-01-01")


def test_an_event_told_later_is_not_named_as_of_before(outputs: Path, tmp_path: Path):
    store = Store(tmp_path)
    note = json.dumps(method_of(IndexSettings()) | {"as_of": "2019-12-31T23:59:59+00:00"})
    store.write_file(INDEX_FILE, Store(outputs).read_file(INDEX_FILE), note)
    for event in EVENTS_TOLD:
        store.write_day("events", event.event_date, table_of([event], EVENTS))
    assert not [text for text in words(pipeline.plot_index(tmp_path)) if text.startswith("2020-06")]


def test_neither_the_command_nor_the_package_loads_what_draws():
    code = "import sys, pipeline, pipeline.cli; print([m for m in ('matplotlib', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
