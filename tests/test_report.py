import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from long_report import ten_years, told

from pipeline import chain
from pipeline.mapping import method_of
from pipeline.report import render_report, reported
from pipeline.report.compact import compact
from pipeline.report.daily import MOST_SENTENCES, Distinct, day_events
from pipeline.report.health import counts_of
from pipeline.report.links import image_url, is_link, json_text
from pipeline.report.periods import in_view, period_rows, period_sentence
from pipeline.report.words import MOST_RECORDS, latest_sentence, record_days
from pipeline.settings import IndexSettings, Settings
from pipeline.store import Store

END = "</script><img src=x onerror=alert(1)>"
HOSTILE = f"North Korea shelled a South Korean island <script>alert(1)</script> {END} on Tuesday."
FOLDER = Path(chain.__file__).parents[1] / "report"
OURS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "h1",
    "h2",
    "h3",
    "p",
    "main",
    "div",
    "label",
    "span",
}
OURS |= {"select", "option", "button", "section", "figure", "img", "table", "thead", "tbody", "tr", "th", "td", "a"}
OURS |= {"footer", "script", "ul", "li"}


class Page(HTMLParser):
    """The tags of a page, with their attributes, and the text of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: dict[str, list[str]] = {"script": [], "style": []}
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in self.inline:
            self.inline[self._open].append(data)

    @property
    def policy(self) -> str:
        return next(str(a["content"]) for _, a in self.tags if a.get("http-equiv") == "Content-Security-Policy")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory, estimator) -> Path:
    folder = tmp_path_factory.mktemp("report")
    source = folder / "articles.csv"
    source.write_text(
        "text,date,url,outlet,title\n"
        f'"{HOSTILE}",2010-11-23,javascript:alert(1),"<b>Bold</b>","Island shelled {END}"\n'
        f'"North Korea shelled South Korea again.",2010-12-20,"https://a.example/{END}","{END}",\n'
        '"South Korea suspended trade with North Korea.",2010-05-24,https://a.example/1,A,\n'
    )
    chain.run([source], Store(folder / "out"), Settings(), estimator)
    return folder / "out"


@pytest.fixture(scope="module")
def text(outputs: Path) -> str:
    return (outputs / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_article_text_stays_text(text: str, page: Page):
    assert {tag for tag, _ in page.tags} <= OURS
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;alert(1)" in text
    assert "javascript:" not in text
    assert "&lt;b&gt;Bold" in text


def test_nothing_in_the_data_ends_its_element(page: Page):
    data, _ = page.inline["script"]
    assert not re.search("[<>&\u2028\u2029]", data)
    read = json.loads(data)
    assert any(END in sentence for sentence, _ in read["sentences"])
    assert {url for _, url in read["articles"]} == {"", "https://a.example/1", f"https://a.example/{END}"}


def test_the_policy_lets_through_our_script_and_style_and_nothing_else(page: Page):
    def hashed(inline: str) -> str:
        return base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()

    assert f"script-src 'sha256-{hashed(page.inline['script'][1])}';" in page.policy
    assert f"style-src 'sha256-{hashed(page.inline['style'][0])}';" in page.policy
    assert page.policy.startswith("default-src 'none';")
    assert "unsafe" not in page.policy
    assert not [a for _, a in page.tags if "style" in a]


def test_the_page_needs_nothing_from_outside(page: Page):
    sources = [str(a["src"]) for _, a in page.tags if "src" in a]
    assert sources
    assert all(source.startswith("data:image/svg+xml") for source in sources)
    links = [a for tag, a in page.tags if tag == "a"]
    assert "https://a.example/1" in {a["href"] for a in links}
    assert all(is_link(str(a["href"])) and a["rel"] == "noopener noreferrer" for a in links)
    assert not re.search(r"@import|url\(", page.inline["style"][0])


def test_figures_tell_in_words_what_they_show(page: Page):
    (alt,) = [str(a["alt"]) for tag, a in page.tags if tag == "img"]
    assert "South Korea – North Korea" in alt
    assert "On 2010-12-20 tension stood at" in alt
    assert "No lasting change of the flow was found" in alt


def test_the_page_says_how_healthy_its_sources_are(text: str):
    assert "covered of the last 30 days" in text
    assert '<th scope="row">articles</th><td>3</td>' in text
    assert "in quarantine" in text
    assert dict(counts_of({"rejected": {"no date": 2}, "quarantined": 1234})) == {
        **dict(counts_of({})),
        "set aside by the last run, by reason": "no date: 2",
        "in quarantine": "1,234",
    }


def test_the_script_makes_no_markup_of_strings():
    script = "".join(path.read_text() for path in FOLDER.glob("*.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp", script)
    assert "</script" not in script


def test_the_plots_are_a_png_and_an_svg(outputs: Path):
    (png,), (svg,) = outputs.glob("*.png"), outputs.glob("*.svg")
    assert png.name == "KOR-PRK.png"
    assert png.read_bytes().startswith(b"\x89PNG")
    assert svg.name == "KOR-PRK.svg"
    assert svg.read_text().startswith("<svg")


def test_drawing_again_gives_the_same_bytes(outputs: Path):
    before = {path.name: path.read_bytes() for path in outputs.iterdir() if path.suffix in (".html", ".png", ".svg")}
    assert len(before) == 3
    for path in map(Path, chain.write_report(Store(outputs))):
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


def test_json_keeps_what_it_escapes():
    assert json.loads(json_text([END, "\u2028&"])) == [END, "\u2028&"]


def test_a_drawing_becomes_a_url_that_no_quote_can_end():
    assert re.fullmatch(r"data:image/svg\+xml;charset=utf-8,[^\"<>#&']*", image_url("<svg a=\"1\" b='#'>&amp;</svg>"))


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("M 10.52 20 \nL 10.71 18.2 \nL 11 18.2 \nz\n", "m10.5 20l.2-1.8 .3 0z"),
        ("M 1 2 L 3 4 M 5 6 L 7 8", "m1 2l2 2m2 2l2 2"),
        ("M 0 0 C 1 1 2 2 3.25 3", "M 0 0 C 1 1 2 2 3.2 3"),
        ('" style="opacity: 0.06', '" style="opacity: 0.06'),
    ],
)
def test_a_compact_drawing_has_the_same_lines(long: str, short: str):
    assert compact(f'<path d="{long}"/>') == f'<path d="{short}"/>'


def test_a_compact_drawing_keeps_its_words():
    assert compact('<text x="1.234">mean −1.16</text>') == '<text x="1.2">mean −1.16</text>'


def test_distinct_values_are_numbered_once():
    distinct = Distinct()
    assert [distinct.place(value) for value in "aba"] == [0, 1, 0]
    assert distinct.values() == ["a", "b"]


def test_every_day_comes_before_a_second_event_of_any():
    rows = [("x", 1, 9.0), ("y", 1, 8.0), ("z", 2, 1.0)]
    ranked = pd.DataFrame(rows, columns=["event_id", "day", "weight"])
    assert day_events(ranked, 2)["event_id"].tolist() == ["x", "z"]
    assert day_events(ranked, 9)["event_id"].tolist() == ["x", "y", "z"]


def test_an_empty_index_still_gives_a_page(outputs: Path):
    read = [pd.read_parquet(outputs / name) for name in ("tension_index.parquet", "events", "mentions", "articles")]
    files = render_report(*(frame.head(0) for frame in read), {}, {}, {})
    assert reported(read[0].head(0)) == []
    assert list(files) == ["report.html"]


def test_without_coverage_the_sentence_says_so():
    assert latest_sentence(pd.DataFrame({"tension": [None]})) == "No day has coverage."


def _series(values: dict[str, float]) -> pd.DataFrame:
    """Return a series of every day from the first to the last, of which some are covered."""
    given = pd.Series(values.values(), pd.to_datetime(list(values)), dtype=float)
    tension = given.reindex(pd.date_range(given.index[0], given.index[-1]))
    before = [given[(given.index < day) & (given >= value)].index.max() for day, value in tension.items()]
    rest = {"low": tension - 1, "high": tension + 1, "percentile": 50.0}
    return pd.DataFrame({"tension": tension, "highest_since": before, **rest})


def test_the_latest_day_is_called_a_record_only_if_it_is_one():
    falling = _series({"2020-01-01": 60, "2020-01-02": 58})
    assert ", no higher than on 2020-01-01, " in latest_sentence(falling)
    rising = _series({"2020-01-01": 60, "2020-01-02": 55, "2020-01-03": 58})
    assert ", the highest since 2020-01-01, " in latest_sentence(rising)
    assert ", the highest so far, " in latest_sentence(rising.head(1))


PEAKS = {
    "2000-01-01": 70.0,  # too early to look back
    "2000-03-01": 60.0,
    "2002-01-01": 65.0,
    "2002-01-15": 66.0,  # the peak of that climb
    "2003-06-01": 49.0,  # a record of nothing: below balance
    "2004-01-01": 72.0,
    "2004-06-01": 71.0,  # of five months only
    "2006-01-01": 71.5,
}


def test_record_days_are_peaks_that_look_back_a_year():
    assert record_days(_series(PEAKS)) == [
        "2006-01-01: 71.5, the highest since 2004-01-01; unmatched",
        "2004-01-01: 72.0, the highest so far; unmatched",
        "2002-01-15: 66.0, the highest since 2000-01-01",
    ]


def test_of_many_record_days_those_that_look_back_farthest_are_told():
    yearly = {f"{2000 + n}-01-01": 90.0 - n for n in range(12)} | {"2012-06-01": 95.0}
    lines = record_days(_series(yearly))
    assert len(lines) == MOST_RECORDS
    assert lines[0] == "2012-06-01: 95.0, the highest so far; unmatched"
    # a leap year lies behind 2009, 2005 and 2001; of the others, those of 365 days, the newest
    assert [line[:4] for line in lines[1:]] == ["2011", "2010", "2009", "2008", "2007", "2005", "2001"]


PERIODS = pd.DataFrame(
    {
        "first": pd.to_datetime(["2015-01-01", "2019-01-07", "2020-01-06"]),
        "last": pd.to_datetime(["2019-01-06", "2020-01-05", "2024-12-31"]),
        "n_weeks": [209, 52, 260],
        "flow": [-0.5, 0.25, -1.0],
        "tension": [55.0, 48.04, 70.0],
        "change": [np.nan, 0.75, -1.25],
    }
)


def test_periods_are_told_in_words_the_newest_first():
    assert period_rows(PERIODS)[0] == ("2020-01-06", "2024-12-31", "260", "−1.00", "70.0", "−1.25")
    assert period_rows(PERIODS)[1][3:] == ("+0.25", "48.0", "+0.75")
    assert period_rows(PERIODS)[2][-1] == "–"
    assert period_sentence(PERIODS).startswith(
        "The flow changed 2 times; since 2020-01-06 it is one period, tension 70.0"
    )
    assert period_sentence(PERIODS.head(1)).startswith("No lasting change")
    assert period_sentence(PERIODS.head(0)) == ""


def test_periods_are_cut_to_the_days_that_are_shown():
    shown = in_view(PERIODS, pd.date_range("2019-06-01", "2021-06-01"))
    assert shown["first"].astype(str).tolist() == ["2019-06-01", "2020-01-06"]
    assert shown["last"].astype(str).tolist() == ["2020-01-05", "2021-06-01"]
    assert shown["strength"].tolist() == [0.25, 1.0]
    assert in_view(PERIODS.head(1), pd.date_range("2015-01-01", "2015-02-01")).empty


def test_records_and_periods_stand_on_the_page():
    days = pd.date_range("2015-01-01", "2024-12-31")
    index = ten_years("KOR-PRK", days, np.sin(np.arange(len(days)) / 300) * 9)
    method = method_of(IndexSettings()) | {"as_of": "2024-12-31T23:59:59+00:00"}
    page = render_report(index, *told(index), {"KOR-PRK": PERIODS}, method, {})["report.html"].decode()
    assert '<td class="number">2019-01-07</td><td class="number">2020-01-05</td><td class="number">52</td>' in page
    assert re.search(r"<li>20\d\d-\d\d-\d\d: \d\d\.\d, the highest since 2015-01-01", page)
    (dyad,) = json.loads(Page(page).inline["script"][0])["dyads"]
    assert dyad["periods"] == [[0, 1466, -50, 550, 50], [1467, 1830, 25, 480, 25], [1831, 3652, -100, 700, 100]]


def _colours(style: str, start: str) -> dict[str, str]:
    block = style[style.index(start) :]
    return dict(re.findall(r"--(\w+): (#[0-9a-f]+);", block[: block.index("}")]))


def _light(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("start", [":root", "@media screen and (prefers-color-scheme: dark)"])
def test_words_stand_out_from_the_paper(start: str):
    colours = _colours((FOLDER / "page.css").read_text(), start)
    for name in ("ink", "dim", "link", "line", "conflict", "cooperation"):
        low, high = sorted((_light(colours[name]), _light(colours["paper"])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


def test_ten_years_of_six_pairs_stay_under_three_megabytes():
    days = pd.date_range("2015-01-01", "2024-12-31")
    dyads = ("KOR-PRK", "JPN-PRK", "CHN-USA", "RUS-UKR", "IND-PAK", "IRN-ISR")
    steps = np.random.default_rng(0).normal(0, 4, (len(dyads), len(days)))
    index = pd.concat([ten_years(dyad, days, row) for dyad, row in zip(dyads, steps, strict=True)], ignore_index=True)
    method = method_of(IndexSettings()) | {"as_of": "2024-12-31T23:59:59+00:00"}
    parts = dict.fromkeys(dyads, PERIODS)
    page = render_report(index, *told(index), parts, method, {})["report.html"]
    data = json.loads(Page(page.decode()).inline["script"][0])
    assert 1_000_000 < len(page) < 3_000_000
    assert [len(dyad["days"]) for dyad in data["dyads"]] == [len(days)] * 6
    assert all(set(np.cumsum(dyad["top"]["day"])) == set(range(len(days))) for dyad in data["dyads"])
    assert 1_000 < len(data["sentences"]) <= MOST_SENTENCES
