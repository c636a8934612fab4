import re
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings, load_settings
from pipeline.settings_file import commented_settings


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "escalation.toml"
    path.write_text(text)
    return path


def test_defaults_without_a_file():
    assert load_settings() == Settings()


def test_values_are_read(tmp_path: Path):
    assert load_settings(written(tmp_path, "[index]\nhalf_life_days = 14")).index.half_life_days == 14


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[index]\nhalflife = 3", "unknown setting 'index.halflife'; known there: .*half_life_days"),
        ("[index]\nhalf_life_days = -1", "index.half_life_days"),
        ("[nothing]", "unknown setting 'nothing'; known there: sources, articles"),
        ("[index", "not valid TOML"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, text: str, message: str):
    with pytest.raises(SettingsError, match=message):
        load_settings(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(SettingsError, match="no-such"):
        load_settings(tmp_path / "no-such.toml")


def test_the_commented_settings_are_the_defaults_and_all_of_them(tmp_path: Path):
    path = tmp_path / "escalation.toml"
    path.write_text(commented_settings())
    assert load_settings(path) == Settings()
    bare = re.sub(
        r"^# (?=(?!path =|take =)[a-z_]+ = )", "", commented_settings().partition("# How files")[2], flags=re.M
    )
    path.write_text(bare.partition("\n")[2])
    spoken = load_settings(path)
    assert spoken == Settings.model_validate({"articles": {"default_date": date(2020, 6, 16)}})
    examples = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", commented_settings().partition("# How files")[0], flags=re.M)
    path.write_text(examples)
    assert [source.kind for source in load_settings(path).sources] == [
        "files", "feed", "sitemap", "pages", "warc", "gdelt", "coded",
    ]  # fmt: skip
