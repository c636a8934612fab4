"""Sources to store: versions and copies of articles, events of other systems, languages, and what was refused."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from site_on_loopback import Site, feed, in_turn, page, reply

from pipeline import chain, explain, read_events, read_index, read_mentions
from pipeline.chain.quarantine import aside
from pipeline.errors import SourceError
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store

NOW = datetime(2020, 6, 18, tzinfo=UTC)
SHELLED = "North Korea shelled a South Korean island on Tuesday."
FULL = (
    "North Korea shelled a South Korean island on Tuesday, setting houses on fire and sending its people away. "
    "South Korea's army returned fire within minutes and put its jets into the air, the ministry said in Seoul. "
    "Ferries to the five islands were halted for the night, and schools along the coast will stay closed tomorrow. "
    "It was not known at once whether anybody had been hurt in the barrage, which went on for about an hour."
)
NETWORK = {"fetch": {"allow": ["127.0.0.0/8"], "delay_seconds": 0, "attempts": 1}, "pages": {"workers": 1}}


def settings(**changes) -> Settings:
    return Settings.model_validate(NETWORK | changes)


def source(**options) -> SourceSettings:
    return SourceSettings.model_validate(options)


def rows(*items: dict, path: Path) -> Path:
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    return path


def test_a_night_of_feeds_becomes_an_index(tmp_path: Path, estimator):
    with Site() as site:
        site.routes |= {"/rss": feed(f"{site.url}/1", f"{site.url}/2"), "/1": page("one"), "/2": reply(b"", 404)}
        feeds = [source(kind="feed", url=f"{site.url}/rss")]
        summary = chain.run(feeds, Store(tmp_path), settings(), estimator, now=lambda: NOW)
        again = chain.run(feeds, Store(tmp_path), settings(), estimator, now=lambda: NOW)
        assert site.asked["/1"] == site.asked["/2"] == 1
    assert summary.fetched == {"fetched": 2, "unchanged": 0, "refused": 1, "wanted": 0}
    assert (summary.new_articles, again.new_articles, summary.rejected) == (1, 0, {"http 404": 1})
    assert again.quarantined == 1
    found = explain("KOR-PRK", "2020-06-16", tmp_path)
    assert found.events[0]["mentions"][0]["url"] == f"{site.url}/1"
    (article,) = Store(tmp_path).read_day("articles", date(2020, 6, 16)).to_pylist()
    assert (article["outlet"], article["language"], article["date_source"]) == ("Test Post", "en", "metadata")
    assert article["fetched_at"] == NOW


def test_copies_count_as_outlets_of_one_article(tmp_path: Path, estimator):
    items = [
        {"text": FULL, "date": "2020-06-17", "outlet": "Wire"},
        {"text": FULL, "date": "2020-06-17", "outlet": "Courier"},
        {"text": FULL[:330], "date": "2020-06-18", "outlet": "Evening Sun"},
    ]
    summary = chain.run([rows(*items, path=tmp_path / "a.jsonl")], Store(tmp_path / "o"), settings(), estimator)
    assert (summary.articles, summary.copies) == (3, 2)
    events = read_events(tmp_path / "o")
    shelling = events[(events["source"] == "PRK") & (events["event_type"] == "ASSAULT")].iloc[0]
    assert (shelling["n_articles"], shelling["n_outlets"]) == (1, 3)
    lone = chain.run([rows(items[0], path=tmp_path / "b.jsonl")], Store(tmp_path / "p"), settings(), estimator)
    assert lone.articles == 1
    first = read_events(tmp_path / "p").set_index("event_id").loc[shelling["event_id"]]
    assert shelling["confidence"] >= first["confidence"]
    assert shelling["confidence"] < 1 - (1 - first["confidence"]) ** 2, "no second witness"
    index = read_index(tmp_path / "o", "KOR-PRK").set_index("date")
    assert index.loc["2020-06-17", "n_articles"] == 1


def test_an_updated_article_supersedes_the_older_and_both_stay_readable(tmp_path: Path, estimator):
    url, path = "https://a.example/1", tmp_path / "a.jsonl"
    first = {"text": SHELLED, "date": "2020-06-17", "url": url}
    calm = {"text": "South Korea thanked North Korea for the calm.", "date": "2020-06-17", "url": f"{url}?utm_source=x"}
    store = Store(tmp_path / "o")
    chain.run([rows(first, calm | {"updated": "2020-06-19"}, path=path)], store, settings(), estimator)
    assert store.read_day("articles", date(2020, 6, 17)).num_rows == 2
    assert set(read_events(store.root)["event_type"]) == {"SUPPORT"}
    chain.run([path], store, settings(), estimator, as_of=date(2020, 6, 18))
    assert set(read_events(store.root)["event_type"]) == {"ASSAULT"}


def test_a_changed_page_of_a_feed_becomes_a_second_version(tmp_path: Path, estimator):
    first = page("one", text=SHELLED)
    second = page("one", text="South Korea and North Korea signed an agreement on fishing.")
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>E</title><link href="{url}/1"/>
    <published>2020-06-16T08:00:00Z</published><updated>2020-06-{day}T09:00:00Z</updated></entry></feed>"""
    with Site() as site:
        site.routes["/1"] = in_turn(reply(first), reply(second))
        feeds = [source(kind="feed", url=f"{site.url}/atom")]
        for day in (16, 18, 18):
            site.routes["/atom"] = atom.format(url=site.url, day=day).encode()
            chain.run(
                feeds,
                Store(tmp_path),
                settings(),
                estimator,
                now=lambda day=day: datetime(2020, 6, day, 10, tzinfo=UTC),
            )
        assert site.asked["/1"] == 2
    articles = pd.read_parquet(tmp_path / "articles").sort_values("revised_at", na_position="first")
    assert len(articles) == 2
    assert articles.iloc[1]["revised_at"] == pd.Timestamp("2020-06-18T09:00:00Z")
    assert set(read_events(tmp_path)["event_type"]) == {"SUPPORT"}


def test_events_of_another_system_enter_where_events_are_merged(tmp_path: Path, estimator):
    path = tmp_path / "events.csv"
    path.write_text(
        "source,target,cameo,event_date,url,outlet,published_at\n"
        "PRK,KOR,190,2010-11-23,https://a.example/1,A,2010-11-23\nPRK,KOR,193,2010-11-23,https://b.example/2,B,2010-11-24\n"
        "KOR,PRK,042,2010-12-01,https://b.example/3,B,2010-12-01\nXXX,PRK,042,2010-12-01,,,\n"
    )
    coded = [source(kind="coded", path=str(path))]
    summary = chain.run(coded, Store(tmp_path / "o"), settings(), estimator)
    assert (summary.coded_mentions, summary.events, summary.rejected) == (3, 2, {"unknown country": 1})
    again = chain.run(coded, Store(tmp_path / "o"), settings(), estimator)
    assert (again.coded_mentions, again.quarantined) == (0, 1)
    attack = read_events(tmp_path / "o").iloc[0]
    assert (attack["event_type"], attack["n_mentions"], attack["n_outlets"]) == ("ASSAULT", 2, 2)
    found = explain("KOR-PRK", "2010-11-23", tmp_path / "o").events[0]["mentions"]
    assert {one["url"] for one in found} == {"https://a.example/1", "https://b.example/2"}
    assert len(read_mentions(tmp_path / "o")) == 3
    chain.run(coded, Store(tmp_path / "o"), settings(), estimator, as_of=date(2010, 11, 23))
    assert read_events(tmp_path / "o")["n_mentions"].tolist() == [1]


def test_articles_the_coder_cannot_read_are_kept_and_counted(tmp_path: Path, estimator):
    german = (
        "Die Regierung in Seoul hat am Dienstag scharf gegen den Beschuss protestiert und den Botschafter einbestellt. "
        "Aus Pjöngjang kam zunächst keine Antwort, wie das Außenministerium in einer knappen Erklärung mitteilte."
    )
    items = [{"text": SHELLED, "date": "2020-06-17"}, {"text": german, "date": "2020-06-18"}]
    summary = chain.run([rows(*items, path=tmp_path / "a.jsonl")], Store(tmp_path / "o"), settings(), estimator)
    assert (summary.articles, summary.unread) == (1, {"de": 1})
    assert Store(tmp_path / "o").read_day("articles", date(2020, 6, 18))["language"].to_pylist() == ["de"]
    index = read_index(tmp_path / "o", "KOR-PRK").set_index("date")
    assert index["n_articles"].loc["2020-06-17":].tolist() == [1], "no coverage where nothing could be read"


def test_what_was_refused_is_tried_again_after_a_fix(tmp_path: Path, estimator):
    path = rows({"corps": SHELLED, "date": "2020-06-17"}, {"text": SHELLED, "date": "soon"}, path=tmp_path / "a.jsonl")
    html = tmp_path / "undated.html"
    html.write_bytes(page("one").replace(b"2020-06-16T08:00:00Z", b""))
    store = Store(tmp_path / "o")
    found = chain.run(
        [path, html, rows({"text": FULL, "date": "2020-06-18"}, path=tmp_path / "b.jsonl")],
        store,
        settings(),
        estimator,
    )
    assert found.rejected == {"missing column": 1, "unreadable date": 1, "no date": 1}
    assert {one.form for one in aside(store)} == {"record", "page"}
    again = chain.run([path, html], store, settings(), estimator)
    assert again.quarantined == 3, "what is refused again is not kept twice"
    mended = settings(articles={"fields": {"body": "corps"}})
    assert chain.retry(store, mended, "missing column").new_articles == 1
    mended = settings(articles={"default_date": "2020-06-19"})
    assert chain.retry(store, mended).new_articles == 1
    assert [one.reason for one in aside(store)] == ["unreadable date"]


def test_a_refused_url_is_wanted_again(tmp_path: Path, estimator):
    with Site(a=in_turn(reply(b"", 404), reply(page("one")))) as site:
        urls = [source(kind="pages", urls=[f"{site.url}/a"])]
        with pytest.raises(Exception, match="nothing to index"):
            chain.run(urls, Store(tmp_path), settings(), estimator)
        chain.retry(Store(tmp_path), settings())
        assert aside(Store(tmp_path)) == []
        assert chain.run(urls, Store(tmp_path), settings(), estimator).new_articles == 1


def test_what_lies_fetched_from_a_run_that_died_is_not_fetched_again(tmp_path: Path, estimator, monkeypatch):
    with Site(a=page("one")) as site:
        urls = [source(kind="pages", urls=[f"{site.url}/a"])]

        def dies(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("pipeline.chain.ingesting._write_articles", dies)
            with pytest.raises(KeyboardInterrupt):
                chain.run(urls, Store(tmp_path), settings(), estimator)
        assert chain.run(urls, Store(tmp_path), settings(), estimator).new_articles == 1
        assert site.asked["/a"] == 1


def view(tmp_path: Path, estimator, *items: dict, as_of: date | None = None) -> chain.Summary:
    return chain.run(
        [rows(*items, path=tmp_path / "v.jsonl")], Store(tmp_path / "v"), settings(), estimator, as_of=as_of
    )


def test_a_page_captured_twice_stood_as_it_was_captured(tmp_path: Path, estimator):
    item = {"url": "https://a.example/1", "date": "2020-06-17"}
    early = item | {"text": SHELLED, "fetched_at": "2020-06-18"}
    late = item | {"text": "South Korea thanked North Korea for the calm.", "fetched_at": "2023-06-18"}
    summary = view(tmp_path, estimator, early, late)
    assert (summary.articles, summary.superseded) == (1, 1)
    assert set(read_events(tmp_path / "v")["event_type"]) == {"SUPPORT"}
    view(tmp_path, estimator, as_of=date(2020, 7, 1))
    assert set(read_events(tmp_path / "v")["event_type"]) == {"ASSAULT"}


def test_articles_that_name_only_their_site_or_another_day_are_articles_of_their_own(tmp_path: Path, estimator):
    home = [{"url": "https://a.example/", "date": f"2020-06-{n}", "text": f"{SHELLED} Day {n}."} for n in (17, 18, 19)]
    live = [
        {"url": "https://a.example/live", "date": f"2020-06-{n}", "text": f"{FULL} {n} {FULL[::-1]}"} for n in (17, 27)
    ]
    assert view(tmp_path, estimator, *home, *live).articles == 5


def test_what_was_printed_tomorrow_is_refused(tmp_path: Path, estimator):
    items = [{"text": SHELLED, "date": "2020-06-17"}, {"text": FULL, "date": "2999-01-01"}]
    revised = {
        "text": "South Korea thanked North Korea.",
        "date": "2020-06-18",
        "url": "https://a.example/2",
        "updated": "2999-01-01",
    }
    summary = view(tmp_path, estimator, *items, revised)
    assert summary.rejected == {"date in the future": 1}
    assert summary.as_of.startswith("2020-06-18")
    store = Store(tmp_path / "v")
    assert [one.form for one in aside(store)] == ["record"]
    assert chain.retry(store, settings(), now=lambda: datetime(2999, 1, 2, tzinfo=UTC)).new_articles == 1
    (article,) = store.read_day("articles", date(2999, 1, 1)).to_pylist()
    assert article["body"] == FULL


def test_an_event_coded_elsewhere_and_the_article_of_its_page_are_one_story(tmp_path: Path, estimator):
    (tmp_path / "e.csv").write_text(
        "source,target,cameo,event_date,url,published_at\n"
        "PRK,KOR,190,2020-06-16,http://www.a.example/1?utm_source=x,2020-06-17\n"
    )
    article = rows({"text": SHELLED, "date": "2020-06-17", "url": "https://a.example/1"}, path=tmp_path / "a.jsonl")
    both = [source(kind="coded", path=str(tmp_path / "e.csv")), article]
    chain.run(both, Store(tmp_path / "o"), settings(), estimator)
    (event,) = read_events(tmp_path / "o").to_dict("records")
    assert (event["n_mentions"], event["n_articles"]) == (2, 1)
    assert event["confidence"] == pytest.approx(read_mentions(tmp_path / "o")["probability"].max(), abs=1e-4)


def test_a_retry_that_dies_loses_nothing(tmp_path: Path, estimator, monkeypatch):
    store = Store(tmp_path / "o")
    items = [{"text": f"{SHELLED} {n}"} for n in range(5)]
    with pytest.raises(SourceError):
        chain.run([rows(*items, path=tmp_path / "a.jsonl")], store, settings(), estimator)
    mended = settings(articles={"default_date": "2020-06-17"})

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.chain.ingesting._write_articles", dies)
        with pytest.raises(KeyboardInterrupt):
            chain.retry(store, mended)
    assert len(aside(store)) == 5
    assert chain.retry(store, mended).new_articles == 5
    assert aside(store) == []
