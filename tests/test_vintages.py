"""The index as it stood: sixty nights, one by one, against the same nights computed from scratch."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline import chain, read_index
from pipeline.chain.recomputed import as_frame, changed
from pipeline.chain.vintages import revisions, vintage
from pipeline.errors import SettingsError, StoreError
from pipeline.paths import seeds_dir
from pipeline.settings import Settings
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store

NIGHTS = 60


def nights() -> dict[date, list[dict]]:
    """Return the demo articles of the first sixty days on which any was printed."""
    folder = seeds_dir() / "articles"
    found: dict[date, list[dict]] = {}
    for row in pd.read_csv(folder / "manifest.csv").sort_values("published_at").itertuples():
        day = date.fromisoformat(row.published_at[:10])
        fields = {"date": row.published_at, "url": row.url, "title": row.title, "outlet": row.outlet}
        found.setdefault(day, []).append(fields | {"text": (folder / row.file).read_text()})
    return dict(list(found.items())[:NIGHTS])


def night(store: Store, source: Path, estimator, settings: Settings, as_of: date | None = None) -> None:
    """Run a night without its report."""
    with store.writing():
        summary = chain.gather([source], store, settings)
        chain.mark_copies(store, settings.copies)
        chain.code_store(store, settings, estimator, lambda *_: None)
        chain.publish(store, settings, as_of, summary)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory, estimator) -> tuple[Store, Store, list[date]]:
    """A store that lived through the nights one by one, and one that was given all articles at once."""
    folder = tmp_path_factory.mktemp("vintages")
    few = Settings.model_validate({"index": {"replicates": 20}})
    source, lived, scratch = folder / "night.jsonl", Store(folder / "lived"), Store(folder / "scratch")
    articles = nights()
    for rows in articles.values():
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        night(lived, source, estimator, few)
    source.write_text("".join(json.dumps(row) + "\n" for rows in articles.values() for row in rows))
    night(scratch, source, estimator, few)
    return lived, scratch, list(articles)


def test_every_vintage_of_sixty_nights_is_what_that_night_computes_from_scratch(replayed):
    lived, scratch, days = replayed
    few = Settings.model_validate({"index": {"replicates": 20}})
    assert len(days) == len(lived.days("vintages")) == NIGHTS
    for day in days:
        found = chain.compute(scratch, few, day)
        for file, table in ((INDEX_FILE, found.undirected), (DIRECTED_FILE, found.directed)):
            stood, method = vintage(lived, file, day)
            assert stood.equals(table), (day, file)
            assert method == json.loads(found.note(few))


def test_vintages_hold_changes_only(replayed):
    lived, _, days = replayed
    whole = sum(chain.compute(lived, Settings(), day).undirected.num_rows for day in days[-3:])
    kept = sum(lived.read_day("vintages", day).num_rows for day in days[-3:])
    assert kept < whole / 2


def test_a_night_done_again_changes_nothing(replayed, estimator, tmp_path: Path):
    lived, _, days = replayed
    before = {path.name: path.read_bytes() for path in sorted((lived.root / "vintages").iterdir())}
    few = Settings.model_validate({"index": {"replicates": 20}})
    (tmp_path / "none.jsonl").write_text("\n")
    night(lived, tmp_path / "none.jsonl", estimator, few)
    night(lived, tmp_path / "none.jsonl", estimator, few, as_of=days[20])  # published, not recorded
    night(lived, tmp_path / "none.jsonl", estimator, few)
    assert {path.name: path.read_bytes() for path in sorted((lived.root / "vintages").iterdir())} == before


def test_reading_as_of_a_day(replayed):
    lived, _, days = replayed
    frame = read_index(lived.root, "KOR-PRK", as_of=days[30])
    assert frame["date"].max() <= pd.Timestamp(days[30])
    assert frame.attrs["method"]["as_of"][:10] == days[30].isoformat()
    assert read_index(lived.root, "PRK>KOR", as_of=days[30].isoformat())["source"].unique().tolist() == ["PRK"]
    pd.testing.assert_frame_equal(read_index(lived.root, as_of="2100-01-01"), read_index(lived.root))
    with pytest.raises(StoreError, match=f"the first is of {days[0]}"):
        read_index(lived.root, as_of="1999-01-01")


def test_revisions_tell_how_past_days_moved(replayed):
    lived, _, days = replayed
    found = revisions(lived, "KOR-PRK")
    assert found["vintage"].isin(pd.to_datetime(days)).all()
    moved = found[found["change"].notna()]
    assert len(moved) > 0
    last = found.groupby("date").tail(1).set_index("date")["tension"].dropna()
    latest = read_index(lived.root, "KOR-PRK")
    latest = latest.set_index(latest["date"].dt.date)["tension"].dropna()
    assert last.to_dict() == latest.to_dict()


def test_another_method_is_computed_from_what_is_stored(replayed):
    lived, _, _ = replayed
    slow = changed(Settings(), {"half_life_days": 90.0, "scale": "goldstein", "replicates": 20})
    found = chain.compute(lived, slow)
    frame = as_frame(found, ["prk-kor", "PRK>KOR"])
    assert set(frame["dyad"]) == {"KOR-PRK", "PRK>KOR"}
    assert not frame["tension"].equals(read_index(lived.root, "KOR-PRK")["tension"])
    with pytest.raises(StoreError, match="no dyad KOR-XYZ"):
        as_frame(found, ["KOR-XYZ"])
    with pytest.raises(SettingsError, match="half_life_days = -1"):
        changed(Settings(), {"half_life_days": -1})
