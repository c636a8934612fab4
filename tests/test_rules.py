"""The lexicon's rules alone: every answer names the entry that gave it."""

import pytest

from pipeline.coder.rules import LexiconCoder
from pipeline.lexicon import load_lexicon
from pipeline.training.labelled import parse_marked


@pytest.fixture(scope="module")
def rules() -> LexiconCoder:
    return LexiconCoder(load_lexicon(), {}, "test")


@pytest.mark.parametrize(
    ("text", "event_type", "status"),
    [
        ("<s>Oslo</s> condemned <t>Riga</t> on Monday.", "ACCUSE", "happened"),
        ("<t>Riga</t> was condemned by <s>Oslo</s> on Monday.", "ACCUSE", "happened"),
        ("The shelling of <t>Riga</t> by <s>Oslo</s> went on.", "ASSAULT", "happened"),
        ("<s>Oslo</s> will lift the embargo on <t>Riga</t>.", "AGREE", "announced"),
        ("<s>Oslo</s> will not lift the embargo on <t>Riga</t>.", "REJECT", "happened"),
        ("<s>Oslo</s> will shell <t>Riga</t>.", "THREATEN", "announced"),
        ("<s>Oslo</s> never shelled <t>Riga</t>.", "ASSAULT", "denied"),
        ("<s>Oslo</s> might shell <t>Riga</t>.", "ASSAULT", "hypothetical"),
        ("<s>Oslo</s> lies west of <t>Riga</t>.", "NONE", "happened"),
        ("<s>Riga</s> was condemned by <t>Oslo</t> on Monday.", "NONE", "happened"),
    ],
)
def test_voice_and_operators(rules: LexiconCoder, text: str, event_type: str, status: str):
    (answer,) = rules.predict([parse_marked(text)])
    assert (answer.event_type, answer.status) == (event_type, status)
    assert (answer.phrase is None) == (event_type == "NONE")


def test_the_entry_that_fired_is_named(rules: LexiconCoder):
    (answer,) = rules.predict([parse_marked("<s>Oslo</s> shipped rice to <t>Riga</t>.")])
    assert answer.event_type == "AID"
    assert answer.phrase is not None
    assert "&relief" in answer.phrase.text
