from datetime import date

import numpy as np
import pytest
from conftest import make_article

from pipeline.chain import code_articles
from pipeline.coder.estimator import load_estimator, save_estimator
from pipeline.coder.features import extract_features
from pipeline.coder.tokens import Marked
from pipeline.lexicon import load_lexicon
from pipeline.settings import Settings

CONTEXT = "South Korea and North Korea share a peninsula."


def coded(estimator, text: str, published: str = "2020-06-17", **fields):
    mentions = code_articles([make_article(f"{CONTEXT}\n\n{text}", published, **fields)], estimator, Settings())
    return [m for m in mentions if m.sentence != CONTEXT]


def facts(mentions) -> set[tuple[str, str, str]]:
    return {(m.source, m.target, m.event_type) for m in mentions}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("North Korea blew up the liaison office it shared with South Korea on Tuesday.", ("PRK", "KOR", "ASSAULT")),
        ("The South Korean corvette was sunk by a North Korean torpedo.", ("PRK", "KOR", "ASSAULT")),
        ("South Korea halted its propaganda broadcasts to North Korea.", ("KOR", "PRK", "CONCEDE")),
        ("Seoul repatriated six North Korean fishermen on Wednesday.", ("KOR", "PRK", "RETREAT")),
        ("Pyongyang rejected the South's offer of dialogue.", ("PRK", "KOR", "REJECT")),
        ("China condemned the United States for selling arms to the island.", ("CHN", "USA", "ACCUSE")),
        ("India suspended trade with Pakistan.", ("IND", "PAK", "SANCTION")),
        ("France sent food and medicine to Lebanon.", ("FRA", "LBN", "AID")),
    ],
)
def test_who_does_what_to_whom(estimator, text: str, fact: tuple[str, str, str]):
    assert fact in facts(coded(estimator, text))


@pytest.mark.parametrize(
    "text",
    [
        "North Korea lies north of South Korea.",
        "Will North Korea return to talks with South Korea?",
        "South Korea beat Japan 2-1 in the final.",
        "The SUV is the best choice for families in South Korea and the United States.",
    ],
)
def test_no_event(estimator, text: str):
    assert coded(estimator, text) == []


def test_a_recalled_event_keeps_its_own_date(estimator):
    (mention,) = coded(estimator, "In March 2010 a North Korean torpedo killed 46 South Korean sailors.", "2020-06-17")
    assert (mention.event_date, mention.date_precision, mention.status) == (date(2010, 3, 1), "month", "historical")


def test_the_weekday_dates_the_event(estimator):
    (mention,) = coded(estimator, "North Korea blew up the liaison office it shared with South Korea on Tuesday.")
    assert (mention.event_date, mention.date_rule, mention.status) == (date(2020, 6, 16), "weekday", "happened")


def test_a_year_that_names_a_thing_does_not_date_what_became_of_it(estimator):
    text = "South Korea suspended the 2018 military accord with North Korea on Tuesday."
    assert {m.event_date for m in coded(estimator, text)} == {date(2020, 6, 16)}


def test_two_acts_of_one_pair(estimator):
    text = "South Korea halted its propaganda broadcasts and repatriated six North Korean fishermen on Monday."
    assert {"CONCEDE", "RETREAT"} <= {event_type for _, _, event_type in facts(coded(estimator, text))}


def test_coding_does_not_depend_on_the_batch(estimator):
    articles = [
        make_article(f"{CONTEXT}\n\n{text}")
        for text in ("North Korea shelled a South Korean island.", "South Korea thanked Japan.", "China met Russia.")
    ]
    together = code_articles(articles, estimator, Settings())
    alone = [m for article in articles for m in code_articles([article], estimator, Settings())]
    assert together == alone


def test_names_are_masked():
    text = "Pyongyang shelled Yeonpyeong Island, Seoul said."
    features = extract_features(Marked(text, (0, 9), (37, 42)), load_lexicon())
    assert not any("yeonpyeong" in name.lower() or "seoul" in name.lower() for name in features.words)


def test_an_estimator_is_the_same_after_saving(estimator, tmp_path):
    path = tmp_path / "estimator.npz"
    save_estimator(estimator, path)
    again = load_estimator(path, estimator.lexicon, estimator.fingerprint)
    marked = Marked("Seoul condemned Tokyo and recalled its envoy.", (0, 5), (16, 21))
    assert again.predict([marked]) == estimator.predict([marked])
    with np.load(path, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fU" for name in arrays.files)
