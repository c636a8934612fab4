"""Regenerate what the documentation shows: the data dictionary, the plot of the demo, the executed notebook.

python docs/build.py
"""

import os
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
    """Run a notebook with ESCALATION_OUTPUTS pointing to `outputs`."""
    os.environ["ESCALATION_OUTPUTS"] = str(outputs)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


def main() -> None:
    (TOP / "docs" / "data-dictionary.md").write_text(data_dictionary())
    with TemporaryDirectory() as folder:
        outputs = Path(folder)
        chain.run([seeds_dir() / "articles"], Store(outputs), Settings(), ready_estimator())
        (TOP / "docs" / "images").mkdir(exist_ok=True)
        shutil.copy(outputs / "KOR-PRK.png", TOP / "docs" / "images" / "KOR-PRK.png")
        path = TOP / "notebooks" / "quickstart.ipynb"
        nbformat.write(executed(path, outputs), path)


if __name__ == "__main__":
    main()
