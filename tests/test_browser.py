"""The report in a real browser: what it draws, what it lets through, and that it asks nothing of any network."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser_paths, open_browser

from pipeline import chain
from pipeline.settings import Settings
from pipeline.store import Store

HOSTILE = "</script><img src=x onerror=alert(1)>"
SHELLED = "North Korea shelled a South Korean island on Tuesday."
ARTICLES = [
    {"text": SHELLED, "date": "2010-11-23", "url": "https://a.example/1", "outlet": "Harbour Wire"},
    {"text": f"North Korea threatened South Korea {HOSTILE} again.", "date": "2011-03-01", "outlet": HOSTILE},
    {"text": "South Korea suspended trade with North Korea.", "date": "2010-05-24", "url": "javascript:alert(1)"},
    {"text": "Japan accused North Korea of a kidnapping.", "date": "2011-02-02", "title": HOSTILE},
]
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
    assert report.as_uri() in asked
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert running.run(FOREIGN) == 0


def test_without_a_browser_the_tests_say_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("ESCALATION_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="chromium-driver"):
        browser_paths()
    monkeypatch.setenv("ESCALATION_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match="chromium-driver"):
        browser_paths()


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


def test_on_paper_there_are_figure_table_and_footer(browser: Browser):
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    shown = "return [...document.querySelectorAll(arguments[0])].map((one) => getComputedStyle(one).display)"
    assert browser.run(shown, "#chart, #controls") == ["none", "none"]
    assert "none" not in browser.run(shown, "main section, main figure, main p.paper")
    browser.devtools("Emulation.setEmulatedMedia", media="")
