"""What the documents show works, and what is generated is up to date."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline import chain
from pipeline.paths import seeds_dir
from pipeline.settings import Settings
from pipeline.store import Store

TOP = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).with_name("escalation")
DOCUMENTS = ("README.md", "docs/sources.md", "docs/method.md", "docs/operations.md", "docs/operations/watch.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown_commands() -> list[str]:
    texts = [(TOP / name).read_text() for name in DOCUMENTS]
    lines = [line for text in texts for block in BLOCK.findall(text) for line in block.splitlines()]
    return [line for line in lines if line.startswith("escalation ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, estimator) -> Path:
    """A reader's folder: the demo's outputs, articles, settings and a gold file of their own."""
    here = tmp_path_factory.mktemp("reader")
    chain.run([seeds_dir() / "articles"], Store(here / "outputs"), Settings(), estimator)
    rows = [
        {"corps": "North Korea shelled a South Korean island.", "text": "North Korea shelled a South Korean island."}
    ]
    (here / "my_articles.jsonl").write_text(
        "".join(json.dumps(row | {"date": "2010-11-23", "jour": "2010-11-23"}) + "\n" for row in rows)
    )
    (here / "gold.tsv").write_text(
        "marked_sentence\tgold_root\tgold_penta\n<s>Seoul</s> condemned <t>Tokyo</t>.\tACCUSE\t3\n"
    )
    toml = re.search(r"^```toml\n(.*?)^```", (TOP / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert toml
    (here / "escalation.toml").write_text(toml[1])
    return here


@pytest.mark.parametrize(
    "line", [line for line in shown_commands() if " serve " not in line and not line.endswith(" train")]
)
def test_commands_of_the_documents_run(line: str, folder: Path, tmp_path: Path):
    plain = ["--plain"] if line.startswith("escalation run") else []
    done = subprocess.run(
        [COMMAND, *shlex.split(line)[1:], *plain],
        cwd=tmp_path if line.startswith("escalation init") else folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_serve_of_the_readme_fires_on_the_minute(folder: Path, tmp_path: Path):
    (line,) = [line for line in shown_commands() if " serve " in line]
    arguments = shlex.split(line)[1:]
    arguments[arguments.index("--cron") + 1] = "* * * * *"
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect"), "PYTHONUNBUFFERED": "1"}
    log = tmp_path / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [COMMAND, *arguments], cwd=folder, stdout=file, stderr=subprocess.STDOUT, env=environment
        )
        deadline = time.monotonic() + 240
        while "Completed()" not in log.read_text() and time.monotonic() < deadline and process.poll() is None:
            time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    said = log.read_text()
    assert "being served and polling for scheduled runs" in said
    assert "Finished in state Completed()" in said


STRICT = "import warnings; warnings.simplefilter('error'); warnings.filterwarnings('default', module='ipykernel')"


@pytest.mark.parametrize("path", sorted((TOP / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_run_and_are_committed_executed(path: Path, folder: Path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    shown = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
    assert not re.search(r"/(work|home|root|tmp|Users)/|ename", shown), "a path of a machine, or an error"
    monkeypatch.setenv("ESCALATION_OUTPUTS", str(folder / "outputs"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT, id="strict"))
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where).execute()
    said = [one for cell in notebook.cells for one in cell.get("outputs", []) if one.output_type == "stream"]
    assert not [one.text for one in said if one.name == "stderr"]


def test_notebooks_do_not_swell():
    for path in (TOP / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                assert len(output.get("data", {}).get("image/png", "")) < 400_000, f"{path.name}: {cell.id}"


def test_the_data_dictionary_is_up_to_date():
    sys.path.insert(0, str(TOP / "docs"))
    try:
        from build import data_dictionary  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    assert (TOP / "docs" / "data-dictionary.md").read_text() == data_dictionary()


def test_links_between_documents_lead_somewhere():
    for path in [
        *TOP.glob("*.md"),
        *(TOP / "docs").rglob("*.md"),
        TOP / "seeds" / "README.md",
        TOP / "models" / "README.md",
    ]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_attack_in_the_table_has_its_test():
    named = re.findall(r"`(test_\w+\.py)::(\w+)`", (TOP / "docs" / "security.md").read_text())
    assert len(named) > 25
    for file, test in named:
        assert f"def {test}(" in (TOP / "tests" / file).read_text(), f"{file}::{test}"


def test_no_committed_file_names_a_download_address():
    lock = (TOP / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--hash=sha256:" in lock
