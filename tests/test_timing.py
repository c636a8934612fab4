"""Which of a sentence's dates is the event's own."""

from datetime import UTC, date, datetime

import pytest

from pipeline.actors import load_finder
from pipeline.coder.timing import When, date_event
from pipeline.errors import SettingsError
from pipeline.propose import propose
from pipeline.records import Sentence
from pipeline.scanned import Scanned
from pipeline.settings import Settings, load_settings

PUBLISHED = date(2020, 6, 17)  # a Wednesday


def when(*texts: str, event_type: str = "ASSAULT", status: str = "happened", pair: str = "PRK>KOR") -> When:
    sentences = [Sentence("a", n, 0, len(text), text) for n, text in enumerate(texts)]
    found = [
        one
        for one in propose(Scanned(sentences, load_finder(), PUBLISHED), 6)
        if f"{one.source.code}>{one.target.code}" == pair and one.sentence.number == len(texts) - 1
    ]
    return date_event(found[0], event_type, status, PUBLISHED, 14)


def test_a_date_of_speech_is_not_that_of_the_act():
    text = "North Korea shelled South Korea on Sunday, officials said on Tuesday."
    assert str(when(text).event_date) == "2020-06-14"


def test_what_names_or_measures_a_thing_dates_nothing():
    assert when("North Korea tore up the 2018 accord with South Korea.").rule == "published"
    text = "It was North Korea's worst attack on South Korea since 2010."
    assert str(when(text).event_date) == "2020-06-17"


def test_a_date_with_a_clause_of_its_own_dates_that_clause():
    text = "It is the highest alert since 2010, when a North Korean torpedo killed South Korean sailors."
    assert when(text) == When(date(2010, 1, 1), "year", "year", "historical")


def test_old_events_keep_their_date_and_do_not_move_the_day():
    text = "In March 2010 North Korea sank a corvette of South Korea."
    assert when(text) == When(date(2010, 3, 1), "month", "month-year", "historical")


def test_a_sentence_counts_from_the_one_before():
    found = when(
        "Seoul's police let the balloons fly on May 31.", "Four days later North Korea threatened South Korea."
    )
    assert (str(found.event_date), found.rule) == ("2020-06-04", "earlier")


def test_undated_sentences_of_an_old_story_are_not_news():
    told = (
        "Ten years on, Seoul remembers the war.",
        "In November 2010 the island burned.",
        "North Korean guns had killed two South Korean marines.",
    )
    assert when(*told) == When(date(2010, 11, 1), "month", "carried", "historical")
    assert when(*told[1:]).rule == "published"


def test_days_are_those_of_the_outlet():
    zones = Settings.model_validate(
        {"dates": {"timezone": "America/New_York", "outlet_timezones": {"yna.co.kr": "Asia/Seoul"}}}
    ).dates
    moment = datetime(2020, 6, 16, 22, 30, tzinfo=UTC)
    assert str(zones.local_day(moment, "yna.co.kr")) == "2020-06-17"
    assert str(zones.local_day(moment.replace(hour=2), "nyt.com")) == "2020-06-15"


def test_an_unknown_time_zone_is_an_error(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('[dates]\ntimezone = "Asia/Soul"\n')
    with pytest.raises(SettingsError, match=r"dates\.timezone.*Asia/Soul"):
        load_settings(path)
