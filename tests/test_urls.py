"""Urls: one to show and one to know a page by, the same whether an url is plain or taken apart with care."""

import re

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import urls

PIECES = (
    ":80 :443 . .. / // /amp /amp/ .amp /2020/06/x ? ?? utm_source=x & && id=3 amp=1 output=amp AMP = ref_src=1 "
    "# #frag %20 é [ ] @ u:p@ ;p=1 \\ \" < { | ^ ~ ' ( *"
).split()
NEVER = re.compile(r"(?!)")


@pytest.mark.parametrize(
    ("url", "shown", "page"),
    [
        ("http://a.example/1?utm_source=x#top", "http://a.example/1", "https://a.example/1"),
        ("https://www.a.example/1/?id=3&utm_medium=y", "https://www.a.example/1/?id=3", "https://a.example/1?id=3"),
        ("https://m.a.example/1/amp?amp=1", "https://m.a.example/1/amp?amp=1", "https://a.example/1"),
        ("HTTP://A.example:80/1?", "http://a.example/1", "https://a.example/1"),
        (" no url ", "no url", "no url"),
    ],
)
def test_an_url_to_show_and_one_to_know_a_page_by(url: str, shown: str, page: str):
    assert (urls.canonical_url(url), urls.same_page(url)) == (shown, page)


@given(
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://", ""]),
    st.sampled_from(["a.example", "www.b-c.co.uk", "m.x.example", "amp.x.y.example", "localhost", "A.Example"]),
    st.lists(st.sampled_from([*PIECES, " ", "\n", "\t"]), max_size=8),
)
def test_plain_urls_are_those_taken_apart_with_care(scheme: str, host: str, rest: list[str]):
    url = scheme + host + "".join(rest)
    quick = urls.canonical_url(url), urls.same_page(url)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(urls, "_PLAIN", NEVER)
        assert quick == (urls.canonical_url(url), urls.same_page(url))


PARTS = (
    "http:// https:// ftp:// :// www. WWW1. m. amp. a.example localhost host. :443 / // /amp .amp /x.html /map "
    "?utm_source=x ?id=1 #top é ;v=1 ["
).split()
PARTS += [" ", "\n", ""]


@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=7).map("".join), max_size=20))
@example(["https://www.a.example/2020/x.html", "http://m.a.example/x/AMP", "https://amp.example/p"])
def test_the_pages_of_a_column_are_those_of_its_urls(column: list[str]):
    pages = [urls.same_page(url) for url in column]
    assert urls.same_pages(pa.chunked_array([column], pa.string())).to_pylist() == pages
    named = [bool(page.partition("://")[2].partition("/")[2]) for page in pages]
    assert urls.names_a_page(pa.array(pages, pa.string())).to_pylist() == named
