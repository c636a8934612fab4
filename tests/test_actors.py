from collections import Counter
from datetime import date

import pytest

from pipeline.actors import load_dictionary, load_finder
from pipeline.actors.finder import context_of

UN_MEMBERS = 193


def actors(text: str, on: str = "2020-06-16", context: set[str] | None = None) -> list[tuple[str, str, str]]:
    finder = load_finder()
    hits = finder.scan(text)
    known = context_of(hits) | (context or set())
    return [(a.code, a.role, a.alias) for a in finder.actors(text, hits, date.fromisoformat(on), known)]


def codes(text: str, **options) -> list[str]:
    return [code for code, _, _ in actors(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("North Korea blew up an office of South Korea.", ["PRK", "KOR"]),
        ("Pyongyang accused Seoul of perfidy.", ["PRK", "KOR"]),
        ("The Kremlin answered the White House.", ["RUS", "USA"]),
        ("NATO and the European Union met the U.N. envoy.", ["NAT", "EUE", "UNO"]),
        ("The two Koreas agreed.", ["KOR", "PRK"]),
        ("A Chinese-made drone fell into the Sea of Japan.", []),
        ("The Washington Post and the South China Morning Post reported it.", []),
        ("They met in Seoul.", []),
        ("They met at Seoul.", []),
        ("Pyongyang on Thursday fired two shells at Seoul.", ["PRK", "KOR"]),
        ("Anti-Japan protests spread.", []),
        ("Papua New Guinea and Guinea-Bissau voted.", ["PNG", "GNB"]),
        ("A tanker flying the flag of Liberia ran aground off Oman.", []),
        ("An earthquake off Tonga set off sirens in Fiji and Samoa.", []),
        ("Georgia O'Keeffe and Chad le Clos stayed at the Hotel Bulgaria.", []),
        ("She speaks Korean, Russian and a little Japanese.", []),
        ("Former Costa Rican president Oscar Arias spoke.", []),
        ("Norway lent US$2bn, NZ$3m and 40 million US$.", ["NOR"]),
        ("A bomb in the Holland Tunnel was defused.", []),
        ("They met in a London clinic and in Bill Clinton Boulevard.", []),
        ("It was shown live on Chinese television.", []),
        ("Chinese television called it a farce.", ["CHN"]),
        ("The Jordan has shrunk, and the Jordan government is worried.", ["JOR"]),
        ("Congo and the Islamic Republic blamed YPF.", ["COD", "IRN", "ARG"]),
    ],
)
def test_codes(text: str, expected: list[str]):
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "role", "alias"),
    [
        ("South Korean fishermen left.", "CVL", "South Korean fishermen"),
        ("Iran's foreign ministry protested.", "GOV", "Iran's foreign ministry"),
        ("Indian troops left.", "MIL", "Indian troops"),
    ],
)
def test_the_noun_that_follows_gives_the_role(text: str, role: str, alias: str):
    ((_, found_role, found_alias),) = actors(text)
    assert (found_role, found_alias) == (role, alias)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Pakistani army killed 30 Taliban in Swat.", ["PAK", "PAK"]),
        ("NATO killed 30 Taliban in a raid.", ["NAT", "AFG"]),
        ("Pakistan accused the Taliban, who rule Afghanistan.", ["PAK", "AFG", "AFG"]),
    ],
)
def test_the_taliban_are_afghan_but_where_only_pakistan_is_named(text: str, expected: list[str]):
    assert codes(text) == expected


def test_the_north_needs_a_korean_context():
    assert codes("The North rejected the offer.") == []
    assert codes("The North rejected the offer.", context={"YEM"}) == []
    assert codes("The North rejected the offer.", context={"KOR"}) == ["PRK"]


def test_leaders_count_only_in_office():
    assert "KOR" in codes("Moon Jae-in spoke.", on="2020-06-16")
    assert codes("Moon Jae-in spoke.", on="2024-06-16") == []


def test_what_befell_somebody_in_office_is_told_for_days():
    assert codes("Yoon Suk Yeol was removed.", on="2025-04-06") == ["KOR"]
    assert codes("Yoon Suk Yeol was removed.", on="2025-04-16") == []


def test_title_and_name_are_one_actor():
    assert len(actors("South Korean President Moon Jae-in spoke.")) == 1
    assert actors("President Moon flew home.") == [("KOR", "GOV", "President Moon")]


def test_who_opposes_is_an_actor_too():
    assert actors("Morgan Tsvangirai was beaten.", on="2007-03-12") == [("ZWE", "OPP", "Morgan Tsvangirai")]


def test_every_un_member_and_the_named_others_are_there():
    names = {code for entry in load_dictionary() if entry.kind == "name" for code in entry.codes}
    assert {"TWN", "PSE", "XKX", "EUE", "NAT", "UNO"} <= names
    assert len(names) >= UN_MEMBERS + 6


def test_the_korean_presidents_since_1990_are_complete():
    for name, day in [
        ("Roh Tae-woo", "1991-06-01"),
        ("Kim Young-sam", "1995-06-01"),
        ("Kim Dae-jung", "2000-06-15"),
        ("Roh Moo-hyun", "2005-06-15"),
        ("Lee Myung-bak", "2010-06-15"),
        ("Park Geun-hye", "2015-06-15"),
        ("Moon Jae-in", "2018-06-15"),
        ("Yoon Suk Yeol", "2023-06-15"),
        ("Lee Jae-myung", "2025-07-15"),
    ]:
        assert codes(f"{name} spoke.", on=day) == ["KOR"], name
    for name, day in [("Kim Il Sung", "1992-01-01"), ("Kim Jong Il", "2005-01-01"), ("Kim Jong Un", "2015-01-01")]:
        assert codes(f"{name} spoke.", on=day) == ["PRK"], name


def test_no_name_is_both_an_actor_and_none():
    entries = load_dictionary()
    blocked = {entry.alias for entry in entries if entry.kind == "blocked"}
    assert blocked
    assert blocked & {entry.alias for entry in entries if entry.kind != "blocked"} == set()


def test_nobody_stands_twice():
    people = [entry for entry in load_dictionary() if entry.kind == "person"]
    terms = Counter((entry.alias, entry.codes, entry.start) for entry in people)
    assert [term for term, times in terms.items() if times > 1] == []
