from datetime import date

import pytest

from pipeline.dates import find_dates

PUBLISHED = date(2021, 6, 16)  # a Wednesday

CASES = [
    ("on July 28, 2025", "2025-07-28", "day"),
    ("on 16 June 2020", "2020-06-16", "day"),
    ("2020-06-16", "2020-06-16", "day"),
    ("in March 2010", "2010-03-01", "month"),
    ("since 2018", "2018-01-01", "year"),
    ("in 2010", "2010-01-01", "year"),
    ("on Tuesday", "2021-06-15", "day"),
    ("on Wednesday", "2021-06-16", "day"),
    ("last Wednesday", "2021-06-09", "day"),
    ("two days earlier", "2021-06-14", "day"),
    ("the previous day", "2021-06-15", "day"),
    ("yesterday", "2021-06-15", "day"),
    ("overnight", "2021-06-16", "day"),
    ("last week", "2021-06-07", "week"),
    ("over the weekend", "2021-06-12", "week"),
    ("earlier this month", "2021-06-01", "month"),
    ("last month", "2021-05-01", "month"),
    ("last June", "2020-06-01", "month"),
    ("in December", "2020-12-01", "month"),
    ("June 16 last year", "2020-06-16", "day"),
    ("last year", "2020-01-01", "year"),
    ("a decade ago", "2011-01-01", "year"),
    ("three weeks ago", "2021-05-24", "week"),
    ("Jan. 3", "2021-01-03", "day"),
    ("on the first anniversary of the bombing", "2021-06-16", "day"),
    ("48 hours ago", "2021-06-14", "day"),
    ("a few days ago", "2021-06-07", "week"),
    ("five to seven days ago", "2021-06-07", "week"),
    ("two or three months ago", "2021-01-01", "year"),
    ("between five and six weeks ago", "2021-05-01", "month"),
    ("last summer", "2020-06-01", "quarter"),
    ("in the first quarter of 2020", "2020-01-01", "quarter"),
    ("in the late 1990s", "1990-01-01", "decade"),
    ("on Easter Sunday", "2021-04-04", "day"),
    ("at Lunar New Year", "2021-02-12", "day"),
    ("two days after winning the 2012 cup", "2012-01-01", "year"),
    ("six hours after the end of the 2012 cup", "2012-01-01", "year"),
    ("on 16/06/2020", "2020-06-16", "day"),
    ("on 03/04/2020", "2020-01-01", "year"),
    ("on Friday last week", "2021-06-11", "day"),
    ("on Dec. 30", "2020-12-30", "day"),
]


@pytest.mark.parametrize(("phrase", "value", "precision"), CASES)
def test_value_and_precision(phrase: str, value: str, precision: str):
    found = find_dates(f"North Korea shelled the island {phrase}.", PUBLISHED)
    assert [(str(one.value), one.precision) for one in found] == [(value, precision)]


def test_years_ago_are_the_year_of_a_feast():
    found = find_dates("He spoke at a Christmas mass two years ago.", PUBLISHED)
    assert str(found[0].value) == "2019-12-25"


def test_later_days_count_from_the_date_before():
    found = find_dates("It began on June 4, 2020, and two days later the line was cut.", PUBLISHED)
    assert [str(one.value) for one in found] == ["2020-06-04", "2020-06-06"]


@pytest.mark.parametrize(
    ("published", "text", "expected"),
    [
        ("2012-05-24", "AMRITSAR, May 24 - India on Thursday freed 37 men.", "2012-05-24"),
        ("2019-02-27", "Pakistan will hand over a captured pilot on Friday.", "2019-03-01"),
        ("2018-11-28", "Kiev summoned the Russian envoy to protest on Monday.", "2018-11-26"),
        ("2019-07-22", "On Saturday London ordered the envoy to leave.", "2019-07-20"),
        ("2016-02-18", "The president is to see his host, Mauricio Macri, on 23 March.", "2016-03-23"),
        ("2012-05-11", "Parties have until 17 May to agree.", "2012-05-17"),
        ("2012-02-14", "Oman names a cabinet before a session of the assembly on Wednesday.", "2012-02-15"),
        ("2012-02-14", "Oman will name a cabinet after the assembly approves a budget in April.", "2012-04-01"),
        ("2003-01-02", "The council agreed to send soldiers on September 29.", "2002-09-29"),
        ("2008-04-12", "A call to boycott the grocer from 1 May began to spread.", "2008-05-01"),
        ("2008-05-09", "The navy has been granted permission to send a ship on Monday.", "2008-05-12"),
        ("2011-09-17", "The board begins its inquiry into Friday's crash, which killed three.", "2011-09-16"),
        ("2010-04-16", "The candidates running in Sunday's presidential election take part in a debate.", "2010-04-18"),
        ("2006-08-09", "The opposition selects a candidate for the December presidential election.", "2006-12-01"),
        ("2007-06-01", "Miners go on strike for the second Friday in a row.", "2007-06-01"),
        ("2012-12-31", "The house will vote on the deal on Monday night.", "2012-12-31"),
        ("2011-09-21", "Shops observe a strike in response to the killing of a monk on Tuesday.", "2011-09-20"),
        ("2010-01-03", "Scanners will be installed following a failed attack on Christmas Day.", "2009-12-25"),
        ("2005-08-08", "Two lorries were found to be stolen over the weekend.", "2005-08-06"),
    ],
)
def test_what_is_done_on_a_day_and_what_is_willed_for_one(published: str, text: str, expected: str):
    (*_, found) = find_dates(text, date.fromisoformat(published))
    assert str(found.value) == expected


def test_the_future_looks_ahead():
    (found,) = find_dates("The envoys will meet on Friday.", PUBLISHED)
    assert found.value == date(2021, 6, 18)


def test_impossible_days_and_numbers_are_no_dates():
    assert find_dates("On February 30, 2020 nothing happened.", PUBLISHED) == []
    assert find_dates("The 2,010 sailors and 1999 tonnes.", PUBLISHED) == []


def test_counting_from_the_date_that_follows_and_from_a_sentence_before():
    text = "Ten days after the March 20 attack police found the van."
    assert [str(one.value) for one in find_dates(text, PUBLISHED)] == ["2021-03-30", "2021-03-20"]
    before = find_dates("The office fell on 16 June 2020.", PUBLISHED)
    (found,) = find_dates("The following day the South cut the power.", PUBLISHED, before)
    assert (str(found.value), found.rule) == ("2020-06-17", "neighbour")


def test_an_occasion_is_that_of_which_the_text_has_told():
    before = find_dates("The envoy flew to Kigali on 22 January.", PUBLISHED)
    (found,) = find_dates("He promised after the meeting to look into it.", PUBLISHED, before)
    assert (str(found.value), found.rule) == ("2021-01-22", "occasion")
    assert find_dates("He promised after the meeting to look into it.", PUBLISHED) == []
    assert find_dates("He spoke after the meeting with the miners.", PUBLISHED, before) == []


def test_in_an_old_story_months_are_of_its_year():
    before = find_dates("On 24 March 1999 the bombing began.", PUBLISHED)
    assert str(find_dates("On 9 June the guns fell silent.", PUBLISHED, before)[0].value) == "2021-06-09"
    assert str(find_dates("On 9 June the guns fell silent.", PUBLISHED, before, retold=True)[0].value) == "1999-06-09"


def test_the_nth_weekday_of_a_month():
    (found,) = find_dates("It falls on the third Saturday of April 2011.", PUBLISHED)
    assert str(found.value) == "2011-04-16"
    (found,) = find_dates("It fell on the last Friday in May.", PUBLISHED)
    assert str(found.value) == "2021-05-28"


def test_months_make_a_range():
    (found,) = find_dates("Sales rose from November to February.", PUBLISHED)
    assert (str(found.value), str(found.last), found.precision) == ("2020-11-01", "2021-02-28", "quarter")


def test_ranges_have_a_last_day():
    (found,) = find_dates("They met from May 30 to June 2.", PUBLISHED)
    assert (str(found.value), str(found.last), found.precision) == ("2021-05-30", "2021-06-02", "day")


@pytest.mark.parametrize(
    "text",
    [
        "The five-year plan runs for three weeks.",
        "Resolution 1874 and the Boeing 737 came up every Monday.",
        "Theresa May may march with the Sunday Times.",
        "A 24-year-old was held within 48 hours.",
        "He was held in Nice after 10 years on the run.",
        "It won the Summer Olympic Games and was seen on Farm Tonight.",
        "Babies born in the autumn months sleep longer, and mills are hot in summer.",
        "That night he sent it on, as the Sun on Sunday and the May Day Stadium know.",
        "It came the day before the treaty is due to be signed.",
    ],
)
def test_names_durations_and_habits_are_no_dates(text: str):
    assert find_dates(text, PUBLISHED) == []
