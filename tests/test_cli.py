"""The command as a person calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import SeedError
from pipeline.training import accept

COMMAND = Path(sys.executable).with_name("escalation")


def escalation(*arguments: object, code: int = 0) -> str:
    done = subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    rows = [
        {"text": "North Korea blew up the liaison office it shared with South Korea on Tuesday.", "date": "2020-06-17"},
        {
            "text": "South Korea returned six North Korean fishermen on Wednesday.",
            "date": "2025-07-09",
            "link": "https://a.example/2",
        },
        {"text": "Nobody dates me."},
    ]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    summary = json.loads(escalation("run", folder / "a.jsonl", "--plain", "--json", "--outputs", folder / "out"))
    assert (summary["articles"], summary["rejected"]) == (2, {"no date": 1})
    return folder / "out"


def test_explain_tells_the_sentence(outputs: Path):
    assert "liaison office" in escalation("explain", "KOR-PRK", "2020-06-16", "--outputs", outputs)
    found = json.loads(escalation("explain", "PRK>KOR", "2020-06-16", "--outputs", outputs, "--json"))
    assert found["events"][0]["event_type"] == "ASSAULT"


def test_index_show(outputs: Path):
    rows = json.loads(escalation("index", "show", "prk-kor", "--outputs", outputs, "--json"))
    assert [row["dyad"] for row in rows] == ["KOR-PRK"] * len(rows)
    assert "2020-06-16" in {row["date"] for row in rows}
    assert "KOR-PRK" in escalation("index", "show", "--outputs", outputs)


def test_report_names_what_it_wrote(outputs: Path):
    assert "report.html" in escalation("report", "--outputs", outputs, "--dyad", "PRK-KOR")


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_code_writes_mentions_only(outputs: Path, tmp_path: Path, suffix: str):
    output = tmp_path / f"mentions.{suffix}"
    escalation("code", outputs.parent / "a.jsonl", "--output", output)
    frame = pd.read_parquet(output) if suffix == "parquet" else pd.read_json(output, lines=True)
    wanted = "article_id sentence_no sentence source target event_type mode status score probability event_date"
    assert set(wanted.split()) | {"date_precision", "date_rule"} <= set(frame.columns)
    assert len(frame) >= 2
    assert "2020-06-16" in {str(day)[:10] for day in frame["event_date"]}
    assert suffix == "parquet" or '"event_date": "2020-06-16"' in output.read_text()


def test_evaluate_prints_one_object(tmp_path: Path):
    path = tmp_path / "gold.tsv"
    path.write_text(
        "marked_sentence\tgold_root\tgold_penta\n"
        "<s>Seoul</s> condemned <t>Tokyo</t>.\tACCUSE\t3\n"
        "<s>Oslo</s> withdrew its troops from <t>Mali</t>.\tYIELD\t2\n"
        "<s>Seoul</s> shelled <t>Tokyo</t>.\tAID\t2\n"
    )
    result = json.loads(escalation("evaluate", path, "--json"))
    assert result["n"] == 3
    assert {"root_macro_f1", "root_micro_f1", "quad_macro_f1", "binary_macro_f1"} == set(result["free"])
    assert result["free"]["root_micro_f1"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "no-such-file"], "there is no no-such-file"),
        (["run", "--as-of", "soon"], "'soon' is not a date"),
        (["explain", "KOR-PRK", "2020-06-16", "--outputs", "no-such-folder"], "escalation run"),
        (["evaluate", "no-such-file.tsv"], "there is no file"),
        (["code", "--output", "mentions.txt"], ".parquet or .jsonl"),
        (["run", "--settings", "no-such.toml"], "cannot read the settings file"),
    ],
)
def test_mistakes_end_in_one_clear_line(arguments: list[str], message: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = escalation(*arguments, "--plain", code=1) if arguments[0] == "run" else escalation(*arguments, code=1)
    assert message in said


def test_review_and_correct(tmp_path: Path, jsonl):
    path = jsonl({"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2020-06-17"})
    out = tmp_path / "out"
    escalation("run", path, "--outputs", out, "--plain")
    (row,) = json.loads(escalation("review", "--outputs", out, "--json"))["most influential"]
    said = escalation("correct", row["mention_id"], "changed", "--outputs", out, code=1)
    assert "give what is so" in said
    said = escalation("correct", row["mention_id"], "changed", "--type", "HUG", "--outputs", out, code=1)
    assert "no type and mode HUG/" in said
    escalation("correct", row["mention_id"], "none", "--reviewer", "kim", "--outputs", out)
    escalation("run", path, "--outputs", out, "--plain")
    assert json.loads(escalation("review", "--outputs", out, "--json"))["most influential"] == []


def test_the_lexicon_alone_can_code(tmp_path: Path, jsonl):
    path = jsonl({"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2020-06-17"})
    output = tmp_path / "mentions.jsonl"
    escalation("code", path, "--coder", "lexicon", "--output", output)
    (row,) = [json.loads(line) for line in output.read_text().splitlines()]
    assert (row["event_type"], row["evidence"]) == ("ASSAULT", "shell")


def test_a_worse_estimator_is_refused(monkeypatch):
    kept: list[object] = []
    monkeypatch.setattr(accept, "retrain", lambda: ({"direction": 0.5}, {"direction": 0.9}, ["direction falls"]))
    monkeypatch.setattr(accept, "accept", lambda figures: kept.append(figures) or [])
    refused = CliRunner().invoke(app, ["train"])
    assert isinstance(refused.exception, SeedError)
    assert "direction falls" in str(refused.exception)
    assert kept == []
    assert CliRunner().invoke(app, ["train", "--anyway"]).exit_code == 0
    assert kept == [{"direction": 0.5}]


def test_dates_and_actors_show_what_the_rooms_see():
    text = "Two days after the May 3 raid Iran warned Israel; both sides mobilised."
    dates = json.loads(escalation("dates", text, "--published", "2021-06-16", "--json"))
    assert [(one["words"], one["first"], one["rule"]) for one in dates] == [
        ("Two days after", "2021-05-05", "earlier"),
        ("May 3", "2021-05-03", "day-month"),
    ]
    actors = json.loads(escalation("actors", text, "--published", "2021-06-16", "--json"))
    assert [(one["words"], one["code"]) for one in actors] == [
        ("Iran", "IRN"),
        ("Israel", "ISR"),
        ("both sides", "IRN"),
        ("both sides", "ISR"),
    ]
    assert "May 3" in escalation("dates", text, "--published", "2021-06-16")
    assert "no actor" in escalation("actors", "It rained.", "--published", "2021-06-16")
    assert "YYYY-MM-DD" in escalation("dates", text, "--published", "June", code=1)


def test_init_writes_settings_that_run_finds(tmp_path: Path):
    def here(*arguments: str, code: int = 0) -> str:
        done = subprocess.run([COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    here("init")
    assert "--force replaces it" in here("init", code=1)
    (tmp_path / "a.csv").write_text("corps,jour\nNorth Korea shelled a South Korean island.,2010-11-23\n")
    settings = tmp_path / "escalation.toml"
    own = '[[sources]]\nkind = "files"\npath = "a.csv"\n'
    written = settings.read_text().replace("# fields = {}", 'fields = {body = "corps", published_at = "jour"}')
    settings.write_text(own + written)
    assert json.loads(here("run", "--plain", "--json"))["mentions"] == 1


def test_quarantine_lists_shows_and_tries_again(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"text": "North Korea shelled a South Korean island."}\n')
    escalation("run", tmp_path / "a.jsonl", "--plain", "--outputs", tmp_path / "out", code=1)
    folder = ("--outputs", tmp_path / "out")
    assert "no date" in escalation("quarantine", *folder)
    found = json.loads(escalation("quarantine", *folder, "--json"))
    assert found["count"] == 1
    content = escalation("quarantine", "show", found["records"][0]["rejection_id"], *folder)
    assert json.loads(content) == {"text": "North Korea shelled a South Korean island."}
    assert "lists ids" in escalation("quarantine", "show", "nonsense", *folder, code=1)
    (tmp_path / "mended.toml").write_text("[articles]\ndefault_date = 2010-11-23\n")
    assert "1 new articles" in escalation("quarantine", "retry", *folder, "--settings", tmp_path / "mended.toml")
    assert json.loads(escalation("quarantine", *folder, "--json"))["count"] == 0
