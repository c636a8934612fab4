"""The whole line: the demo articles, batches against nights, and the original cases in our own words."""

import json
from datetime import date
from pathlib import Path

import grimp
import pandas as pd
import pytest

from pipeline import chain, explain, read_events, read_index, read_mentions
from pipeline.chain import coding
from pipeline.corrections import Corrections
from pipeline.errors import SourceError, StoreError
from pipeline.paths import seeds_dir
from pipeline.settings import Settings
from pipeline.store import Store


@pytest.fixture(scope="module")
def demo(tmp_path_factory, estimator) -> Path:
    outputs = tmp_path_factory.mktemp("demo")
    chain.run([seeds_dir() / "articles"], Store(outputs), Settings(), estimator)
    return outputs


def tables(outputs: Path) -> dict[str, bytes]:
    return {str(p.relative_to(outputs)): p.read_bytes() for p in sorted(outputs.rglob("*.parquet"))}


def year_mean(index: pd.DataFrame, year: int) -> float:
    return index[index["date"].dt.year == year]["tension"].mean()


def test_the_record_shows(demo: Path):
    index = read_index(demo, "KOR-PRK")
    calm, tense = {2018, 2025}, {2010, 2015, 2020, 2024}
    for year in calm:
        assert year_mean(index, year) < 50, year
    for year in tense:
        assert year_mean(index, year) > 52, year
    lowest = index.loc[index["tension"].idxmin(), "date"]
    assert lowest.year in (2013, 2018, 2025)


def test_the_index_has_the_promised_columns(demo: Path):
    frame = pd.read_parquet(demo / "tension_index.parquet")
    wanted = "date dyad tension low high conflict cooperation n_events n_articles percentile highest_since as_of"
    assert set(wanted.split()) <= set(frame.columns)
    assert not frame[["date", "dyad"]].duplicated().any()
    assert all(dyad == "-".join(sorted(dyad.split("-"))) for dyad in frame["dyad"].unique())
    events = pd.read_parquet(demo / "events")
    wanted = "event_id source target event_type mode score status event_date date_precision n_mentions n_outlets"
    assert set(wanted.split()) | {"first_seen_at", "confidence"} <= set(events.columns)


def test_the_liaison_office_is_one_event_of_several_outlets(demo: Path):
    events = read_events(demo)
    found = events[
        (events["source"] == "PRK")
        & (events["target"] == "KOR")
        & (events["event_type"] == "ASSAULT")
        & (events["event_date"] == date(2020, 6, 16))
    ]
    assert len(found) == 1
    assert found.iloc[0]["n_outlets"] >= 2
    assert found.iloc[0]["score"] < -8


def test_explain_goes_back_to_sentences_and_urls(demo: Path):
    found = explain("PRK-KOR", "2020-06-16", demo)
    assert found.dyad == "KOR-PRK"
    assert any("liaison office" in m["sentence"] for event in found.events for m in event["mentions"])
    assert all(m["url"].startswith("https://") for event in found.events for m in event["mentions"])
    json.dumps(found.as_dict())


def test_explain_of_a_day_outside_names_the_span(demo: Path):
    with pytest.raises(StoreError, match=r"runs from 2010-.* to 2025-"):
        explain("KOR-PRK", "1999-01-01", demo)
    with pytest.raises(StoreError, match="no dyad 'KOR-XYZ'"):
        read_index(demo, "KOR-XYZ")


def test_every_scored_value_leads_to_mentions(demo: Path):
    mentions = set(read_mentions(demo)["mention_id"])
    events = read_events(demo)
    assert all(set(ids) <= mentions for ids in events["mention_ids"])


def test_a_rerun_changes_no_table(demo: Path, estimator):
    before = tables(demo)
    chain.run([seeds_dir() / "articles"], Store(demo), Settings(), estimator)
    assert tables(demo) == before


def test_night_by_night_gives_the_tables_of_one_batch(demo: Path, estimator, tmp_path: Path):
    manifest = pd.read_csv(seeds_dir() / "articles" / "manifest.csv")
    chosen = manifest[manifest["published_at"].str[:4] == "2020"].sort_values("published_at")
    rows = [
        {
            "text": (seeds_dir() / "articles" / row.file).read_text(),
            "date": row.published_at,
            "url": row.url,
            "title": row.title,
            "outlet": row.outlet,
        }
        for row in chosen.itertuples()
    ]
    source = tmp_path / "source" / "articles.jsonl"
    source.parent.mkdir()
    nights, batch = tmp_path / "nights", tmp_path / "batch"
    for n in range(1, len(rows) + 1):
        source.write_text("".join(json.dumps(row) + "\n" for row in rows[:n]))
        chain.run([source], Store(nights), Settings(), estimator)
    chain.run([source], Store(batch), Settings(), estimator)
    lived, at_once = tables(nights), tables(batch)
    own = {name for name in (*lived, *at_once) if "vintages" in name}  # each tells its own nights
    assert {name: lived[name] for name in lived.keys() - own} == {name: at_once[name] for name in at_once.keys() - own}
    assert len(tables(batch)) > 5


def test_as_of_gives_the_index_as_it_stood(demo: Path, estimator, tmp_path: Path):
    chain.run([seeds_dir() / "articles"], Store(tmp_path), Settings(), estimator, as_of=date(2016, 12, 31))
    earlier, whole = read_index(tmp_path, "KOR-PRK"), read_index(demo, "KOR-PRK")
    assert earlier["date"].max() <= pd.Timestamp("2016-12-31")
    whole = whole[whole["date"] <= earlier["date"].max()]
    assert earlier["tension"].notna().sum() > 20
    assert len(whole) == len(earlier)


def test_nothing_accepted_is_an_error_that_counts(jsonl, estimator, tmp_path: Path):
    with pytest.raises(SourceError, match="no date"):
        chain.run([jsonl({"text": "Seoul protested."})], Store(tmp_path / "out"), Settings(), estimator)


def test_what_is_set_aside_is_kept_with_its_reason(jsonl, estimator, tmp_path: Path):
    path = jsonl({"text": "Seoul protested.", "date": "2020-06-16"}, {"text": "Seoul protested."})
    summary = chain.run([path], Store(tmp_path / "out"), Settings(), estimator)
    assert summary.rejected == {"no date": 1}
    kept = pd.read_parquet(tmp_path / "out" / "quarantine")
    assert kept["reason"].tolist() == ["no date"]
    assert b"Seoul protested." in kept["content"].iloc[0]


def test_an_earlier_printing_moves_the_article_and_its_mentions(jsonl, estimator, tmp_path: Path):
    row = {"text": "North Korea shelled a South Korean island.", "url": "https://a.example/1"}
    store = Store(tmp_path / "out")
    for day in ("2010-11-24", "2010-11-23"):
        chain.run([jsonl(row | {"date": day})], store, Settings(), estimator)
    assert store.days("articles") == store.days("mentions") == [date(2010, 11, 23)]
    assert read_events(tmp_path / "out")["n_mentions"].tolist() == [1]


def test_articles_without_events_give_an_empty_index_and_a_page(jsonl, estimator, tmp_path: Path):
    summary = chain.run(
        [jsonl({"text": "It rained in the hills.", "date": "2020-06-16"})],
        Store(tmp_path / "out"),
        Settings(),
        estimator,
    )
    assert (summary.articles, summary.dyads) == (1, 0)
    assert pd.read_parquet(tmp_path / "out" / "tension_index.parquet").empty
    assert (tmp_path / "out" / "report.html").exists()


def test_new_code_recodes_the_stored_articles(jsonl, estimator, tmp_path: Path, monkeypatch):
    path = jsonl({"text": "North Korea shelled a South Korean island.", "date": "2020-06-16"})
    store = Store(tmp_path / "out")
    chain.run([path], store, Settings(), estimator)
    monkeypatch.setattr(coding, "code_digest", lambda: "other code")
    assert chain.stale_days(store, chain.coder_key(estimator, Settings(), Corrections())) == [date(2020, 6, 16)]


def test_all_code_that_mentions_depend_on_is_hashed():
    package = Path(coding.__file__).parent.parent
    hashed = {path.relative_to(package).with_suffix("").as_posix() for path in coding.code_files()}
    used = grimp.build_graph("pipeline").find_upstream_modules("pipeline.chain.coding")
    files = {name.removeprefix("pipeline.").replace(".", "/") for name in used} - {"actors", "dates", "store"}
    # settings are hashed by their values; the others hold and name things, and decide nothing of a mention
    known = {"settings", "errors", "paths", "tables", "versions", "chain/stored"}
    assert {name for name in files - hashed if not name.startswith("store/")} == known


def test_new_settings_recode_the_stored_articles(jsonl, estimator, tmp_path: Path):
    body = "North Korea shelled a South Korean island. South Korea may have thanked North Korea."
    path = jsonl({"text": body, "date": "2020-06-16"})
    store = Store(tmp_path / "out")
    chain.run([path], store, Settings(), estimator)
    few = Settings.model_validate({"coder": {"min_probability": 0.999}})
    assert chain.stale_days(store, chain.coder_key(estimator, few, Corrections())) == [date(2020, 6, 16)]
    assert chain.stale_days(store, chain.coder_key(estimator, Settings(), Corrections())) == []
