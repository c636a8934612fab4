"""Dates, actors and documents of the gold sets: the figures that the README of `gold` and the docs report."""

from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.training.gold import score_actors, score_dates, score_documents

GOLD = Path(__file__).parent / "gold"


def test_dates():
    scores = score_dates(GOLD / "dates.tsv")
    assert scores.phrases >= 300
    assert scores.right >= 0.98, "\n".join(scores.errors)


def test_actors():
    scores = score_actors(GOLD / "actors.tsv")
    assert scores.actors >= 400
    assert min(scores.precision, scores.recall) >= 0.97, "\n".join(scores.errors)
    assert scores.f1 >= 0.975
    assert scores.role >= 0.9


def test_actors_of_authors_who_had_not_seen_the_rules():
    scores = score_actors(GOLD / "actors_fresh.tsv")
    assert scores.actors >= 800
    assert scores.f1 >= 0.945, "\n".join(scores.errors)
    assert scores.role >= 0.9


def test_documents(estimator):
    scores = score_documents(GOLD / "documents.jsonl", estimator, Settings())
    assert scores.pair >= 0.85
    assert scores.dated >= 0.87
    assert scores.moved == 0, [error for error in scores.errors if ": date" in error]


def test_documents_of_authors_who_had_not_seen_the_rules(estimator):
    scores = score_documents(GOLD / "documents_fresh.jsonl", estimator, Settings())
    assert scores.events >= 500
    assert scores.dated >= 0.85, "\n".join(scores.errors)
    assert scores.moved == 0, [error for error in scores.errors if ": date" in error]


def test_a_wrong_answer_is_an_error(tmp_path: Path):
    dates = tmp_path / "dates.tsv"
    header = "published\ttext\tphrase\tfirst\tlast\tprecision\n"
    row = "2021-06-16\tIt rained on Tuesday in 1999.\t{}\t{}\t{}\t{}\n"
    dates.write_text(
        header
        + row.format("Tuesday", "2021-06-15", "2021-06-15", "day")
        + row.format("1999", "1999-01-01", "1999-12-31", "month")
        + row.format("rained", "none", "none", "none")
    )
    scores = score_dates(dates)
    assert scores.right == pytest.approx(2 / 3)
    assert "1999" in scores.errors[0]
    actors = tmp_path / "actors.tsv"
    actors.write_text(
        "published\tcontext\ttext\tactors\n2021-06-16\t\tFrance scolded Spain.\tFrance=FRA:- scolded=ITA:-\n"
    )
    found = score_actors(actors)
    assert (found.precision, found.recall) == (0.5, 0.5)
