from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import ClassVar

import numpy as np
import pytest
from conftest import make_article

from pipeline.chain import code_articles
from pipeline.coder.columns import UNKNOWN, Columns
from pipeline.coder.estimator import load_estimator, save_estimator
from pipeline.coder.features import extract_features
from pipeline.coder.tokens import Marked
from pipeline.coder.vectors import GROUPS
from pipeline.lexicon import Lexicon, Match, load_lexicon
from pipeline.settings import Settings
from pipeline.training.gathered import Gathered, learnt

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


def test_an_act_and_what_answers_it_are_both_told(estimator):
    found = facts(coded(estimator, "Seoul condemned Pyongyang on Tuesday for shelling a South Korean island."))
    assert found == {("KOR", "PRK", "ACCUSE"), ("PRK", "KOR", "ASSAULT")}


def test_the_same_act_both_ways_is_told_where_other_words_tell_it(estimator):
    text = "Poland expelled two Russian diplomats on Monday"
    assert facts(coded(estimator, f"{text}.")) == {("POL", "RUS", "SANCTION")}
    found = facts(coded(estimator, f"{text} after Moscow had expelled three Polish envoys."))
    assert found == {("POL", "RUS", "SANCTION"), ("RUS", "POL", "SANCTION")}


def test_an_exchange_is_of_both(estimator):
    found = facts(coded(estimator, "South and North Korean ships exchanged fire along the sea border on Tuesday."))
    assert {("KOR", "PRK", "ASSAULT"), ("PRK", "KOR", "ASSAULT")} <= found


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("The two armies pulled back from the border on Monday.", {("KOR", "PRK"), ("PRK", "KOR")}),
        ("Japan's prime minister met the Chinese president on Monday.", {("JPN", "CHN"), ("CHN", "JPN")}),
        ("Japan's prime minister telephoned the Chinese president.", {("JPN", "CHN"), ("CHN", "JPN")}),
        ("China's president sent Japan's emperor a message of greeting.", {("CHN", "JPN")}),
    ],
)
def test_what_nobody_does_alone_is_of_both(estimator, text: str, pairs: set[tuple[str, str]]):
    found = coded(estimator, text)
    assert {(m.source, m.target) for m in found} == pairs
    assert len({m.mention_id for m in found}) == len(found)


def test_a_country_that_stands_twice_may_do_two_things(estimator):
    text = "Israel, whose helicopters and artillery shelled a Lebanese army post, accused Lebanon of an ambush."
    assert {("ISR", "LBN", "ASSAULT"), ("ISR", "LBN", "ACCUSE")} <= facts(coded(estimator, text))


def test_a_pair_may_do_other_things_elsewhere_in_a_sentence(estimator):
    text = (
        "The leaders of the two countries met in 2000, although their navies fought a battle in the Yellow Sea in 2002."
    )
    found = {(m.event_type, m.event_date.year) for m in coded(estimator, text)}
    assert found == {("CONSULT", 2000), ("ASSAULT", 2002)}


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


@dataclass(frozen=True)
class Seeing:
    """A lexicon that may find other phrases for other masks, so that nothing can be shared between pairs."""

    lexicon: Lexicon
    sees_masks: ClassVar[bool] = True

    def find(self, words: Sequence[str]) -> list[Match]:
        return self.lexicon.find(words)


@pytest.mark.parametrize(
    "text",
    [
        "Chile, Peru and Haiti said they would not lodge a formal complaint about Cuba, did they?",
        "On 4 May Chile lodged with Peru a complaint about Haiti, which was shelled by Cuba.",
        "Chile may call in the Haiti envoy; Peru won't deny Cuba visas before the May talks in Lima.",
    ],
)
def test_what_the_pairs_of_a_sentence_share_changes_none_of_their_features(text: str):
    spans = sorted((text.index(name), text.index(name) + len(name)) for name in ("Chile", "Peru", "Haiti", "Cuba"))
    for source, target in permutations(spans, 2):
        marked = Marked(text, source, target, tuple(one for one in spans if one not in (source, target)))
        assert extract_features(marked, load_lexicon()) == extract_features(marked, Seeing(load_lexicon()))


def test_what_an_actor_is_counts_and_what_it_is_called_does_not():
    text = "Seoul sent home three North Korean fishermen."
    cues = extract_features(Marked(text, (0, 5), (16, 44)), load_lexicon()).cues
    assert "TGT is fishermen" in cues
    assert not [cue for cue in cues if cue.startswith("SRC is")]


def test_words_between_commas_are_not_between_the_actors():
    text = "Seoul, which had recalled its envoy last week, condemned Tokyo."
    between = extract_features(Marked(text, (0, 5), (57, 62)), load_lexicon()).between
    assert "condemned TGT" in between
    assert "recalled" not in between


def test_every_key_has_its_column_and_others_none():
    few_slots = np.arange(3_000, dtype=np.int64) * 4096  # all of them want the same few places in the table
    keys = np.concatenate([few_slots, np.random.default_rng(1).integers(-(2**62), 2**62, 3_000)])
    columns = Columns(keys)
    np.testing.assert_array_equal(columns.of(keys[::-1]), np.arange(len(keys))[::-1])
    assert set(columns.of(keys + 1).tolist()) == {UNKNOWN}
    assert not len(columns.of(keys[:0]))


def test_a_matrix_has_one_length_for_every_group():
    marked = Marked("Seoul condemned Tokyo and recalled its envoy.", (0, 5), (16, 21))
    features = [extract_features(one, load_lexicon()) for one in (marked, marked.turned())]
    rows = Gathered()
    other = Marked("Lima sent nurses to Quito, whose clinics had burned down.", (0, 4), (20, 25))
    for one in [*features, extract_features(other, load_lexicon())] * 7:
        rows.add(one)
    featurizer, counted = learnt([rows.rows()])
    matrix = featurizer.matrix([*features, features[0]._replace(cues=[], words=["nowhere"])])
    assert matrix[:2].nnz > 100
    assert (counted[:2] != matrix[:2]).nnz == 0
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1)).A1
    full = np.sqrt(sum(length**2 for length in GROUPS.values()))
    rest = np.sqrt(sum(GROUPS[group] ** 2 for group in ("between", "around", "frame")))
    np.testing.assert_allclose(lengths, [full, full, rest], rtol=1e-6)


def test_a_feature_of_few_rows_or_of_all_is_not_learnt():
    rows = Gathered()
    for text in ["Seoul condemned Tokyo."] * 7 + ["Seoul lambasted Tokyo."] * 6:
        rows.add(extract_features(Marked(text, (0, 5), (16, 21)), load_lexicon()))
    featurizer, matrix = learnt([rows.rows()])
    words = featurizer.vocabularies["words"].names
    assert "condemned" in words
    assert "lambasted" not in words
    assert "TGT" not in words
    assert matrix.shape[0] == 13


def test_an_estimator_is_the_same_after_saving(estimator, tmp_path):
    path = tmp_path / "estimator.npz"
    save_estimator(estimator, path)
    again = load_estimator(path, estimator.lexicon, estimator.fingerprint)
    marked = Marked("Seoul condemned Tokyo and recalled its envoy.", (0, 5), (16, 21))
    assert again.predict([marked]) == estimator.predict([marked])
    with np.load(path, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fU" for name in arrays.files)
