import json
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from pipeline.extract import extract_all, language, parse_time, to_article
from pipeline.extract.language import language_code, language_of
from pipeline.extract.times import page_time, url_days
from pipeline.records import Article, Raw, Rejection
from pipeline.settings import ArticleSettings, PageSettings

ROW = {"text": "Ostria recalled its envoy from Westmark.", "date": "2020-06-16", "url": "https://wire.example/a/1"}
STORY = "".join(
    f"<p>Ostria moved its {n}th brigade towards the river on Tuesday, the ministry said, and Westmark protested.</p>"
    for n in range(4, 12)
)


def page(head: str = "", body: str = STORY) -> str:
    return f"<html><head><title>Brigades at the river</title>{head}</head><body><article>{body}</article></body></html>"


def article(fields: dict[str, object], **settings: object) -> Article:
    made = to_article(Raw("place:1", fields), ArticleSettings.model_validate(settings))
    assert isinstance(made, Article), made
    return made


def rejection(fields: dict[str, object], **settings: object) -> Rejection:
    made = to_article(Raw("place:1", fields), ArticleSettings.model_validate(settings))
    assert isinstance(made, Rejection), made
    return made


def test_two_versions_of_one_url_are_two_articles_and_the_same_text_is_one():
    first = article(ROW)
    tracked = article({**ROW, "url": "http://www.wire.example/a/1/?utm_source=mail#top"})
    revised = article({**ROW, "text": "Ostria recalled its envoy from Westmark. Westmark regretted it."})
    assert first.article_id == tracked.article_id
    assert first.article_id != revised.article_id
    assert tracked.url == "http://www.wire.example/a/1/"


def test_without_a_url_outlet_and_text_are_the_identity():
    one, spaced, other = (
        article({"text": text, "date": "2020-06-16", "outlet": outlet})
        for text, outlet in [("Calm  holds.", "A"), ("Calm\nholds.", "A"), ("Calm holds.", "B")]
    )
    assert one.article_id == spaced.article_id != other.article_id


@pytest.mark.parametrize(
    ("fields", "source", "day"),
    [
        ({"published_at": "2020-06-16"}, "given", "2020-06-16"),
        ({"published_at": "2020-06-16", "date_source": "hearsay"}, "given", "2020-06-16"),
        ({"published_at": "2020-06-16", "date_source": "gdelt"}, "gdelt", "2020-06-16"),
        ({}, "default", "2019-01-02"),
    ],
)
def test_the_source_of_the_date_is_kept(fields: dict[str, object], source: str, day: str):
    made = article({"text": "Calm holds.", **fields}, default_date=date(2019, 1, 2))
    assert (made.date_source, made.published_at.date().isoformat()) == (source, day)


@pytest.mark.parametrize(
    ("given", "hint", "source", "day"),
    [
        ("2020-06-18", "", "given", "2020-06-18"),
        ("2020-06-18", "sitemap", "metadata", "2020-06-16"),
        ("2020-06-18", "feed", "metadata", "2020-06-16"),
        ("", "", "metadata", "2020-06-16"),
    ],
)
def test_metadata_overrule_a_loosely_given_date_alone(given: str, hint: str, source: str, day: str):
    html = page('<meta property="article:published_time" content="2020-06-16T08:00:00Z">')
    made = article({"html": html, "published_at": given, "date_source": hint})
    assert (made.date_source, made.published_at.date().isoformat()) == (source, day)


def test_a_loosely_given_date_beats_the_url():
    made = article(
        {"html": page(), "url": "https://wire.example/2020/06/16/a", "date": "2020-06-18", "date_source": "feed"}
    )
    assert (made.date_source, made.published_at.day) == ("feed", 18)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("revised_at", "2020-06-17T10:00:00Z", datetime(2020, 6, 17, 10, tzinfo=UTC)),
        ("updated", "2020-06-17", datetime(2020, 6, 17, tzinfo=UTC)),
        ("modified", "2020-06-16", None),
        ("updated_at", "2020-06-01", None),
        ("updated_at", "lately", None),
    ],
)
def test_a_revision_is_kept_if_it_is_later(name: str, value: str, kept: datetime | None):
    assert article({**ROW, name: value}).revised_at == kept


def test_a_page_gives_its_revision():
    head = '<meta property="article:published_time" content="2020-06-16T08:00:00Z">'
    html = page(head + '<meta property="article:modified_time" content="2020-06-16T11:30:00+02:00">')
    assert article({"html": html}).revised_at == datetime(2020, 6, 16, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://www.wire.example/river", "https://www.wire.example/river"),
        ("/river", "https://m.wire.example/river"),
        ("https://www.wire.example/", "https://m.wire.example/r?id=1"),
        ("https://elsewhere.example/river", "https://m.wire.example/r?id=1"),
    ],
)
def test_a_canonical_link_counts_on_its_own_host(link: str, shown: str):
    html = page(f'<link rel="canonical" href="{link}">')
    fields = {"html": html, "url": "https://m.wire.example/r?id=1&utm_medium=x", "date": "2020-06-16"}
    assert article(fields).url == shown


def test_a_refused_record_can_be_read_again():
    row = {"text": "", "date": date(2020, 6, 16), "seen": datetime(2020, 6, 17, tzinfo=UTC), "n": 3}
    refused = rejection(row)
    assert refused.form == "record"
    assert json.loads(refused.content) == {
        "text": "",
        "date": "2020-06-16",
        "seen": "2020-06-17T00:00:00+00:00",
        "n": 3,
    }


@pytest.mark.parametrize("html", [page(), page().encode("utf-16")], ids=["text", "bytes"])
def test_a_refused_page_can_be_read_again(html: str | bytes):
    refused = rejection({"html": html, "outlet": "Wire", "charset": "utf-16"})
    assert (refused.reason, refused.form) == ("no date", "page")
    again = article({**json.loads(refused.known), "html": refused.content, "date": "2020-06-16"})
    assert again.body == article({"html": page(), "date": "2020-06-16"}).body
    assert again.outlet == "Wire"


def test_a_body_of_markup_is_a_page():
    made = article({"text": "<p>Ostria recalled its envoy.</p><p>Westmark regretted it.</p>", "date": "2020-06-16"})
    assert made.body == "Ostria recalled its envoy.\nWestmark regretted it."


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("en-US", "en"),
        ("eng", "en"),
        ("EN", "en"),
        ("zh-Hans", "zh"),
        ("ger", "de"),
        ("und", ""),
        ("english", ""),
        ("", ""),
    ],
)
def test_given_language_codes(given: str, code: str):
    assert language_code(given) == code


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The foreign ministry protested on Tuesday against the exercise near the border.", "en"),
        ("Das Außenministerium protestierte am Dienstag gegen die Übung an der Grenze.", "de"),
        ("Министерство выразило протест против учений у границы во вторник.", "ru"),
        ("외무성은 화요일 국경 근처의 훈련에 항의했다고 밝혔다.", "ko"),
        ("外交部星期二对边境附近的演习提出抗议。", "zh"),
        ("Calm.", "und"),
        ("1914 1918", "und"),
    ],
)
def test_languages(text: str, language: str):
    assert language_of(text, "") == language


def test_plain_english_needs_no_detector(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(language, "_identifier", lambda: pytest.fail("the detector was asked"))
    text = "The ministers said that they had met in the capital of the republic to talk about the border with Peru."
    assert language_of(text, "") == "en"


@pytest.mark.parametrize(
    "text",
    [
        "De minister zei dat hij her en der steun had gevonden, of het nu was in Brussel of in Den Haag, en niet was.",
        "Statsministeren sagde til pressen, at der for to år siden var for mange fejl her i landet, og by efter by.",
        "Was der Minister her gesagt hat, war für die Regierung schwer, denn er will nicht, und was er will, will er.",
    ],
)
def test_small_words_that_other_languages_share_do_not_make_english(text: str):
    assert language_of(text, "") != "en"


def test_a_given_language_is_trusted_and_a_template_is_not():
    assert article({**ROW, "language": "fr-CA"}).language == "fr"
    html = page().replace("<html>", '<html lang="ko">')
    assert article({"html": html, "date": "2020-06-16"}).language == "en"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("June 16, 2020", "2020-06-16"),
        ("16 June 2020 08:00", "2020-06-16"),
        ("2020/6/16 08:00", "2020-06-16"),
        ("1970-01-01T00:00:00Z", None),
        ("June 2020", None),
        ("31 February 2020", None),
    ],
)
def test_times_of_pages(text: str, day: str | None):
    moment = page_time(text)
    assert (moment.date().isoformat() if moment else None) == day


@pytest.mark.parametrize(
    ("url", "days"),
    [
        ("https://a.example/2020/06/16/x", ["2020-06-16"]),
        ("https://a.example/2020/jun/16/x", ["2020-06-16"]),
        ("https://a.example/x-2020-06-16", ["2020-06-16"]),
        ("https://a.example/20200616-x", ["2020-06-16"]),
        ("https://a.example/2020/13/16/x", []),
        ("https://a.example/id/120200616345", []),
    ],
)
def test_days_in_urls(url: str, days: list[str]):
    assert [day.isoformat() for day in url_days(url)] == days


@pytest.mark.parametrize("value", ["soon", "", "0001-01-01", None])
def test_an_unreadable_time_is_none(value: object):
    assert parse_time(value) is None


def test_records_without_pages_start_no_process_and_keep_their_order():
    refused = Rejection("b", "broken JSON", "", b"")
    raws = [Raw("a", dict(ROW)), refused, Raw("c", {"text": "Calm holds."})]
    found = list(extract_all(iter(raws), ArticleSettings(), PageSettings()))
    assert isinstance(found[0], Article)
    assert found[1] is refused
    assert isinstance(found[2], Rejection)


def test_importing_the_stage_loads_no_parser():
    parsers = ("py3langid", "trafilatura", "resiliparse")
    code = f"import sys, pipeline.extract; print([name for name in {parsers} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
