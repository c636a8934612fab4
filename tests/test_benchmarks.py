"""What the benchmarks read is what they say, and the page shows what they measured."""

import json
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.paths import seeds_dir
from pipeline.scale import load_scale
from pipeline.training.labelled import Labelled, parse_marked

TOP = Path(__file__).resolve().parent.parent
FOLDER = TOP / "benchmarks"


@pytest.fixture(scope="module", autouse=True)
def path():
    """The scripts import each other by name, as they do when they run."""
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))


def records(mixture: str, articles: int, **shape: int) -> list[dict[str, str]]:
    from generated import MIXTURES, Shape, stream  # noqa: PLC0415

    return list(stream(Shape(articles, **shape), MIXTURES[mixture]))


def test_generated_articles_are_the_same_for_a_seed_and_other_ones_for_another():
    assert records("default", 30) == records("default", 30)
    assert records("default", 30) != records("default", 30, seed=2)


def test_no_two_generated_articles_are_the_same_text():
    made = records("default", 400)
    assert len({(one["title"], one["text"]) for one in made}) == len({one["url"] for one in made}) == 400


def test_generated_articles_are_spread_as_asked():
    made = records("dense", 60, days=4, outlets=7)
    days = [one["published_at"][:10] for one in made]
    assert sorted(set(days)) == ["2020-06-01", "2020-06-02", "2020-06-03", "2020-06-04"]
    assert days == sorted(days)
    assert len({one["outlet"] for one in made}) in range(4, 8)


def test_all_forms_of_a_country_move_together_and_all_dates_by_as_many_days():
    from datetime import date, timedelta  # noqa: PLC0415

    from generated import _countries  # noqa: PLC0415
    from generated_parts import filled, parts_of  # noqa: PLC0415

    countries = {country.name: country for country in _countries()}
    cast = {"PRK": countries["Iran"], "KOR": countries["France"]}
    on = date(2018, 4, 27)
    text = "Pyongyang fired on South Korean boats on Friday, April 27, and Seoul recalled 2010."
    moved = filled(tuple(parts_of(text, on)), cast, 366, on + timedelta(days=366))
    assert moved == "Tehran fired on French boats on Sunday, April 28, and Paris recalled 2011."


def test_a_share_of_generated_articles_are_copies_that_the_line_finds():
    from itertools import groupby  # noqa: PLC0415

    from density import generated_articles  # noqa: PLC0415

    from pipeline.copies import find_copies  # noqa: PLC0415
    from pipeline.settings import CopySettings  # noqa: PLC0415

    articles = sorted(generated_articles("default", 400), key=lambda one: one.published_at)
    days = ((day, list(own)) for day, own in groupby(articles, key=lambda one: one.published_at.date()))
    copies = {one.article_id for _, found in find_copies(days, CopySettings()) for one in found}
    assert 0.08 < len(copies) / len(articles) < 0.2


def test_the_default_mixture_is_about_as_dense_as_real_news_and_the_dense_one_denser():
    from density import density, generated_articles  # noqa: PLC0415

    kept = json.loads((FOLDER / "results.json").read_text())["density"]["181 real pages"]
    default, dense = (density(generated_articles(mixture, 400)) for mixture in ("default", "dense"))
    assert default["candidates_per_1000_words"] == pytest.approx(kept["candidates_per_1000_words"], rel=0.35)
    assert dense["candidates_per_1000_words"] > 5 * default["candidates_per_1000_words"]
    assert 430 < default["words_per_article"] < 570


def test_steps_divide_their_time_among_their_stages():
    from collections import Counter  # noqa: PLC0415

    from sampled import Sampler  # noqa: PLC0415
    from stages import by_stage  # noqa: PLC0415
    from steps import STEPS, _shares  # noqa: PLC0415

    sampler = Sampler()
    sampler.seen = Counter({("actors/finder.py", "scan"): 3, ("propose.py", "propose"): 1})
    shares = _shares("candidates", STEPS["candidates"], sampler)
    assert shares == {"actors": 0.75, "candidates": 0.25}
    step = {"shares": shares, "cpu": 2.0, "wall": 4.0, "peak_mib": 7, "items": 6, "unit": "articles"}
    stages = by_stage([step], megabytes=3.0)
    assert stages["actors"] | {"share": 0} == {
        "items": 6,
        "unit": "articles",
        "cpu": 1.5,
        "wall": 3.0,
        "peak_mib": 7,
        "per_second": 4,
        "mb_per_second": 2.0,
        "share": 0,
    }


def test_a_peer_that_is_not_installed_is_told_as_missing():
    from peers import Contest, held  # noqa: PLC0415

    def make():
        return import_module("no_such_peer")

    contest = Contest("coding", "no such peer", (), "all", 1, "sentences", lambda: None, make)
    assert held(contest)["missing"] == "No module named 'no_such_peer'"
    assert "not installed" in _table("peers", [held(contest)])


def _table(name: str, section: object) -> str:
    from tables import TABLES  # noqa: PLC0415

    return TABLES[name]({name: section}, {})


def test_the_tables_of_the_page_are_those_of_the_kept_figures():
    from tables import PAGE, current  # noqa: PLC0415

    assert PAGE.read_text() == current(PAGE.read_text()), "call: python benchmarks/tables.py"


def test_a_figure_of_an_earlier_run_stands_beside():
    from tables import end_to_end, read  # noqa: PLC0415

    now = read("results.json")
    assert "before" not in end_to_end(now, {})
    assert "(1.0×)" in end_to_end(now, now)


def test_scripts_named_on_the_page_are_there():
    named = re.findall(r"python (benchmarks/\w+\.py)", (TOP / "docs" / "performance.md").read_text())
    assert len(named) > 10
    assert all((TOP / name).exists() for name in named)


def test_make_bench_calls_what_is_there():
    from bench import PARTS, commands  # noqa: PLC0415

    assert "benchmarks/bench.py" in (TOP / "Makefile").read_text()
    for everything in (False, True):
        found = commands(everything, Path("data"))
        assert found.keys() == set(PARTS)
        assert all((FOLDER / command[0]).exists() for part in found.values() for command in part)


def test_labels_of_the_drawn_sentences_are_well_formed_and_quote_nothing():
    rows = [json.loads(line) for line in (FOLDER / "drawn.jsonl").read_text().splitlines()]
    known = {row.split(",")[0] for row in (seeds_dir() / "actors" / "countries.csv").read_text().splitlines()}
    assert len({row["digest"] for row in rows}) == len(rows) == 300
    for event in (event for row in rows for event in row["events"]):
        assert event.keys() == {"source", "target", "types", "certain"}
        assert event["source"] != event["target"]
        assert {event["source"], event["target"]} <= known
        assert set(event["types"]) <= set(load_scale().event_types)


def held_out_row(sentence: str, event_type: str, status: str = "happened", reciprocal: bool = False) -> Labelled:
    rows = (
        Labelled(parse_marked(sentence), event_type, "", status, reciprocal, f"story {n}", "plain_x") for n in range(99)
    )
    return next(row for row in rows if row.held_out)


def test_held_out_sentences_have_the_events_that_are_marked_in_all_their_pairs():
    from held_out import sentences  # noqa: PLC0415

    (thanks, talks, none) = sentences(
        [
            held_out_row("<s>France</s> thanked <t>Kenya</t>.", "SUPPORT"),
            held_out_row("<s>Chile</s> met <t>Peru</t>.", "CONSULT", reciprocal=True),
            held_out_row("<s>Japan</s> has not blamed <t>Cuba</t>.", "ACCUSE", "denied"),
            held_out_row("<s>Spain</s> warned <t>Italy</t> and Malta.", "THREATEN"),  # who marked Malta?
        ]
    )
    found = sorted([(one["text"], one["events"]) for one in (thanks, talks, none)])
    assert [(text, [(e["source"], e["target"], e["types"]) for e in events]) for text, events in found] == [
        ("Chile met Peru.", [("CHL", "PER", ["CONSULT"]), ("PER", "CHL", ["CONSULT"])]),
        ("France thanked Kenya.", [("FRA", "KEN", ["SUPPORT"])]),
        ("Japan has not blamed Cuba.", []),
    ]
