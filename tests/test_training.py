"""Measuring, gating and checking of what is trained; the accepted figures match the seeds."""

import json
import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.coder.estimator import joint_probabilities, likeliest
from pipeline.errors import SeedError
from pipeline.lexicon import Lexicon, Phrase, load_lexicon
from pipeline.paths import models_dir, seeds_dir
from pipeline.settings import Settings
from pipeline.training import apart, halves
from pipeline.training.beside import fitted_beside
from pipeline.training.build import accepted_figures, code_fingerprint, fit_rules, seeds_fingerprint
from pipeline.training.card import card
from pipeline.training.check import faults
from pipeline.training.directed import evaluate_events, evaluate_spans
from pipeline.training.evaluate import evaluate_file
from pipeline.training.fit import Training
from pipeline.training.labelled import Labelled, parse_marked, read_labelled, tagged
from pipeline.training.measure import measure, worse

ROWS = read_labelled(seeds_dir() / "sentences")


def row(
    text: str, event_type: str = "ACCUSE", mode: str = "disapprove", batch: str = "b", topic: str = "t"
) -> Labelled:
    status = "" if event_type == "NONE" else "happened"
    return Labelled(parse_marked(text), event_type, mode, status, False, topic, batch)


def test_there_are_enough_labelled_sentences():
    assert len({one.marked.text for one in ROWS}) >= 6000
    assert sum(one.event_type == "NONE" for one in ROWS) >= 1500
    assert 0.15 < np.mean([one.held_out for one in ROWS]) < 0.25


def test_the_labelled_sentences_have_no_faults():
    assert faults(ROWS) == []


def test_copies_and_name_swaps_are_refused():
    one = row("<s>Oslo</s> condemned <t>Riga</t> over the sinking of two herring boats in May.")
    swap = row("<s>Lima</s> condemned <t>Quito</t> over the sinking of two herring boats in June.")
    found = [fault for fault in faults([one, swap]) if "too like" in fault]
    assert len(found) == 1
    assert "herring" in found[0]


def test_another_pair_of_one_sentence_is_no_copy():
    one = row("<s>Oslo</s> and Lima condemned <t>Riga</t> over the sinking of two herring boats.")
    other = row("Oslo and <s>Lima</s> condemned <t>Riga</t> over the sinking of two herring boats.")
    assert not [fault for fault in faults([one, other]) if "too like" in fault]


def test_lopsided_batches_are_refused():
    rows = [row(f"<s>Oslo</s> word{n} thing{n} other{n} more{n} <t>Riga</t>") for n in range(120)]
    assert any("120 of 120 rows are ACCUSE" in fault for fault in faults(rows))


def test_marks_are_read_and_written():
    text = "<t>Riga</t> was told by <s>Oslo</s> to wait."
    assert tagged(parse_marked(text)) == text


def test_the_accepted_figures_are_those_of_these_seeds():
    accepted = accepted_figures()
    assert (accepted["seeds"], accepted["code"]) == (seeds_fingerprint(), code_fingerprint()), "run `escalation train`"
    assert (models_dir() / "README.md").read_text(encoding="utf-8") == card(accepted)
    assert accepted["calibration_error"] <= 0.05


def test_worse_figures_are_named():
    old = {"type_macro_f1": 0.8, "calibration_error": 0.02, "direction": 0.9}
    assert worse(old, old) == []
    assert worse(old | {"type_macro_f1": 0.7}, old) == ["type_macro_f1 falls from 0.800 to 0.700"]
    assert worse(old | {"calibration_error": 0.2}, old) == ["calibration_error rises from 0.020 to 0.200"]


@pytest.fixture(scope="module")
def small() -> Training:
    """Enough rows of every type and fold to fit all heads in seconds."""
    phrases = [Phrase("condemn", "verb", "ACCUSE", "disapprove", "subject")]
    return Training.of(ROWS[::6], Lexicon(phrases, {}))


def test_measuring_holds_out_whole_stories(small: Training):
    kept = {small.labelled[n].group for n in small.kept}
    held = {small.labelled[n].group for n in small.held_out}
    assert not kept & held
    figures = measure(small)
    assert figures.held_out == len(small.held_out)
    assert 0.3 < figures.type_accuracy < 0.95
    assert figures.direction > 0.7
    assert sum(count for *_, count in figures.reliability) == 2 * figures.held_out
    assert [size for size, _ in figures.learning_curve] == sorted(size for size, _ in figures.learning_curve)
    assert all(one.sentences for one in figures.confusions)
    json.dumps(figures.as_dict())


def test_measuring_can_be_kept_to_some_batches(small: Training):
    batch = small.labelled[small.held_out[0]].batch
    figures = measure(small, {batch})
    assert set(figures.batches) == {batch}
    assert 0 < figures.held_out < len(small.held_out)


def test_an_act_and_its_answer_are_no_negatives_of_each_other():
    act = row("<s>Oslo</s> fined <t>Riga</t>, which protested.", "SANCTION", "")
    answer = row("<t>Oslo</t> fined <s>Riga</s>, which protested.", "ACCUSE", "disapprove")
    lone = row("<s>Lima</s> fined <t>Quito</t> for a herring.", "SANCTION", "")
    training = Training.of([act, answer, lone], Lexicon((), {}))
    assert training.turned_types[:3].tolist() == ["ACCUSE", "SANCTION", "NONE"]
    assert (training.turned_at[:3] >= 0).all()


@pytest.mark.parametrize("python", [sys.executable, "false"])
def test_processes_learn_what_one_learns(python: str, monkeypatch: pytest.MonkeyPatch):
    rows, lexicon = ROWS[: apart.MANY : 250], load_lexicon()
    one, ones = halves.learnt_views(rows, (), lexicon)
    monkeypatch.setattr(apart, "MANY", len(rows))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(sys, "executable", shutil.which(python))
    two, twos = halves.learnt_views(rows, (), lexicon)
    assert [own.names for own in one.vocabularies.values()] == [own.names for own in two.vocabularies.values()]
    assert ones.shape == twos.shape
    assert ones.nnz > 1000
    assert (ones != twos).nnz == 0


@pytest.mark.parametrize("python", [sys.executable, "false"])
def test_a_process_beside_fits_what_one_fits(python: str, small: Training, monkeypatch: pytest.MonkeyPatch):
    rows = np.arange(small.size)
    lessons = [small.directions(rows), small.statuses(rows)]
    monkeypatch.setattr(apart, "MANY", small.matrix.shape[0])
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(sys, "executable", shutil.which(python))
    with fitted_beside(small.matrix, lessons) as others:
        found = others()
    for head, lesson in zip(found, lessons, strict=True):
        here = lesson.head(small.matrix)
        assert head.labels == here.labels
        assert head.weights.any()
        np.testing.assert_array_equal(head.weights, here.weights)


def test_rows_without_event_are_learnt_from_once(small: Training):
    chosen, labels, _ = small.examples(np.arange(small.size))
    own = chosen < small.lexical_from
    events = sum(one.event_type != "NONE" for one in small.labelled)
    assert np.count_nonzero(labels[own] == "NONE") == small.size - events
    assert np.count_nonzero(labels[own] != "NONE") == 2 * events


def test_probabilities_of_a_pair_add_up():
    joint = joint_probabilities(
        np.array([[2.0, 0.5, -1.0]], np.float32), np.array([0.3], np.float32), ("ACCUSE", "AID", "NONE"), (0.5, 0.5)
    )
    assert joint.sum() == pytest.approx(1.0)
    turned = joint_probabilities(
        np.array([[2.0, 0.5, -1.0]], np.float32), np.array([-9.0], np.float32), ("ACCUSE", "AID", "NONE"), (0.5, 0.5)
    )
    assert turned[0, 2] > 0.99


def test_the_likelier_side_of_the_scale_goes_first():
    labels = ("AGREE", "AID", "ASSAULT", "NONE")
    probabilities = np.array([[0.2, 0.3, 0.4, 0.1], [0.1, 0.2, 0.5, 0.2], [0.1, 0.05, 0.15, 0.7]], np.float32)
    assert [labels[n] for n in likeliest(probabilities, labels)] == ["AID", "ASSAULT", "NONE"]


def test_rules_know_how_often_they_are_right(estimator):
    rules = fit_rules(ROWS[:300], estimator.lexicon)
    assert all(0 < share < 1 for share in rules.shares.values())


def gold(tmp_path: Path, text: str, name: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_benchmark_without_no_event(estimator, tmp_path: Path):
    head = "marked_sentence\tgold_root\tgold_penta\n"
    lines = "<s>Oslo</s> condemned <t>Riga</t>.\tACCUSE\t3\n<s>Oslo</s> freed two fishermen of <t>Riga</t>.\tYIELD\t2\n"
    found = evaluate_file(gold(tmp_path, head + lines, "gold.tsv"), estimator, least=0.35)
    assert found.n == 2
    assert found.chosen.root_micro_f1 >= found.free.root_micro_f1
    wrong = evaluate_file(gold(tmp_path, head + lines.replace("ACCUSE", "AID"), "wrong.tsv"), estimator, least=1.0)
    assert (found.unsure, wrong.unsure) == (0, 2)
    assert [(one.truth, one.found) for one in wrong.confusions] == [("AID", "ACCUSE")]


def test_spans_give_directions(estimator, tmp_path: Path):
    text = "Riga B-T\nwas O\ncondemned O\nby O\nOslo B-S\n. O\n\nOslo B-S\nshelled O\nRiga B-T\n. O\n"
    found = evaluate_spans(gold(tmp_path, text, "spans.txt"), estimator)
    assert (found.pairs, found.coded, found.right) == (2, 2, 1.0)


def event(source: str, target: str, *types: str, certain: bool = True) -> dict[str, object]:
    return {"source": source, "target": target, "types": list(types), "certain": certain}


def test_events_of_sentences(estimator, tmp_path: Path):
    rows = [
        {"text": "France condemned Syria.", "events": [event("FRA", "SYR", "ACCUSE")]},
        {"text": "China shelled Vietnam.", "events": [event("CHN", "VNM", "AID")]},
        {"text": "Peru lies north of Chile.", "events": []},
        {"text": "India thanked Nepal.", "events": [event("IND", "NPL", "SUPPORT", certain=False)]},
    ]
    text = "".join(json.dumps(one | {"published_at": "2020-01-02"}) + "\n" for one in rows)
    found = evaluate_events(gold(tmp_path, text, "events.jsonl"), estimator, Settings())
    assert (found.sentences, found.events) == (4, 2)
    assert (found.recall, found.pair_recall, found.silent_share) == (0.5, 1.0, 1.0)
    assert any(re.match(r"pair CHN>VNM ASSAULT", error) for error in found.errors)


def test_a_broken_line_of_events_is_named(estimator, tmp_path: Path):
    with pytest.raises(SeedError, match=r"events\.jsonl:1: KeyError"):
        evaluate_events(gold(tmp_path, '{"text": "x"}\n', "events.jsonl"), estimator, Settings())


def test_a_held_out_story_is_held_out_whole():
    one = ROWS[0]
    assert replace(one, event_type="NONE").held_out == one.held_out
