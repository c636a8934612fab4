from pathlib import Path

import pytest

from pipeline.errors import SeedError
from pipeline.scale import load_scale

NAMING_CASES = [
    ("ASSAULT", "destroy", "demolition of a liaison office"),
    ("ASSAULT", "heavy-weapons", "torpedo attack"),
    ("CONCEDE", "", "halted broadcasts"),
    ("RETREAT", "release", "fishermen repatriated"),
]


@pytest.mark.parametrize("name", ["plover", "goldstein"])
@pytest.mark.parametrize(("event_type", "mode", "case"), NAMING_CASES)
def test_naming_cases_have_the_right_sign(name, event_type, mode, case):
    score = load_scale(name).score(event_type, mode)
    assert (score < -7) if event_type == "ASSAULT" else (score > 4), case


def test_sixteen_types_and_both_scales_in_range():
    scale = load_scale()
    assert len(scale.event_types) == 16
    assert all(-10 <= entry.goldstein <= 10 and -10 <= entry.plover <= 10 for entry in scale.entries.values())


def test_quad_class_and_sign_agree():
    scale = load_scale()
    for event_type in scale.event_types:
        if scale.quad_class(event_type) <= 2:
            assert scale.score(event_type) > 0
        else:
            assert scale.score(event_type) <= 0


def test_unknown_mode_scores_as_its_type():
    assert load_scale().score("ACCUSE", "no such mode") == -3.0


def test_a_bad_row_is_named(tmp_path: Path):
    path = tmp_path / "scale.csv"
    path.write_text("event_type,mode,quad_class,plover_score,cameo_code,goldstein_score,note\nAGREE,,1,12,03,4,\n")
    with pytest.raises(SeedError, match=r"scale\.csv:2"):
        load_scale("plover", path)
