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


def test_a_clause_counts_from_the_main_one():
    text = "Pyongyang's envoys flew home on Tuesday, two days after South Korea had expelled a North Korean attaché."
    assert when(text, pair="KOR>PRK")[:3] == (date(2020, 6, 14), "day", "counted-clause")
    text = "A car bomb went off in the port, four days before South Korea is to receive a North Korean team."
    assert when(text, pair="KOR>PRK", status="announced").event_date == date(2020, 6, 21)
    text = "Pyongyang's envoys flew home on Tuesday, 48 hours after South Korea had expelled a North Korean attaché."
    assert when(text, pair="KOR>PRK").event_date == date(2020, 6, 14)
    text = "In the two days before South Korea expelled a North Korean attaché nobody had slept."
    assert when(text, pair="KOR>PRK").event_date == PUBLISHED


def test_a_dateline_dates_only_what_has_no_other_day():
    line = "SEOUL, June 16 (Harbour Wire) - North Korea shelled a South Korean island"
    assert when(f"{line} on Sunday.").event_date == date(2020, 6, 14)
    assert when(f"{line}.").event_date == date(2020, 6, 16)


def test_a_date_of_somebodys_doing_is_not_that_of_the_pair():
    text = "North Korea turned down the talks, which South Korea's president had offered on Monday."
    assert when(text).rule == "published"
    text = "North Korea turned down a South Korean offer, made on Monday, to rebuild the bridge."
    assert when(text).rule == "published"
    text = "South Korea spoke of a sailor whom North Korea had freed on Monday."
    assert when(text, pair="KOR>PRK").rule == "published"
    assert when(text).event_date == date(2020, 6, 15)
    text = "Three South Koreans whom North Korea had freed on Monday landed in Incheon."
    assert when(text).event_date == date(2020, 6, 15)


def test_what_the_source_had_done_has_the_date_of_its_clause():
    text = "South Korea on Tuesday urged talks about the ferry, a proposal which North Korea had rejected on 8 May."
    assert when(text, event_type="REQUEST", pair="KOR>PRK").event_date == date(2020, 6, 16)
    assert when(text, event_type="REJECT").event_date == date(2020, 5, 8)


def test_what_acts_in_another_clause_has_the_date_there():
    text = "South Korea closed its border on Monday, and North Korea closed its own two days later."
    assert when(text).event_date == date(2020, 6, 17)
    assert when(text, pair="KOR>PRK").event_date == date(2020, 6, 15)


def test_an_end_is_not_the_day_of_what_ended():
    text = "From 3 June until 12 June North Korea jammed the ships of South Korea."
    assert when(text).event_date == date(2020, 6, 3)


def test_an_undated_sentence_goes_on_with_the_day_told_last():
    told = "The ferry sank on Tuesday.", "North Korea sent the South Korean crew home."
    assert when(*told) == When(date(2020, 6, 16), "day", "told", "happened")
    quarrel = "The ferry sank on Tuesday.", "The two had quarrelled about it on Sunday."
    assert when(*quarrel, "North Korea sent the South Korean crew home.").event_date == date(2020, 6, 16)
    assert when(*quarrel, "There North Korea held a South Korean guard.").event_date == date(2020, 6, 14)
    old = "The ferry sank last Thursday.", "North Korea accused South Korea of having sunk it."
    assert when(*old, event_type="ACCUSE").rule == "published"
    assert when(*old, event_type="COERCE").event_date == date(2020, 6, 11)


def test_a_headline_tells_of_the_day_of_its_lead():
    lead = "The guns opened up on Monday, officials said on Tuesday."
    sentences = [Sentence("a", n, 0, len(text), text) for n, text in enumerate(["Nothing to see", lead])]
    assert str(Scanned(sentences, load_finder(), PUBLISHED).told(0).day) == "2020-06-15"
    assert Scanned(sentences[1:], load_finder(), PUBLISHED).told(0).day is None


def test_an_old_story_keeps_its_year():
    told = [
        "Twenty years on, Seoul remembers the naval battle.",
        "In 1999 the crab season was good.",
        "The boats met on 9 June.",
        "There was fog.",
    ]
    found = when(*told, "On 15 June North Korea fired on a South Korean frigate.")
    assert found == When(date(1999, 6, 15), "day", "day-month", "historical")


def test_an_entry_of_a_chronicle_is_old():
    told = [
        "The ministers met on Tuesday.",
        "March 2010: A corvette sinks off Baengnyeong.",
        "May 2010: Divers find parts of a torpedo.",
    ]
    found = when(*told, "South Korea accuses North Korea of the attack.", event_type="ACCUSE", pair="KOR>PRK")
    assert found == When(date(2010, 5, 1), "month", "carried", "historical")
    found = when(*told[:2], "South Korea accuses North Korea of the attack.", event_type="ACCUSE", pair="KOR>PRK")
    assert found.rule == "told"


def test_once_is_a_past_cue_only_where_it_means_formerly():
    assert when("North Korea promised South Korea coal once the line is open.").rule == "published"
    assert when("North Korea, which once shelled South Korea, sent rice.").event_date is None


@pytest.mark.parametrize(
    ("text", "coded", "status"),
    [
        ("North Korea says it will shell South Korea if the balloons come back.", "hypothetical", "announced"),
        ("Unless they stop, North Korea would hit South Korea's loudspeakers.", "hypothetical", "announced"),
        ("If the balloons come back, North Korea will shell South Korea.", "announced", "announced"),
        ("North Korea is weighing a strike on South Korea.", "hypothetical", "hypothetical"),
        ("Analysts say that North Korea will shell South Korea if talks fail.", "hypothetical", "hypothetical"),
        ("Analysts say that North Korea will shell South Korea if talks fail.", "announced", "hypothetical"),
    ],
)
def test_a_threat_under_a_condition_is_made(text: str, coded: str, status: str):
    found = when(text, event_type="THREATEN", status=coded)
    assert (found.status, found.event_date) == (status, PUBLISHED)


def test_only_a_threat_is_made_under_a_condition():
    text = "If the balloons stop, North Korea will thank South Korea."
    assert when(text, event_type="SUPPORT", status="hypothetical").status == "hypothetical"
    assert when(text, event_type="SUPPORT", status="announced").status == "hypothetical"
