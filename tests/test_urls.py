"""A column of urls gives what each url gives alone."""

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.urls import names_a_page, same_page, same_pages

PARTS = [
    "http://",
    "https://",
    "ftp://",
    "://",
    "www.",
    "WWW1.",
    "m.",
    "amp.",
    "a.example",
    "localhost",
    "host.",
    ":443",
]
PARTS += [
    "/",
    "//",
    "/amp",
    ".amp",
    "/x.html",
    "/map",
    "?utm_source=x",
    "?id=1",
    "#top",
    " ",
    "é",
    "\n",
    ";v=1",
    "[",
    "",
]


@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=7).map("".join), max_size=20))
@example(["https://www.a.example/2020/x.html", "http://m.a.example/x/AMP", "https://amp.example/p"])
def test_the_pages_of_a_column_are_those_of_its_urls(urls):
    pages = [same_page(url) for url in urls]
    column = pa.chunked_array([urls], pa.string())
    assert same_pages(column).to_pylist() == pages
    named = [bool(page.partition("://")[2].partition("/")[2]) for page in pages]
    assert names_a_page(pa.array(pages, pa.string())).to_pylist() == named
