import pytest
from conftest import make_article

from pipeline.sentences import article_text, split_sentences


def texts(body: str, title: str = "") -> list[str]:
    return [sentence.text for sentence in split_sentences(make_article(body, title=title))]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("Seoul protested. Pyongyang did not answer.", 2),
        ("The U.S. Navy sent ships. They arrived on Sept. 3 at 2:50 p.m. local time.", 2),
        ("President Lee met Gen. Kim on Jan. 4. He left at noon.", 2),
        ("He spoke to the U.N. The council met.", 2),
        ("“We will not talk.” The office was closed.", 2),
        ("Exports fell 3.5 percent. Imports rose.", 2),
        ("Will they talk? Nobody knows!", 2),
        ("J. Park flew to Washington, D.C., on Monday.", 1),
    ],
)
def test_count(body: str, count: int):
    assert len(texts(body)) == count, texts(body)


def test_headings_do_not_join_the_next_line_of_an_unwrapped_text():
    body = (
        "What happened\nNorth Korea rejected an offer of talks "
        + "that had been made again and again " * 4
        + "on Monday."
    )
    assert texts(body)[0] == "What happened"


def test_hard_wrapped_lines_are_joined():
    assert texts("South Korea halted its\nbroadcasts on Monday.") == ["South Korea halted its broadcasts on Monday."]


@pytest.mark.parametrize(
    "line",
    ["Subscribe to our morning briefing.", "Read more: a long story", "© 2020 Harbour Wire. All rights reserved."],
)
def test_lines_that_no_reporter_wrote_are_left_out(line: str):
    assert texts(f"Seoul protested.\n\n{line}") == ["Seoul protested."]


def test_offsets_point_into_the_text():
    article = make_article("Seoul  protested.\n\nPyongyang did not answer.", title="No answer")
    for sentence in split_sentences(article):
        assert " ".join(article_text(article)[sentence.start : sentence.end].split()) == sentence.text
