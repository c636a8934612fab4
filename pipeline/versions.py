"""The schema version that every stored table carries, and what to say where it is not the present one.

One number counts for all tables. A file of another version is never read as if it were of the present one: columns of
one name may mean something else.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.tables import SCHEMA_VERSION

PRESENT = int(SCHEMA_VERSION)
_KEY = b"schema_version"


def version_of(schema: pa.Schema, place: Path | str) -> int:
    """Return the version of a stored table.

    Raises
    ------
    StoreError
        If it carries none, or one that this program does not know yet.
    """
    text = (schema.metadata or {}).get(_KEY, b"").decode()
    if not text.isdecimal():
        raise StoreError(
            f"{place} carries no schema version ({text!r}), so another program wrote it; move it away and run again"
        )
    if int(text) > PRESENT:
        raise StoreError(
            f"{place} is of schema {text}, and this program knows schemas up to {PRESENT}: "
            "install the version that wrote it, or go back to the copy made before the upgrade"
        )
    return int(text)


def require_present(schema: pa.Schema, place: Path | str, outputs: Path | str) -> None:
    """Refuse a table that is not of the present version.

    Raises
    ------
    StoreError
        If it is older or newer, with what to do about it.
    """
    version = version_of(schema, place)
    if version < PRESENT:
        raise StoreError(
            f"{place} is of schema {version}, and this program reads schema {PRESENT}: copy the folder if you may "
            f"want to go back, call: escalation upgrade --outputs {outputs}, then run as usual"
        )
