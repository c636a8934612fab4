from datetime import date

import pandas as pd
import pytest
from pydantic import ValidationError

from pipeline.alerts import new_alerts
from pipeline.records import Alert
from pipeline.settings import AlertSettings

NIGHT = date(2020, 6, 10)


def index(*tension: float | None, dyad: str = "KOR-PRK") -> pd.DataFrame:
    dates = pd.date_range(end=pd.Timestamp(NIGHT), periods=len(tension))
    values = pd.Series(tension, dtype=float)
    return pd.DataFrame({"dyad": dyad, "date": dates.date, "tension": values, "percentile": values})


def alerts(frame: pd.DataFrame, raised: list[Alert] | None = None, **rule) -> list[str]:
    found = new_alerts(frame, [AlertSettings(dyad="KOR-PRK", **rule)], raised or [], NIGHT)
    return [str(alert) for alert in found]


def test_a_line_is_told_when_it_is_crossed_and_not_while_it_is_held():
    frame = index(50, 60, 71, 75, 72)
    assert alerts(frame, level=70) == ["KOR-PRK crossed level 70 on 2020-06-08: 71"]
    assert alerts(frame, percentile=75) == ["KOR-PRK crossed percentile 75 on 2020-06-09: 75"]
    assert alerts(frame, level=80) == []
    assert alerts(index(71, 72), level=70) == [], "it was above before anything is known"


def test_days_without_coverage_are_no_calm():
    assert alerts(index(60, 71, None, None, 72), level=70) == ["KOR-PRK crossed level 70 on 2020-06-07: 71"]


def test_a_jump_is_measured_against_the_lowest_of_some_days():
    assert alerts(index(50, 52, 40, 45, 56), jump=15, days=3) == ["KOR-PRK crossed jump 15 in 3 days on 2020-06-10: 16"]
    assert alerts(index(40, 50, 50, 50, 56), jump=15, days=3) == []


def test_each_crossing_is_told_once_however_later_articles_move_it():
    raised = [Alert("level 70", "KOR-PRK", date(2020, 6, 7), 70.5, 70)]
    assert alerts(index(50, 60, 71, 75), raised, level=70) == []
    assert alerts(index(50, 60, 71, 75), [Alert("level 70", "KOR-PRK", date(2020, 5, 1), 70.5, 70)], level=70) != []


def test_what_was_crossed_long_ago_is_no_news():
    assert alerts(index(50, 71, *[60] * 20), level=70) == []


def test_a_pair_may_be_written_in_any_order():
    assert AlertSettings(dyad="prk-kor", level=70).dyad == "KOR-PRK"
    assert AlertSettings(dyad="PRK>KOR", level=70).dyad == "PRK>KOR"


def test_a_rule_has_one_line():
    for wrong in ({}, {"level": 70, "jump": 5}, {"level": 170}):
        with pytest.raises(ValidationError):
            AlertSettings(dyad="KOR-PRK", **wrong)
