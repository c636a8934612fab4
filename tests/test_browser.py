"""The report in a real browser: what it draws, what it lets through, and that it asks nothing of any network."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser import Browser, browser_paths, open_browser
from long_report import ten_years, told

from pipeline import chain
from pipeline.mapping import method_of
from pipeline.report import render_report
from pipeline.settings import IndexSettings, Settings
from pipeline.store import Store

HOSTILE = "</script><img src=x onerror=alert(1)>"
SHELLED = "North Korea shelled a South Korean island on Tuesday."
ARTICLES = [
    {"text": SHELLED, "date": "2010-11-23", "url": "https://a.example/1", "outlet": "Harbour Wire"},
    {"text": f"North Korea threatened South Korea {HOSTILE} again.", "date": "2011-03-01", "outlet": HOSTILE},
    {"text": "South Korea suspended trade with North Korea.", "date": "2010-05-24", "url": "javascript:alert(1)"},
    {"text": "Japan accused North Korea of a kidnapping.", "date": "2011-02-02", "title": HOSTILE},
]
DAYS = pd.date_range("2015-01-01", "2024-12-31")
LEVEL = np.sin(np.arange(len(DAYS)) / 60) * np.linspace(2, 60, len(DAYS))
STARTS = DAYS[::140]
PERIODS = pd.DataFrame(
    {
        "first": STARTS,
        "last": [*(STARTS[1:] - pd.Timedelta(days=1)), DAYS[-1]],
        "n_weeks": 20,
        "flow": [(-1) ** n * (n + 1) / 10 for n in range(len(STARTS))],
        "tension": [60.0 - n for n in range(len(STARTS))],
        "change": np.nan,
    }
)
PLACE = """const box = document.getElementById("stage").getBoundingClientRect();
return [box.left, box.top, box.width, box.height]"""
LABELS = "return [...document.querySelectorAll('#stage text')].map((text) => text.textContent)"
FOREIGN = "return document.querySelectorAll('img:not([src^=data])').length"


@pytest.fixture(scope="module")
def report(tmp_path_factory, estimator) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    source = folder / "articles.jsonl"
    source.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    chain.run([source], Store(folder / "out"), Settings(), estimator)
    return folder / "out" / "report.html"


@pytest.fixture(scope="module")
def long_report(tmp_path_factory) -> Path:
    """Write a report of two pairs in which everything is long: days, periods, records, names, counts and sentences."""
    index = pd.concat([ten_years(dyad, DAYS, LEVEL) for dyad in ("KOR-PRK", "JPN-PRK")], ignore_index=True)
    events, mentions, articles = told(index)
    mentions["sentence"] = mentions["sentence"] + HOSTILE + "w" * 400
    articles["outlet"] = HOSTILE + "Gazette" * 60
    method = method_of(IndexSettings()) | {"as_of": "2024-12-31T23:59:59+00:00", "base": {"name": HOSTILE * 50}}
    summary = {"rejected": {f"{HOSTILE} {n}": n for n in range(90)}, "unread": {f"x{n}": n for n in range(90)}}
    parts = {"KOR-PRK": PERIODS, "JPN-PRK": PERIODS}
    path = tmp_path_factory.mktemp("long") / "report.html"
    path.write_bytes(render_report(index, events, mentions, articles, parts, method, summary)["report.html"])
    return path


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def browser(running: Browser, report: Path) -> Iterator[Browser]:
    """Open the report anew; whatever a test does there, the console stays empty and no request leaves the page."""
    running.open(report)
    yield running
    assert running.logs("browser") == []
    asked = running.asked_for()
    assert any(url.startswith("file:") for url in asked)
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert running.run(FOREIGN) == 0


def test_without_a_browser_the_tests_say_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium chromium-driver"):
        browser_paths()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium chromium-driver"):
        browser_paths()


SCRIPT = Path(__file__).with_name("install-chromium.sh")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """Make a folder of programs of a system without a browser, in which apt-get writes down what it is asked for."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("env", "timeout"):
        (programs / name).symlink_to(str(shutil.which(name)))
    _program(programs, "id", "echo 0")
    _program(programs, "apt-cache", "exit 0")
    return tmp_path


def _program(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def _install(system: Path) -> tuple[str, str]:
    """Return what the script said, and what apt-get was asked for."""
    known = {"PATH": str(system / "bin"), "LOG": str(system / "log")}
    command = ["/bin/sh", str(SCRIPT), str(system / "mark")]
    said = subprocess.run(command, env=known, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    log = system / "log"
    return said.stdout, log.read_text() if log.exists() else ""


APT = 'echo "$DEBIAN_FRONTEND $*" >>"$LOG"; echo noise; '


def test_the_browser_is_installed_once_and_quietly(system: Path):
    made = 'cd "${0%/*}"; : >chromium; : >chromedriver; /bin/chmod 755 chromium chromedriver'
    _program(system / "bin", "apt-get", APT + made)
    said, asked = _install(system)
    assert said == "installing Chromium for the browser tests from the system's packages\n"
    assert asked.startswith("noninteractive install ")
    assert asked.count("\n") == 1
    assert asked.endswith("chromium chromium-driver\n")
    assert _install(system) == ("", asked)


def test_a_browser_that_cannot_be_installed_fails_nothing_and_is_not_tried_again(system: Path):
    _program(system / "bin", "apt-get", APT + "exit 100")
    said, asked = _install(system)
    assert said.count("noise") == 3
    assert "browser tests are skipped, and fail in CI" in said
    assert [line.split()[-1] for line in asked.splitlines()] == ["chromium-driver", "update", "chromium-driver"]
    assert _install(system) == ("", asked)


def test_without_the_right_to_install_nothing_is_tried(system: Path):
    _program(system / "bin", "id", "echo 1000")
    _program(system / "bin", "apt-get", APT)
    said, asked = _install(system)
    assert said.startswith("no Chromium: ")
    assert asked == ""


def test_sudo_is_used_where_it_needs_no_password(system: Path):
    _program(system / "bin", "id", "echo 1000")
    _program(system / "bin", "apt-get", APT)
    _program(system / "bin", "sudo", '[ "$2" = true ] && exit 0; echo sudo >>"$LOG"; shift; "$@"')
    _, asked = _install(system)
    assert asked.startswith("sudo\nnoninteractive install ")


def _hover(browser: Browser, share: float) -> None:
    left, top, width, _ = browser.run(PLACE)
    browser.point((left + 5, top + 60), (left + 40 + share * (width - 48), top + 100))


def test_the_page_draws_a_chart(browser: Browser):
    assert browser.run("return document.querySelector('#stage svg path.level').getTotalLength()") > 100
    assert browser.run("return document.querySelectorAll('#stage rect.conflict').length") > 0
    assert "1 Mar 2011" in browser.text("#panel")
    assert browser.run("return getComputedStyle(document.querySelector('figure')).display") == "none"


def test_hovering_a_day_shows_its_events_with_sentence_and_link(browser: Browser):
    days = 281  # from 24 May 2010 to 1 March 2011
    _hover(browser, 183.5 / (days + 1))
    assert "23 Nov 2010" in browser.text("#panel h3")
    assert SHELLED in browser.text("#panel")
    link = "const a = document.querySelector('#panel a'); return [a.href, a.rel, a.textContent]"
    assert browser.run(link) == ["https://a.example/1", "noopener noreferrer", "Harbour Wire"]


def test_a_url_that_is_no_web_address_is_no_link(browser: Browser):
    browser.keys("#stage", "\ue011")  # Home
    assert "24 May 2010" in browser.text("#panel h3")
    assert browser.run("return document.querySelectorAll('#panel a').length") == 0


def test_dragging_zooms_and_the_button_shows_all_again(browser: Browser):
    before = browser.run(LABELS)
    left, top, width, _ = browser.run(PLACE)
    browser.point(
        (left + 0.3 * width, top + 80), (left + 0.4 * width, top + 80), (left + 0.5 * width, top + 80), drag=True
    )
    assert browser.run(LABELS) != before
    browser.click("[data-days='0']")
    assert browser.run(LABELS) == before
    browser.click("[data-days='92']")
    assert "Jan 2011" in browser.run(LABELS)
    assert "Jul 2010" not in browser.run(LABELS)


def test_keys_move_hold_and_let_go(browser: Browser):
    browser.keys("#stage", "\ue011\ue014")  # Home, right
    assert "23 Nov 2010" in browser.text("#panel h3")
    assert "tension" in browser.run("return document.getElementById('stage').getAttribute('aria-valuetext')")
    browser.keys("#stage", "\ue007")  # Enter
    assert "(held)" in browser.text("#panel h3")
    _hover(browser, 0.1)
    assert "23 Nov 2010" in browser.text("#panel h3")
    browser.keys("#panel", "\ue00c")  # Escape
    assert "(held)" not in browser.text("#panel h3")
    assert browser.run("return document.activeElement.id") == "stage"


def test_another_pair_is_a_choice_away(browser: Browser):
    browser.click("#dyads option[value='JPN-PRK']")
    assert browser.run("return document.querySelector('main section.chosen').id") == "JPN-PRK"
    browser.keys("#stage", "\ue011")  # Home
    assert "kidnapping" in browser.text("#panel")
    assert "Japan accused" in browser.text("main section.chosen table")


def test_hostile_text_is_shown_as_text(browser: Browser):
    browser.keys("#stage", "\ue010")  # End
    assert HOSTILE in browser.text("#panel blockquote")
    assert f"({HOSTILE})" in browser.text("#panel blockquote")


def test_periods_can_be_hidden_and_shown(browser: Browser, long_report: Path):
    browser.open(long_report)
    tinted = "return document.querySelectorAll('#stage rect.period').length"
    assert browser.run(tinted) == 2 * len(PERIODS)
    browser.click("[data-days='366']")
    mean, flow = PERIODS["tension"].iloc[-2], abs(PERIODS["flow"].iloc[-2])
    assert f"mean {mean:.1f}, flow −{flow:.2f}" in browser.run(LABELS)
    browser.click("[data-days='0']")
    assert browser.run("return document.querySelector('.key.period').checkVisibility()")
    browser.click("#shading")
    assert browser.run(tinted) == 0
    assert not browser.run("return document.querySelector('.key.period').checkVisibility()")
    browser.click("#shading")
    assert browser.run(tinted) == 2 * len(PERIODS)
    assert str(PERIODS["last"].iloc[-1].date()) in browser.text("#panel")


def test_a_pair_of_one_period_has_none_to_show(browser: Browser):
    assert browser.run("return document.getElementById('shading').disabled")
    assert browser.run("return document.querySelectorAll('#stage rect.period').length") == 0


def test_on_paper_there_is_the_chosen_pair_alone(browser: Browser):
    shown = "return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility()).length"
    browser.click("#dyads option[value='JPN-PRK']")
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    assert browser.run(shown, "#chart, #controls, .health, footer") == 0
    assert browser.run("return document.querySelector('main section.chosen').checkVisibility()")
    for part in ("section", "figure", ".records", ".periods", ".events", ".paper:last-child"):
        assert browser.run(shown, f"main {part}") == 1, part
    browser.devtools("Emulation.setEmulatedMedia", media="")


PAPERS = [{"preferCSSPageSize": True}, {}, {"printBackground": True, "paperWidth": 8.27, "paperHeight": 11.69}]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("script", [True, False])
def test_a_report_is_printed_on_one_page(browser: Browser, report: Path, long_report: Path, paper: dict, script: bool):
    browser.devtools("Emulation.setScriptExecutionDisabled", value=not script)
    for page in (long_report, report):
        browser.open(page)
        assert browser.printed(**paper) == 1
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


def test_no_event_on_paper_is_cut_in_two(browser: Browser, long_report: Path):
    browser.open(long_report)
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    browser.devtools("Emulation.setDeviceMetricsOverride", width=703, height=1031, deviceScaleFactor=1, mobile=False)
    box, *rows = browser.run(
        "return [...document.querySelectorAll('.chosen .events tbody, .chosen .events tbody tr')]"
        ".map((one) => one.getBoundingClientRect()).map((box) => [box.left, box.bottom])"
    )
    printed = [bottom for left, bottom in rows if left < box[0] + 10]
    assert 3 <= len(printed) < len(rows)
    assert max(printed) <= box[1] + 0.5
    assert browser.run("return document.querySelector('.chosen .paper').getBoundingClientRect().bottom < innerHeight")
    browser.devtools("Emulation.clearDeviceMetricsOverride")
    browser.devtools("Emulation.setEmulatedMedia", media="")
