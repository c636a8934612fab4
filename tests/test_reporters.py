"""Who reports a deed does not do it."""

from datetime import date

import pytest

from pipeline.actors import load_finder
from pipeline.coder.prediction import Prediction
from pipeline.coder.reporters import set_right
from pipeline.propose import propose
from pipeline.records import Sentence
from pipeline.scanned import Scanned

SHELLED = Prediction("ASSAULT", 0.9, "", "happened", None)


def charged(text, event_type="ASSAULT"):
    """Who is charged with a deed that the coder charged to the country named first."""
    sentence = Sentence("a", 0, 0, len(text), text)
    first = min(propose(Scanned([sentence], load_finder(), date(2010, 1, 1)), 6), key=lambda one: one.source.start)
    return set_right(first, SHELLED._replace(event_type=event_type)).source.code


@pytest.mark.parametrize(
    "text",
    [
        "Seoul said North Korea fired artillery into the water.",
        "The South Korean defence ministry says that North Korea has shelled an island.",
        "South Korea reported on Tuesday that the North Korean navy had seized a boat.",
    ],
)
def test_a_deed_belongs_to_whom_the_report_names(text):
    assert charged(text) == "PRK"


@pytest.mark.parametrize(
    "text",
    [
        "South Korea said it shelled North Korea.",
        "South Korea said North Korean positions were shelled.",
        "South Korea shelled North Korea.",
        "South Korea said North Korea would be shelled.",
        "South Korea said its guns, after a warning, hit North Korea hard.",
    ],
)
def test_other_sentences_stay_as_they_are(text):
    assert charged(text) == "KOR"


def test_words_are_the_speaker_s_own():
    assert charged("South Korea said North Korea shelled an island.", "ACCUSE") == "KOR"
