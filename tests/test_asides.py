"""Actors that are named aside: where a meeting is held, what it is about, and who only suffers."""

from datetime import date

import pytest
from conftest import make_article

from pipeline.actors import load_finder, read_actors
from pipeline.chain import code_articles
from pipeline.coder.asides import is_acted_upon, is_topic, is_venue
from pipeline.records import Actor
from pipeline.settings import Settings


def actor(text: str, name: str, role: str = "") -> Actor:
    start = text.index(name)
    return Actor(start, start + len(name), "XXX", role, name)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("The two envoys met in Norway.", "Norway", True),
        ("The two envoys met in Bergen, Norway.", "Norway", True),
        ("The envoy arrived in Norway for talks.", "Norway", False),
        ("The envoy is on a three-day visit to a port in Norway.", "Norway", False),
        ("The envoy met Norway's minister.", "Norway", False),
    ],
)
def test_a_venue_is_where_others_meet(text: str, name: str, expected: bool):
    assert is_venue(text, actor(text, name)) is expected


def test_a_ministry_is_no_venue():
    text = "They met at Norway's foreign ministry."
    assert not is_venue(text, actor(text, "Norway", "GOV"))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("They met to discuss the quarrel with Chad.", "Chad", False),
        ("They met to discuss the famine in Chad.", "Chad", True),
        ("They met for talks on Chad.", "Chad", True),
        ("They held talks with Chad.", "Chad", False),
        ("They met to discuss oil, and Chad sent a message.", "Chad", False),
    ],
)
def test_a_topic_is_what_others_speak_of(text: str, name: str, expected: bool):
    assert is_topic(text, actor(text, name)) is expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("A Danish engineer was kidnapped in Yemen.", "Danish engineer", True),
        ("Three Danish engineers have been badly wounded in Yemen.", "Danish engineers", True),
        ("A Danish nurse, working for a charity, was killed in Yemen.", "Danish nurse", True),
        ("The Danish nurse abducted in Yemen is alive.", "Danish nurse", True),
        ("The Danish nurse died in a raid in Yemen.", "Danish nurse", True),
        ("Denmark said that a nurse was kidnapped in Yemen.", "Denmark", False),
        ("Denmark says two men held in Yemen are free.", "Denmark", False),
        ("Danish police arrested a man in Aarhus.", "Danish police", False),
    ],
)
def test_who_suffers_does_nothing(text: str, name: str, expected: bool):
    assert is_acted_upon(text, actor(text, name)) is expected


def pairs(estimator, text: str) -> set[tuple[str, str, str]]:
    mentions = code_articles([make_article(text, "2020-06-17")], estimator, Settings())
    return {(one.source, one.target, one.event_type) for one in mentions}


def test_neither_host_nor_topic_is_a_party(estimator):
    text = "The president of Kenya met the president of Ghana in Tanzania to discuss the future of Burundi."
    assert pairs(estimator, text) == {("KEN", "GHA", "CONSULT"), ("GHA", "KEN", "CONSULT")}


def test_the_host_is_a_party_where_nobody_else_is(estimator):
    assert ("KEN", "TZA", "CONSULT") in pairs(estimator, "The president of Kenya arrived in Tanzania for talks.")


def test_members_of_a_list_do_not_attack_each_other(estimator):
    assert (
        pairs(estimator, "Chadian and Nigerian forces captured the town of Malam Fatori.")
        & {
            ("TCD", "NGA", "ASSAULT"),
            ("NGA", "TCD", "ASSAULT"),
        }
        == set()
    )
    exchanged = pairs(estimator, "Chadian and Nigerian forces exchanged fire across the lake.")
    assert {("TCD", "NGA", "ASSAULT"), ("NGA", "TCD", "ASSAULT")} <= exchanged


def test_the_victim_is_no_attacker(estimator):
    found = pairs(estimator, "A Danish engineer was kidnapped in Yemen, where Danish firms drill for oil.")
    assert ("DNK", "YEM", "ASSAULT") not in found


def test_a_visited_capital_only_receives(estimator):
    found = pairs(estimator, "The Chilean president flew to Lima and condemned Bolivia.")
    assert {("CHL", "PER", "CONSULT"), ("PER", "CHL", "CONSULT"), ("CHL", "BOL", "ACCUSE")} == found


def test_nobody_protests_against_the_host_of_an_embassy(estimator):
    found = pairs(estimator, "Demonstrators gathered outside the Japanese embassy in Jakarta.")
    assert found == {("IDN", "JPN", "PROTEST")}


def test_the_host_of_an_embassy_is_a_venue():
    text = "The two envoys met at the Chinese embassy in Berlin."
    host = read_actors(load_finder(), [text], date(2020, 6, 17))[0][-1]
    assert (host.code, is_venue(text, host)) == ("DEU", True)
