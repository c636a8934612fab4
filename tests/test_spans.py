"""Actors are marked as whole noun phrases, and lists as one."""

from datetime import date

import pytest

from pipeline.actors import load_finder
from pipeline.coder.spans import marked_candidates
from pipeline.coder.tokens import Marked, masked_tokens
from pipeline.propose import propose
from pipeline.records import Sentence
from pipeline.scanned import Scanned
from pipeline.training.found import as_found, with_others
from pipeline.training.labelled import parse_marked, tagged


def spans(text: str) -> set[tuple[str, str, str, str]]:
    sentence = Sentence("a", 0, 0, len(text), text)
    candidates = propose(Scanned([sentence], load_finder(), date(2008, 5, 1)), 6)
    marked = marked_candidates(candidates)
    return {
        (c.source.code, c.target.code, text[slice(*m.source)], text[slice(*m.target)])
        for c, m in zip(candidates, marked, strict=True)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "President of Russia Vladimir Putin visited India.",
            ("RUS", "IND", "President of Russia Vladimir Putin", "India"),
        ),
        ("France, Germany and Italy condemned Syria.", ("DEU", "SYR", "France, Germany and Italy", "Syria")),
        ("China and Japan signed a pact.", ("CHN", "JPN", "China and Japan", "China and Japan")),
        ("North Korea fired artillery at South Korea.", ("PRK", "KOR", "North Korea", "South Korea")),
    ],
)
def test_whole_noun_phrases(text: str, expected: tuple[str, str, str, str]):
    assert expected in spans(text)


def masks(text: str, source: str, target: str) -> str:
    sentence = Sentence("a", 0, 0, len(text), text)
    candidates = propose(Scanned([sentence], load_finder(), date(2008, 5, 1)), 6)
    for candidate, marked in zip(candidates, marked_candidates(candidates), strict=True):
        if (candidate.source.code, candidate.target.code) == (source, target):
            return " ".join(masked_tokens(marked))
    raise AssertionError(f"{source}>{target} is no candidate of {text!r}")


def test_the_other_countries_of_a_sentence_are_masked_too():
    text = "Russia accused Georgia of arming rebels, Turkey and Iran said."
    assert masks(text, "RUS", "GEO") == "SRC accused TGT of arming rebels , OTH said"
    assert masks(text, "TUR", "GEO") == "OTH accused TGT of arming rebels , SRC said"


def test_a_list_names_nobody_twice():
    text = "Amid tension between North Korea and South Korea, the northern country blew up an office."
    assert masks(text, "PRK", "KOR") == "Amid tension between SRC and TGT , the northern country blew up an office"
    found = spans(text)
    assert ("PRK", "KOR", "the northern country", "North Korea and South Korea") in found


def test_of_overlapping_actors_source_and_target_stand():
    text = "The two Koreas met, Japan said."
    assert masked_tokens(Marked(text, (0, 14), (0, 14), ((0, 14), (20, 25)))) == "SRC and TGT met , OTH said".split()


def test_labelled_sentences_are_marked_as_the_chain_finds_them():
    marked = parse_marked("<s>The Iranian navy</s> boarded <t>a Romanian oil rig</t> off Oman.")
    assert tagged(as_found(marked)) == "The <s>Iranian navy</s> boarded a <t>Romanian</t> oil rig off Oman."
    unknown = parse_marked("<s>The junta</s> jailed <t>two reporters from Norway</t>, said Sweden.")
    assert tagged(as_found(unknown)) == "<s>The junta</s> jailed two reporters from <t>Norway</t>, said Sweden."
    (other,) = with_others(unknown).others
    assert unknown.text[slice(*other)] == "Sweden"
