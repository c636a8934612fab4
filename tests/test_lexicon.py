from pathlib import Path

import pytest

from pipeline.errors import SeedError
from pipeline.lexicon import load_lexicon
from pipeline.scale import load_scale


def found(text: str) -> list[str]:
    return [match.phrase.event_type for match in load_lexicon().find(text.lower().split())]


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        ("North Korea blew up the joint liaison office", "ASSAULT"),
        ("the demolition of the building", "ASSAULT"),
        ("Seoul halted its propaganda broadcasts", "CONCEDE"),
        ("Seoul repatriated six fishermen", "RETREAT"),
        ("Washington condemned the test", "ACCUSE"),
        ("the two withdrew their troops from the border", "RETREAT"),
    ],
)
def test_inflected_phrases_are_found(text: str, event_type: str):
    assert event_type in found(text)


def test_the_longest_phrase_wins():
    words = "they threatened to impose sanctions on them".split()
    (first, *_) = load_lexicon().find(words)
    assert first.phrase.event_type == "THREATEN"


def test_every_type_and_enough_of_each():
    counts: dict[str, int] = {}
    for phrase in load_lexicon().phrases:
        counts[phrase.event_type] = counts.get(phrase.event_type, 0) + 1
    assert set(counts) == {*load_scale().event_types, "NONE"}
    assert sum(counts.values()) >= 600
    assert min(counts.values()) >= 75


def test_an_unknown_type_is_named(tmp_path: Path):
    (tmp_path / "irregular_verbs.csv").write_text("base,past,participle\n")
    (tmp_path / "synsets.csv").write_text("synset,pos,words\n")
    (tmp_path / "phrases.csv").write_text("phrase,pos,event_type,mode,agent\nhit,verb,STRIKE,,subject\n")
    with pytest.raises(SeedError, match=r"phrases\.csv:2: no type and mode STRIKE"):
        load_lexicon(tmp_path)
