import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from datetime import date

import pytest

from pipeline.extract import extract_all, to_article
from pipeline.extract.charset import decode
from pipeline.extract.limits import measure
from pipeline.extract.page import read_page
from pipeline.records import Article, Raw, Rejection
from pipeline.settings import ArticleSettings, PageSettings

TIERS = ["careful", "bulk"]
STORY = [
    "Ostria moved two brigades towards the river on Tuesday, the defence ministry in Lindau said.",
    "Westmark called the move a provocation and summoned the envoy to explain it before the council met.",
    "Neither side reported shots along the frontier, although patrols were seen on both banks of the river.",
    "The council will meet again on Friday, when the inspectors are expected back from the northern valley.",
]
CLUTTER = {
    "figcaption": "<figure><img src=a.jpg><figcaption>Tanks wait on a bridge near Lindau.</figcaption></figure>",
    "caption": '<div class="photo-caption"><p>Soldiers rest beside their trucks.</p></div>',
    "newsletter": '<div class="newsletter-box"><p>Our morning letter brings you the world.</p></div>',
    "related": '<div id="related-stories"><p>Ten years of talks in ten pictures.</p></div>',
    "line": "<p>Read more: The long road to the river treaty</p>",
    "advert": "<p>Advertisement</p>",
    "aside": "<aside><p>The treaty of the river has nine articles.</p></aside>",
    "nav": "<nav><ul><li><a href=/w>World</a></li></ul></nav>",
}


def page(head: str = "", clutter: str = "", **more: str) -> str:
    story = [f"<p>{line}</p>" for line in STORY]
    body = f"{story[0]}{clutter}{''.join(story[1:])}{more.get('end', '')}"
    return (
        f"<!DOCTYPE html><html><head><title>Brigades at the river | Wire</title>{head}</head><body>"
        f"<article><h1>Brigades at the river</h1>{body}</article></body></html>"
    )


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("kind", CLUTTER)
def test_the_text_is_what_a_reporter_wrote(tier, kind: str):
    assert read_page(page(clutter=CLUTTER[kind]), tier=tier).text.split("\n") == STORY


@pytest.mark.parametrize(
    "line", ["Comments by the envoy angered Lindau.", "Advertisements for the army were torn down."]
)
def test_a_sentence_that_begins_like_clutter_stays(line: str):
    assert line in read_page(page(clutter=f"<p>{line}</p>"), tier="bulk").text.split("\n")


@pytest.mark.parametrize("tier", TIERS)
def test_a_form_around_everything_is_no_clutter(tier):
    html = page().replace("<article>", '<form class="share"><article>').replace("</article>", "</article></form>")
    assert read_page(html, tier=tier).text.split("\n") == STORY


LINES = {
    "ru": "Министерство обороны сообщило о движении двух бригад к реке во вторник. " * 4,
    "ko": "국방부는 화요일 두 개 여단이 강 쪽으로 이동했다고 밝혔다. " * 4,
    "fr": "Le ministère a protesté mardi contre l’envoi de deux brigades près du fleuve gelé. " * 4,
    "pl": "Ministerstwo zaprotestowało we wtorek przeciwko wysłaniu żołnierzy w stronę rzeki. " * 4,
    "ja": "国防省は火曜日に二個旅団が川へ移動したと発表した。" * 4,
}


@pytest.mark.parametrize(
    ("language", "charset", "declared", "meta"),
    [
        ("ru", "windows-1251", "windows-1251", ""),
        ("ru", "windows-1251", "", "windows-1251"),
        ("ru", "windows-1251", "", ""),
        ("ru", "windows-1251", "text/html; charset=ISO-8859-1", ""),
        ("ru", "windows-1251", "utf-8", "utf-8"),
        ("ru", "utf-8", "text/html; charset=iso-8859-1", "windows-1251"),
        ("ru", "koi8-r", "", ""),
        ("ko", "euc-kr", "", "ks_c_5601-1987"),
        ("ko", "euc-kr", "", ""),
        ("ko", "euc-kr", "text/html; charset=utf-8", ""),
        ("fr", "windows-1252", "text/html", ""),
        ("fr", "windows-1252", "iso-8859-1", ""),
        ("fr", "utf-8-sig", "latin1", ""),
        ("pl", "iso-8859-2", "iso-8859-2", ""),
        ("ja", "shift_jis", "", "x-sjis"),
        ("ja", "euc-jp", "", ""),
        ("ja", "iso-2022-jp", "", "iso-2022-jp"),
        ("fr", "utf-16", "", ""),
        ("fr", "utf-16-le", "", "utf-16"),
        ("fr", "utf-8", "no-such-charset", "utf-16"),
    ],
)
def test_charsets(language: str, charset: str, declared: str, meta: str):
    head = f'<meta charset="{meta}">' if meta else ""
    html = f"<html><head>{head}</head><body><p>{LINES[language]}</p></body></html>"
    assert decode(html.encode(charset), declared) == html


def test_a_few_broken_bytes_do_not_change_the_charset():
    content = LINES["ru"].encode() * 5 + b"\xff\xfe" + LINES["ru"].encode()
    assert LINES["ru"] in decode(content, "")


@pytest.mark.parametrize(
    ("html", "url", "found", "source"),
    [
        (page('<meta property="article:published_time" content="2020-06-16T08:00:00Z">'), "", "2020-06-16", "metadata"),
        (page('<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "datePublished": "2011-01-05"},'
              '{"@type": ["NewsArticle"], "datePublished": "2020-06-16"}]}</script>'), "", "2020-06-16", "metadata"),
        (page('<script type="application/ld+json">[{"@type": "NewsArticle", "datePublished": "2020-06-16",}]</script>'),
         "", "2020-06-16", "metadata"),
        (page('<script type="application/ld+json">{"headline": "x" "datePublished" : "2020-06-16"</script>'),
         "", "2020-06-16", "metadata"),
        (page('<meta name="DC.date.issued" content="2020-06-16">'), "", "2020-06-16", "metadata"),
        (page(clutter='<time datetime="2020-06-16T08:00">Tuesday</time>'), "", "2020-06-16", "metadata"),
        (page(clutter='<i itemprop="datePublished" content="2020-06-16">Tuesday</i>'), "", "2020-06-16", "metadata"),
        (page('<meta name="date" content="today">'), "https://w.example/2020/06/16/a", "2020-06-16", "url"),
        (page(), "https://w.example/20200616-brigades", "2020-06-16", "url"),
        (page(clutter='<p class="date">Published 16 June 2020</p>'), "", "2020-06-16", "page"),
        (page('<meta property="article:published_time" content="2031-06-16">'), "", "", ""),
        (page(end="<footer>Copyright 2019 Wire</footer>"), "", "", ""),
        (page(end="<p>© 2018-2019 Wire. All rights reserved.</p>"), "", "", ""),
        (page(), "", "", ""),
    ],
)  # fmt: skip
def test_dates_and_where_they_are_from(html: str, url: str, found: str, source: str):
    made = read_page(html, url, tier="bulk", latest=date(2020, 7, 1))
    assert (made.published_at[:10], made.date_source) == (found, source)


def test_metadata_of_a_page():
    head = (
        '<meta property="og:site_name" content="Wire"><link rel="canonical" href="/river?utm_source=x">'
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Brigades at the &amp; river",'
        '"dateModified": "2020-06-17T09:00:00Z", "publisher": {"name": "Harbour Wire"}, "inLanguage": "en-GB"}</script>'
    )
    made = read_page(page(head), "https://www.wire.example/r/1")
    assert (made.title, made.outlet, made.language) == ("Brigades at the & river", "Harbour Wire", "en-GB")
    assert (made.revised_at, made.canonical_url) == ("2020-06-17T09:00:00Z", "https://www.wire.example/river")
    assert read_page(page('<meta property="og:site_name" content="Wire">')).title == "Brigades at the river"


def test_a_deep_json_and_a_text_that_is_a_url_harm_nothing():
    deep = '<script type="application/ld+json">' + "[" * 50_000 + "</script>"
    assert read_page(page(deep)).text.split("\n") == STORY
    assert read_page("http://127.0.0.1:9/").published_at == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<div>" * 16_000, "page too deep"),
        ("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">", "page too odd"),
        ("<p>" + "x" * 50_000_000, "page too long"),
        (b"%PDF-1.7 \xe2\xe3", "not a page"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a page"),
        (bytes(range(256)) * 40, "not a page"),
        (b"Calm holds along the river.", "not a page"),
        ("<html><body></body></html>", "empty body"),
    ],
)
def test_what_is_not_parsed(content: bytes | str, reason: str):
    start = time.monotonic()
    made = to_article(Raw("a", {"html": content, "date": "2020-06-16"}), ArticleSettings())
    assert isinstance(made, Rejection)
    assert (made.reason, made.form) == (reason, "page")
    assert json.loads(made.known)["date"] == "2020-06-16"
    assert time.monotonic() - start < 5


def test_missing_end_tags_comments_and_scripts_do_not_nest():
    html = "<p>a" * 5000 + "<!--" + "<div>" * 5000 + "-->" + "<script>'<div>'" + "<div>" * 5000 + "</script>"
    assert measure(html) == (0, 0)
    assert measure('<div title="a > b"><b><i></i></b></div>' * 1000) == (3, 0)


@pytest.mark.parametrize("piece", ["<", "<a ", '<a "', "<a b='\"", "<!--", "<script>", "<a = ", "</"])
def test_the_look_along_a_page_is_linear(piece: str):
    start = time.monotonic()
    measure(piece * 300_000)
    assert time.monotonic() - start < 5


def hostile(raw: Raw, articles: ArticleSettings, pages: PageSettings) -> Article | Rejection:
    """Do with a page what its html says; runs in a worker."""
    deed = str(raw.fields["html"])
    if "sleep" in deed:
        time.sleep(60)
    if "die" in deed:
        os._exit(7)
    if "raise" in deed:
        raise ValueError("no")
    if "eat" in deed:
        return Rejection(raw.place, "ate", str(len(bytearray(1 << 32))), b"")
    return to_article(raw, articles, pages)


PAGES = PageSettings(workers=2, seconds=2, memory_mib=1024, tier="bulk")


def raws(*deeds: str) -> Iterator[Raw]:
    for n, deed in enumerate(deeds):
        html = page().replace("Brigades", f"Brigades {n} {deed}")
        yield Raw(f"p{n}", {"html": html, "date": "2020-06-16", "language": "en"})


def outcomes(items: Iterator[Article | Rejection]) -> list[str]:
    return [item.reason if isinstance(item, Rejection) else "ok" for item in items]


def test_a_hostile_page_costs_only_itself():
    deeds = ["", "sleep", "", "die", "raise", "eat", "", "", "", ""]
    found = list(extract_all(raws(*deeds), ArticleSettings(), PAGES, hostile))
    expected = {"": "ok", "sleep": "page too slow"}
    assert outcomes(iter(found)) == [expected.get(deed, "page unreadable") for deed in deeds]
    assert [item.source if isinstance(item, Article) else item.place for item in found] == [f"p{n}" for n in range(10)]
    assert all(b"Brigades" in item.content for item in found if isinstance(item, Rejection))
    assert not multiprocessing.active_children()


def test_pages_and_records_keep_their_order_and_equal_one_process():
    mixed: list[Raw | Rejection] = []
    for n, raw in enumerate(raws(*[""] * 40)):
        mixed += [
            raw,
            Raw(f"r{n}", {"text": f"Calm holds {n}.", "date": "2020-06-16"}),
            Rejection(f"x{n}", "x", "", b""),
        ]
    found = list(extract_all(iter(mixed), ArticleSettings(), PAGES))
    alone = [raw if isinstance(raw, Rejection) else to_article(raw, ArticleSettings(), PAGES) for raw in mixed]
    assert found == alone


@pytest.mark.parametrize("end", ["close", "raise"])
def test_no_process_is_left_when_the_reading_ends_early(end: str):
    def source() -> Iterator[Raw]:
        yield from raws(*[""] * 8, *["sleep"] * 72)

    items = extract_all(source(), ArticleSettings(), PAGES, hostile)
    next(items)
    assert multiprocessing.active_children()
    if end == "close":
        items.close()
    else:
        with pytest.raises(KeyError):
            items.throw(KeyError("stop"))
    assert not multiprocessing.active_children()


def test_in_a_thread():
    found: list[str] = []
    thread = threading.Thread(
        target=lambda: found.extend(outcomes(extract_all(raws("", ""), ArticleSettings(), PAGES)))
    )
    thread.start()
    thread.join(60)
    assert found == ["ok", "ok"]
