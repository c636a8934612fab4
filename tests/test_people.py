"""People whom an article introduces: their surnames, and "he" or "she" in the next sentence, mean their countries."""

from datetime import date

import pytest

from pipeline.actors import ActorReader, load_finder, read_actors

ON = date(2012, 5, 1)


def meant(*sentences: str, on: date = ON) -> list[tuple[str, str]]:
    return [(one.alias, one.code) for one in read_actors(load_finder(), sentences, on)[-1]]


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        (
            "Ilse Maarten, the Estonian ambassador to Chile, was called in.",
            "Maarten denied it.",
            [("Maarten", "EST")],
        ),
        ("Norway's foreign minister, Per Solvang, flew home.", "Mr Solvang was tired.", [("Mr Solvang", "NOR")]),
        ("Ghanaian Defence Minister Kofi Addae spoke.", "When Addae left, it rained.", [("Addae", "GHA")]),
        ("The South Korean envoy, Bae Sung-ho, arrived.", "Bae refused to speak.", [("Bae", "KOR")]),
        ("Angela Merkel landed in Minsk.", "Angela Merkel said little.", [("Angela Merkel", "DEU")]),
        ("The Peruvian envoy Ana Quispe spoke.", "Reporters asked Ana Quispe why.", [("Ana Quispe", "PER")]),
    ],
)
def test_a_surname_means_the_country_of_who_was_introduced(before: str, text: str, expected: list[tuple[str, str]]):
    assert meant(before, text) == expected


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("The Peruvian envoy Ana Quispe spoke.", "His wife, Rosa Quispe, sang."),
        ("The Peruvian envoy Ana Quispe spoke.", "The party was at the Quispe Museum."),
        ("The former Peruvian envoy Ana Quispe spoke.", "Quispe left."),
        ("Peru's envoy Ana Quispe met Chile's envoy, Rosa Quispe.", "Quispe left."),
        ("The Danish ambassador, Monday's guest, sang.", "Monday was cold."),
        ("China told the Danish consul.", "The consul left."),
    ],
)
def test_namesakes_and_days_mean_nobody(before: str, text: str):
    assert meant(before, text) == []


def test_a_headline_may_name_who_is_introduced_below():
    reader = ActorReader(
        load_finder(),
        ["Solvang scolds Chile", "Per Solvang, the Norwegian foreign minister, criticised Santiago."],
        ON,
    )
    assert reader.may_have_pair(0)
    assert [(one.alias, one.code, one.rule) for one in reader.actors(0)] == [
        ("Solvang", "NOR", "reference: surname"),
        ("Chile", "CHL", "name"),
    ]


def test_who_is_introduced_is_named_once_in_that_sentence():
    assert meant("Per Solvang, the Norwegian foreign minister, left.") == [("Norwegian foreign minister", "NOR")]
    assert meant("Norway's foreign minister, Per Solvang, left.") == [("Norway's foreign minister", "NOR")]


def test_he_and_she_are_who_spoke_for_a_country_before():
    before = "Per Solvang, the Norwegian foreign minister, spoke."
    assert meant(before, "He urged Chile to wait.") == [("He", "NOR"), ("Chile", "CHL")]
    assert meant(before, "On Friday, she urged Chile to wait.") == [("she", "NOR"), ("Chile", "CHL")]
    assert meant("Norway sold fish.", "He urged Chile to wait.") == [("Chile", "CHL")]
    assert meant(before, "Chile said that he was wrong.") == [("Chile", "CHL")]


def test_we_in_an_article_of_a_states_own_agency_is_its_country():
    dateline = "Pyongyang, June 10 (KCNA) -- A spokesman issued a statement."
    assert meant(dateline, "We warn Seoul, which threatens us.") == [("We", "PRK"), ("Seoul", "KOR"), ("us", "PRK")]
    assert meant(dateline, 'Seoul said: "We are ready."') == [("Seoul", "KOR")]
    assert meant("A KCNA report was read out in Lima.", "We warn Seoul.") == [("Seoul", "KOR")]
    reader = ActorReader(load_finder(), [dateline, "We warn Seoul.", "Seoul slept."], ON)
    assert [reader.may_have_pair(n) for n in (1, 2)] == [True, False]
