"""Copies of one text are found however they were cut and edited; articles that only look alike are not."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from types import ModuleType

import numpy as np
import pytest
from conftest import make_article

from pipeline.copies import find_copies, signature, stories
from pipeline.records import Article, Copy
from pipeline.settings import CopySettings

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "copies.py"
DAY = date(2020, 6, 16)
WORDS = [f"{one}{two}{three}" for one in ("ba", "ko", "ri") for two in ("den", "mul") for three in "aeioustrnlmp"]


@pytest.fixture(scope="module")
def made() -> ModuleType:
    """The benchmark's made set of copies."""
    spec = importlib.util.spec_from_file_location("made_copies", BENCHMARK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_copies"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (a made text needs no secret)


def prose(seed: int, words: int = 200) -> str:
    return " ".join(seeded(seed).choices(WORDS, k=words))


def printed(body: str, hour: int = 1, day: int = 0, outlet: str = "Harbour Wire") -> Article:
    return make_article(body, f"{DAY + timedelta(days=day)}T{hour:02d}:00", outlet=outlet)


def links(articles: Sequence[Article], days: int = 3) -> list[Copy]:
    by_day = {one.published_at.date(): [] for one in sorted(articles, key=lambda one: one.published_at)}
    for article in articles:
        by_day[article.published_at.date()].append(article)
    return [one for _, found in find_copies(by_day.items(), CopySettings(days=days)) for one in found]


def told(articles: Sequence[Article]) -> dict[str, str]:
    return stories((one.article_id, one.copy_of) for one in links(articles))


def test_signature_is_the_same_on_every_machine() -> None:
    known = signature(" ".join(str(number * number) for number in range(40)))
    assert known.dtype == np.uint64
    assert known.tolist() == [
        1707882351942720659,
        3875091521455584207,
        7391561244165068975,
        10438907339369817502,
        14789893206972812983,
        15099434713097609033,
    ]
    assert np.all(np.diff(signature(prose(1))) > 0)


def test_signature_ignores_case_marks_spaces_and_forms() -> None:
    text = prose(1)
    assert np.array_equal(signature(text), signature(text.upper().replace(" ", "\n – “")))
    assert np.array_equal(signature(text + " café"), signature(text + " cafe\u0301"))


def test_signature_samples_one_hash_in_32() -> None:
    text = "".join(seeded(1).choices("abcdefghijklmnopqrstuvwxyz", k=64_000))
    assert 1_850 < len(signature(text)) < 2_150
    assert not len(signature("x" * 31))


def test_a_shortened_and_a_flash_copy_are_found() -> None:
    whole = printed(prose(1, 400))
    half = printed("New lead " + " ".join(whole.body.split()[:200]), 2, outlet="B")
    flash = printed(" ".join(whole.body.split()[:50]), 3, outlet="C")
    found = links([flash, half, whole])
    assert [(one.article_id, one.copy_of) for one in found] == [
        (half.article_id, whole.article_id),
        (flash.article_id, whole.article_id),
    ]
    assert all(0.8 < one.containment <= 1 for one in found)


def test_the_same_text_is_a_copy_however_short() -> None:
    first, again, other = printed("Talks end."), printed("TALKS END", 2), printed("Talks open", 3)
    assert links([again, other, first]) == [Copy(again.article_id, first.article_id, 1.0)]


def test_articles_without_letters_are_copies_of_nothing() -> None:
    assert links([printed(""), printed("", 2), printed("***", 3), printed(" ", 4)]) == []


def test_an_exact_copy_of_a_copy_is_linked_to_the_original() -> None:
    whole = printed(prose(1))
    cut = " ".join(whole.body.split()[:120])
    found = links([whole, printed(cut, 2), printed(cut, 3), printed(cut, 1, day=1)])
    assert {one.copy_of for one in found} == {whole.article_id}
    assert len(found) == 3


def test_a_story_of_many_edited_copies_is_one_story() -> None:
    words = prose(1, 300).split()
    articles = [printed(" ".join(words), 0)]
    for number in range(299):
        edited = list(words)
        start = seeded(number).randrange(200)
        edited[start : start + 60] = prose(1000 + number, 60).split()
        articles.append(printed(" ".join(edited), number % 23 + 1, outlet=f"outlet {number}"))
    story = told(articles)
    assert len(story) == 300
    assert len(set(story.values())) == 1


def test_versions_of_one_outlet_are_copies_though_it_repeats_itself() -> None:
    versions = [printed(f"{prose(1)} {prose(2 + number, 15)}", number) for number in range(10)]
    assert len(set(told(versions).values())) == 1
    assert len(told(versions)) == 10


def test_furniture_makes_no_copies() -> None:
    furniture = prose(99, 80)
    short = [printed(f"{prose(number, 40)} {furniture}", number) for number in range(8)]
    assert links(short) == []
    copied = printed(f"{short[0].body} {prose(50, 20)}", 20, outlet="B")
    assert [one.copy_of for one in links([*short, copied])] == [short[0].article_id]


def test_a_digest_does_not_join_its_stories() -> None:
    items = [prose(number, 80) for number in range(10)]
    digest = printed(" ".join(items), 12, outlet="Digest")
    before = [printed(item, 1, outlet=f"outlet {number}") for number, item in enumerate(items)]
    after = [printed(f"{item} {prose(50 + number, 8)}", 20, outlet="B") for number, item in enumerate(items)]
    story = told([*before, digest, *after])
    assert digest.article_id not in story
    assert len(set(story.values())) == 10


def test_an_article_links_groups_that_nothing_else_joins() -> None:
    first, second = prose(1, 200), prose(2, 200)
    one, two = printed(first), printed(second, 2, outlet="B")
    both = printed(f"{first} {second}", 3, outlet="C")
    assert [(link.article_id, link.copy_of) for link in links([one, two, both])] == [
        (both.article_id, one.article_id),
        (both.article_id, two.article_id),
    ]


def test_originals_are_sought_in_the_window_only() -> None:
    first, later = printed(prose(1)), printed(prose(1) + " more", day=3)
    assert len(links([first, later], days=3)) == 1
    assert links([first, later], days=2) == []
    assert links([first, printed(prose(1), day=3)], days=2) == []


def test_links_do_not_depend_on_the_order_of_arrival(made: ModuleType) -> None:
    articles = [article for _, article in made.made_set(3, size=300).articles]
    expected = links(articles)
    assert links(seeded(1).sample(articles, len(articles))) == expected


def test_links_of_a_day_depend_on_its_window_only(made: ModuleType) -> None:
    days = made.made_set(4, size=300).days()
    settings = CopySettings(days=2)
    assert list(find_copies(days, settings))[-1] == list(find_copies(days[-3:], settings))[-1]


def test_many_parts_give_the_same_links(made: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    days = made.made_set(5, size=300).days()
    expected = list(find_copies(days, CopySettings()))
    monkeypatch.setattr("pipeline.copies.parts._ENTRIES", 500)
    monkeypatch.setattr("pipeline.copies.parts._TEXTS", 7)
    monkeypatch.setattr("pipeline.copies.pairs._PAIRS", 10)
    assert list(find_copies(days, CopySettings())) == expected


def test_days_come_in_order() -> None:
    with pytest.raises(ValueError, match="ascending"):
        list(find_copies([(DAY, []), (DAY, [])], CopySettings()))


def test_precision_and_recall_on_the_made_set(made: ModuleType) -> None:
    result = made.judge(made.made_set(2024, size=1200), CopySettings())
    assert result["precision"] >= 0.98, result
    assert result["recall"] >= 0.95, result


def test_stories_are_closed_under_copying() -> None:
    assert stories([("c", "b"), ("b", "a"), ("e", "d")]) == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "d"}
    assert stories([("m", "z"), ("x", "m"), ("x", "q")]) == dict.fromkeys("mqxz", "q")
    assert stories([("b", "a"), ("c", "b")]) == stories([("c", "b"), ("b", "a"), ("c", "b")])
    assert stories([]) == {}
