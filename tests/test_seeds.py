"""The seeds as a reviewer would check them."""

import csv
from collections import Counter
from datetime import date

import pytest

from pipeline.paths import seeds_dir
from pipeline.scale import load_scale
from pipeline.training.labelled import parse_marked, read_labelled


@pytest.fixture(scope="module")
def labelled():
    return read_labelled(seeds_dir() / "sentences")


def test_labelled_sentences_cover_every_type_and_no_event(labelled):
    counts = Counter(row.event_type for row in labelled)
    assert set(counts) == {*load_scale().event_types, "NONE"}
    assert len(labelled) >= 1000
    assert min(counts.values()) >= 200


def test_what_is_planned_is_a_promise_or_a_threat(labelled):
    said = {"AGREE", "THREATEN", "REQUEST", "ACCUSE", "REJECT"}
    wrong = [row.marked.text for row in labelled if row.status == "announced" and row.event_type not in said]
    assert wrong == []


def test_demo_articles_are_dated_and_of_the_right_length():
    folder = seeds_dir() / "articles"
    with (folder / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 60
    assert {row["file"] for row in rows} == {path.name for path in folder.glob("*.txt")}
    for row in rows:
        assert 2010 <= date.fromisoformat(row["published_at"]).year <= 2025
        assert 120 <= len((folder / row["file"]).read_text().split()) <= 400, row["file"]
        assert ".example/" in row["url"]


def test_marks_are_read_as_written():
    marked = parse_marked("<t>Tokyo</t> was condemned by <s>Seoul</s>.")
    assert marked.text == "Tokyo was condemned by Seoul."
    assert (marked.text[slice(*marked.source)], marked.text[slice(*marked.target)]) == ("Seoul", "Tokyo")
    nobody = parse_marked("It was condemned by <s>Seoul</s>.")
    assert nobody.target == (len(nobody.text), len(nobody.text))
