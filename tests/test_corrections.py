"""Verdicts outlast the coder: reruns, other coders, copies of the sentence."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import make_mention

from pipeline import chain
from pipeline.corrections import Correction, Corrections, judged
from pipeline.errors import CorrectionError, StoreError
from pipeline.reading import explain, find_mention, read_mentions, review
from pipeline.records import Sentence
from pipeline.scale import load_scale
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.training.accept import teach
from pipeline.training.labelled import parse_marked

TEXT = "North Korea shelled a South Korean island on Tuesday."
SENTENCE = Sentence("a1", 0, 0, len(TEXT), TEXT)
TODAY = date(2026, 1, 2)
MENTION = make_mention(sentence=TEXT, mode="heavy-weapons")


def verdict(kind: str = "right", **changes: str) -> Correction:
    return judged(MENTION, kind, changes, date(2026, 1, 2), "kim", "seen on film")


def applied(row: Correction, mentions):
    return Corrections([row]).apply(mentions, [SENTENCE], load_scale())


def test_a_right_claim_stands_even_if_the_coder_falls_silent():
    (again,) = applied(verdict(), [])
    assert (again.source, again.target, again.event_type, again.probability) == ("PRK", "KOR", "ASSAULT", 1.0)
    assert again.mention_id == MENTION.mention_id
    assert again.evidence == "right by kim on 2026-01-02: seen on film"


def test_a_changed_claim_replaces_the_coded_one():
    (now,) = applied(verdict("changed", event_type="MOBILIZE", mode="weapons", event_date="2020-06-15"), [MENTION])
    assert (now.event_type, now.score, now.event_date) == ("MOBILIZE", -6.5, date(2020, 6, 15))


def test_no_event_removes_whatever_a_later_coder_says_of_the_pair():
    later = replace(MENTION, event_type="MOBILIZE")
    assert applied(verdict("no event"), [MENTION]) == []
    assert applied(verdict("no event"), [later]) == []


def test_another_event_of_the_pair_is_left_alone():
    beside = replace(MENTION, event_type="THREATEN")
    assert applied(verdict("no event"), [MENTION, beside]) == [beside]


def test_other_sentences_are_left_alone():
    other = replace(MENTION, sentence_no=1, sentence="North Korea shelled an island.")
    assert applied(verdict("no event"), [other]) == [other]


def test_the_last_verdict_on_a_claim_counts(tmp_path: Path):
    chain.correct(Store(tmp_path), verdict("no event"))
    chain.correct(Store(tmp_path), verdict("right"))
    (row,) = chain.corrections_of(Store(tmp_path)).rows
    assert row.verdict == "right"


def test_a_verdict_on_a_corrected_claim_replaces_the_first():
    first = verdict("changed", event_type="MOBILIZE", mode="weapons")
    (now,) = applied(first, [MENTION])
    again = judged(now, "no event", {}, date(2026, 1, 3), "kim", "")
    both = Corrections([first]).added(again, load_scale())
    assert len(both.rows) == 1
    assert both.apply([MENTION], [SENTENCE], load_scale()) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("verdict", "perhaps", "verdict 'perhaps'"),
        ("event_type", "HUG", "no type and mode HUG"),
        ("event_date", "tomorrow", "'tomorrow' is not a date"),
        ("target", "PRK", "must be two countries"),
        ("status", "so", "status 'so'"),
    ],
)
def test_what_does_not_exist_is_refused(tmp_path: Path, field: str, value: str, said: str):
    with pytest.raises(CorrectionError, match=said):
        chain.correct(Store(tmp_path), replace(verdict(), **{field: value}))
    assert not (tmp_path / "corrections.csv").exists()


def test_a_foreign_file_is_refused(tmp_path: Path):
    (tmp_path / "corrections.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CorrectionError, match="the columns must be sentence"):
        chain.corrections_of(Store(tmp_path))


def test_the_whole_loop(estimator, tmp_path: Path, jsonl):
    source = jsonl({"date": "2020-06-17", "text": TEXT, "outlet": "Harbour Wire"})
    store = Store(tmp_path / "out")
    chain.run([source], store, Settings(), estimator)
    worst = review(store.root, "KOR-PRK")["most influential"][0]
    mention = find_mention(store.root, worst["mention_id"])
    assert (mention.event_type, worst["influence"] > 0) == ("ASSAULT", True)
    changes = {"event_type": "MOBILIZE", "mode": "weapons"}
    chain.correct(store, judged(mention, "changed", changes, date(2026, 1, 2), "kim", ""))
    for _ in range(2):  # and again
        chain.run([source], store, Settings(), estimator)
        found = explain("KOR-PRK", "2020-06-16", store.root)
        (event,) = [one for one in found.events if one["source"] == "PRK"]
        assert event["event_type"] == "MOBILIZE"
        assert event["mentions"][0]["evidence"].startswith("changed by kim")
    assert review(store.root, "KOR-PRK")["least certain"] == []
    copy = jsonl({"date": "2020-06-18", "text": f"A day later.\n\n{TEXT}", "outlet": "Meridian"}, name="copy.jsonl")
    chain.run([copy], store, Settings(), estimator)
    assert set(read_mentions(store.root)["event_type"]) == {"MOBILIZE"}


def test_a_removed_claim_is_told(estimator, tmp_path: Path, jsonl):
    source = jsonl({"date": "2020-06-17", "text": f"{TEXT} South Korea condemned North Korea on Tuesday."})
    store = Store(tmp_path / "out")
    chain.run([source], store, Settings(), estimator)
    (mention,) = [one for one in review(store.root)["most influential"] if one["event_type"] == "ASSAULT"]
    chain.correct(store, judged(find_mention(store.root, mention["mention_id"]), "no event", {}, TODAY, "kim", ""))
    chain.run([source], store, Settings(), estimator)
    found = explain("KOR-PRK", "2020-06-16", store.root)
    assert [event["event_type"] for event in found.events] == ["ACCUSE"]
    assert [(claim["coded_type"], claim["reviewer"]) for claim in found.removed] == [("ASSAULT", "kim")]


def test_an_unknown_mention_is_named(estimator, tmp_path: Path, jsonl):
    store = Store(tmp_path / "out")
    chain.run([jsonl({"date": "2020-06-17", "text": TEXT})], store, Settings(), estimator)
    with pytest.raises(StoreError, match="no mention 'nobody'"):
        find_mention(store.root, "nobody")


def test_corrections_become_labelled_sentences(tmp_path: Path, monkeypatch):
    (tmp_path / "sentences").mkdir()
    monkeypatch.setattr("pipeline.training.accept.seeds_dir", lambda: tmp_path)
    chain.correct(Store(tmp_path), verdict("changed", event_type="MOBILIZE", mode="weapons"))
    assert teach(tmp_path) == 1
    lines = (tmp_path / "sentences" / "corrections.tsv").read_text().splitlines()
    marked, event_type, mode, status, *_ = lines[1].split("\t")
    assert (event_type, mode, status) == ("MOBILIZE", "weapons", "happened")
    one = parse_marked(marked)
    assert (one.text[slice(*one.source)], one.text[slice(*one.target)]) == ("North Korea", "South Korean")
