"""Actors are marked as whole noun phrases, and lists as one."""

from datetime import date

import pytest

from pipeline.actors import load_finder
from pipeline.coder.spans import marked_candidates
from pipeline.propose import propose
from pipeline.records import Sentence


def spans(text: str) -> set[tuple[str, str, str, str]]:
    sentence = Sentence("a", 0, 0, len(text), text)
    candidates = propose([sentence], load_finder(), date(2008, 5, 1), 6)
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
