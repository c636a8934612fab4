"""Shows of force without a named target, and the rivals they are meant for."""

from datetime import date

import pytest
from conftest import make_article

from pipeline.actors import load_finder, rivals_of
from pipeline.actors.rivals import load_rivals
from pipeline.chain import code_articles
from pipeline.coder.force import code_shows
from pipeline.errors import SeedError
from pipeline.records import Sentence
from pipeline.scale import load_scale
from pipeline.scanned import Scanned
from pipeline.settings import Settings

PUBLISHED = date(2009, 5, 26)


def shows(*texts, on=PUBLISHED):
    sentences = [Sentence("a", n, 0, len(text), text) for n, text in enumerate(texts)]
    return code_shows(Scanned(sentences, load_finder(), on), load_scale(), Settings())


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Pyongyang test-fired two short-range missiles on Monday.", "PRK"),
        ("Islamabad announced that Pakistan had tested a cruise missile.", "PAK"),
        ("Iran began military exercises in the Gulf.", "IRN"),
        ("Tokyo said North Korea had launched a ballistic missile into the sea.", "PRK"),
        ("India said on Tuesday it had conducted an underground nuclear test.", "IND"),
    ],
)
def test_a_show_of_force_is_charged_to_who_makes_it_against_every_rival(text, source):
    found = shows(text)
    assert {mention.source for mention in found} == {source}
    assert sorted(mention.target for mention in found) == rivals_of(source, PUBLISHED)
    assert all(mention.event_type == "MOBILIZE" and mention.status == "happened" for mention in found)
    assert all("no target named" in mention.evidence for mention in found)
    assert all(mention.probability < 0.6 for mention in found)


@pytest.mark.parametrize(
    "text",
    [
        "North Korea plans to test-fire a missile.",
        "North Korea did not launch a ballistic missile.",
        "Did North Korea launch a ballistic missile?",
        "Washington accused North Korea of testing a missile.",
        "North Korea, which tested a nuclear device, wants talks.",
        "Iran fired missiles at a base across the river.",
        "Israel launched a missile and killed two militants.",
        "The United States called for a launch of the missile talks.",
        "Belgium held military exercises near the coast.",  # no standing rival
        "North Korean refugees test-fired a missile.",
    ],
)
def test_what_is_no_show_of_force(text):
    assert shows(text) == []


def test_partners_of_a_joint_exercise_are_not_its_target():
    found = shows("China and India held joint military exercises.")
    assert {mention.target for mention in found if mention.source == "CHN"} == {"USA", "VNM", "PHL", "TWN"}


def test_the_date_of_the_sentence_is_the_event_s():
    (first, *_) = shows("North Korea carried out a nuclear test on Monday.")
    assert first.event_date == date(2009, 5, 25)


def test_rivalries_begin_and_end():
    assert "UKR" not in rivals_of("RUS", date(2013, 12, 31))
    assert "UKR" in rivals_of("RUS", date(2014, 2, 27))
    assert "EGY" not in rivals_of("ISR", date(2009, 1, 1))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("PRK,XXX,1950-01-01,,", "countries.csv"),
        ("PRK,KOR,yesterday,,", "ISO"),
        ("PRK,KOR,1950-01-01,1949-01-01,", "before it begins"),
    ],
)
def test_a_bad_rivalry_names_its_line(tmp_path, row, message):
    path = tmp_path / "rivals.csv"
    path.write_text(f"one,other,first,last,note\n{row}\n")
    with pytest.raises(SeedError, match=f"rivals.csv:2.*{message}"):
        load_rivals(path)


def test_a_named_pair_is_left_to_its_coder(estimator):
    """What the sentence says of source and rival stands alone; the other rivals get the show of force."""
    article = make_article("North Korea fired artillery shells and missiles at a South Korean island.", "2009-05-26")
    named = code_articles([article], estimator, Settings())
    assert [m.target for m in named if m.source == "PRK" and "no target named" in m.evidence] == []


def test_shows_of_force_can_be_left_out(estimator):
    article = make_article("North Korea test-fired a ballistic missile into the sea.", "2009-05-26")
    off = Settings.model_validate({"coder": {"shows_of_force": False}})
    assert {m.target for m in code_articles([article], estimator, Settings())} == {"JPN", "KOR", "USA"}
    assert code_articles([article], estimator, off) == []
