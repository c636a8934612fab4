"""Word sets, alternatives and operators of the lexicon."""

import pytest

from pipeline.errors import SeedError
from pipeline.lexicon import Lexicon, Phrase, load_lexicon
from pipeline.training.lexical import COMPOSED, bare_rows, composed_rows

SEND = Phrase("&send ... &grain to", "verb", "AID", "", "subject")
HALT = Phrase("halt|stop ... work", "verb", "PROTEST", "strike", "subject")
SETS = {"send": ("send", "hand over"), "grain": ("rice", "wheat")}


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon([SEND, HALT], {"send": ("sent", "sent")}, SETS)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("they sent a lot of wheat to them", [SEND]),
        ("they handed over the rice to them", [SEND]),
        ("they are stopping all work", [HALT]),
        ("they sent envoys to them", []),
        ("they sent one two three four five tonnes of rice to them", []),
    ],
)
def test_sets_and_alternatives(lexicon: Lexicon, text: str, phrases: list[Phrase]):
    assert [match.phrase for match in lexicon.find(text.split())] == phrases


def test_every_word_of_a_set_stands_in_a_wording(lexicon: Lexicon):
    words = " ".join(lexicon.wordings(SEND))
    assert all(word in words for word in ("sent", "handed over", "rice", "wheat"))


def test_of_two_that_end_together_the_literal_one_counts():
    literal = Phrase("send ... rice to", "verb", "COOPERATE", "", "subject")
    (match,) = Lexicon([SEND, literal], {}, SETS).find("send some rice to".split())
    assert match.phrase == literal


def test_operators_turn_acts_into_words(lexicon: Lexicon):
    made = {row.event_type: row for row in composed_rows(lexicon)}
    assert set(made) == {"AGREE", "REJECT", "REQUEST", "THREATEN"}
    assert "send the rice to" in made["AGREE"].marked.text
    assert {row.batch for row in made.values()} == {COMPOSED}
    assert len(bare_rows(lexicon)) == 4


def test_an_unknown_set_is_named(tmp_path):
    (tmp_path / "irregular_verbs.csv").write_text("base,past,participle\n")
    (tmp_path / "synsets.csv").write_text("synset,pos,words\ngrain,noun,rice|wheat\n")
    (tmp_path / "phrases.csv").write_text("phrase,pos,event_type,mode,agent\nsend ... &ships,verb,AID,,subject\n")
    with pytest.raises(SeedError, match=r"phrases\.csv:2: &ships is no set"):
        load_lexicon(tmp_path)


def test_a_set_of_nouns_holds_single_words(tmp_path):
    (tmp_path / "irregular_verbs.csv").write_text("base,past,participle\n")
    (tmp_path / "synsets.csv").write_text("synset,pos,words\ngrain,noun,brown rice\n")
    with pytest.raises(SeedError, match="single words"):
        load_lexicon(tmp_path)
