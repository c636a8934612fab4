from pathlib import Path

import pytest

from pipeline import chain
from pipeline.report.page import is_link
from pipeline.settings import Settings
from pipeline.store import Store

HOSTILE = "North Korea shelled a South Korean island <script>alert(1)</script> on Tuesday."


@pytest.fixture(scope="module")
def outputs(tmp_path_factory, estimator) -> Path:
    folder = tmp_path_factory.mktemp("report")
    source = folder / "articles.csv"
    source.write_text(
        "text,date,url,outlet\n"
        f'"{HOSTILE}",2010-11-23,javascript:alert(1),"<b>Bold</b>"\n'
        '"South Korea suspended trade with North Korea.",2010-05-24,https://a.example/1,A\n'
    )
    chain.run([source], Store(folder / "out"), Settings(), estimator)
    return folder / "out"


def test_article_text_stays_text(outputs: Path):
    page = (outputs / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "javascript:" not in page
    assert "&lt;b&gt;Bold" in page


def test_the_page_needs_nothing_from_outside(outputs: Path):
    page = (outputs / "report.html").read_text()
    assert "<svg" in page
    assert 'src="http' not in page
    assert "<link" not in page
    assert 'href="https://a.example/1"' in page


def test_the_plot_is_a_png(outputs: Path):
    (path,) = outputs.glob("*.png")
    assert path.name == "KOR-PRK.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_drawing_again_gives_the_same_bytes(outputs: Path):
    before = {path.name: path.read_bytes() for path in (outputs / "report.html", outputs / "KOR-PRK.png")}
    for path in chain.write_report(Store(outputs)):
        assert path.read_bytes() == before[path.name]


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example", True),
        ("http://a.example/x", True),
        ("javascript:x", False),
        ("", False),
        ("//a", False),
        ("http://[", False),
    ],
)
def test_only_web_links_are_links(url: str, link: bool):
    assert is_link(url) is link
