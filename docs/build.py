"""Regenerate what the documentation shows: the data dictionary, the plot of the demo, the executed notebooks.

python docs/build.py
"""

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from pipeline import chain
from pipeline.paths import seeds_dir
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.tables import SCHEMAS
from pipeline.training.build import ready_estimator

TOP = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
STYLED = re.compile(r"\bT_[0-9a-f]{5}(?=_|\b)")


def data_dictionary() -> str:
    lines = ["# Data dictionary", "", "Generated from `pipeline/tables.py` by `make docs`.", ""]
    for schema in SCHEMAS:
        lines += [
            f"## {schema.metadata[b'table'].decode()}",
            "",
            "| column | type | null | meaning |",
            "|---|---|---|---|",
        ]
        for field in schema:
            meaning = field.metadata[b"meaning"].decode().replace("|", "\\|")
            lines.append(f"| `{field.name}` | {field.type} | {'yes' if field.nullable else ''} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def executed(path: Path, outputs: Path) -> nbformat.NotebookNode:
    """Run a notebook in its own folder, with ESCALATION_OUTPUTS pointing to `outputs`."""
    os.environ["ESCALATION_OUTPUTS"] = str(outputs)
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where).execute()
    notebook.metadata.language_info.pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            _settle(output, cell.id)
    return notebook


def _settle(output: nbformat.NotebookNode, name: str) -> None:
    """Give addresses and the names of styled tables, new in every run, one form."""
    for kind, shown in output.get("data", {}).items():
        if kind == "text/plain":
            output["data"][kind] = ADDRESS.sub("", shown)
        elif kind == "text/html":
            output["data"][kind] = STYLED.sub(f"T_{name}", shown)


def main() -> None:
    (TOP / "docs" / "data-dictionary.md").write_text(data_dictionary())
    with TemporaryDirectory() as folder:
        outputs = Path(folder)
        chain.run([seeds_dir() / "articles"], Store(outputs), Settings(), ready_estimator())
        (TOP / "docs" / "images").mkdir(exist_ok=True)
        shutil.copy(outputs / "KOR-PRK.png", TOP / "docs" / "images" / "KOR-PRK.png")
        for path in sorted((TOP / "notebooks").glob("*.ipynb")):
            nbformat.write(executed(path, outputs), path)


if __name__ == "__main__":
    main()
