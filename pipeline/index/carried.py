"""What the years before the last leave to it → kept from night to night, and used where nothing of those years changed.

A day of the index depends on no later one. So the rows of past years are those of the last publication if everything
that they are made of is the same: scored events, articles printed, pairs, method and program. One hash covers it all;
where it differs in anything, all years are computed, by the same code.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.index.left import Left
from pipeline.index.stream import Numbering
from pipeline.mapping import method_of
from pipeline.paths import digest_of
from pipeline.settings import IndexSettings
from pipeline.tables import SCHEMA_VERSION

_PACKAGE = Path(__file__).parent
_PROGRAMS = ("escalation-index", "numpy", "pyarrow")
_NOT_USED = ("article_ids",)


@dataclass(frozen=True)
class Carried:
    """What was left to `day`, the first of the last year that has begun.

    `key` says of what (`key_of`), `before` and `last` what was left to the day a year before, and to the day; `level`
    and `levels` are those of the day before, of each pair, and `values` (pairs, days) all values up to it.
    """

    key: str
    first: int
    day: int
    before: Left
    last: Left
    level: NDArray[np.float64]
    levels: NDArray[np.float32]
    values: NDArray[np.float64]

    def as_bytes(self) -> bytes:
        """Return what `carried_in` reads; the same content gives the same bytes."""
        arrays = {f"before_{name}": one for name, one in self.before.items()}
        arrays |= {f"last_{name}": one for name, one in self.last.items()}
        arrays |= {"level": self.level, "levels": self.levels, "values": self.values}
        head = json.dumps({"key": self.key, "first": self.first, "day": self.day}).encode()
        sink = io.BytesIO()
        np.savez(sink, allow_pickle=False, head=np.frombuffer(head, np.uint8), **arrays)
        return sink.getvalue()


def carried_in(content: bytes | None) -> Carried | None:
    """Return what was carried; None if there is nothing, or nothing that can be read."""
    try:
        with np.load(io.BytesIO(content or b""), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(arrays["head"].tobytes())
        before, last = (
            {name.removeprefix(one): array for name, array in arrays.items() if name.startswith(one)}
            for one in ("before_", "last_")
        )
        rest = (arrays[name] for name in ("level", "levels", "values"))
        return Carried(head["key"], head["first"], head["day"], before, last, *rest)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def key_of(events: pa.Table, printed: Mapping[date, int], known: Numbering, settings: IndexSettings, day: int) -> str:
    """Return a hash of all that the index of the days before one depends on (days count from 1970)."""
    end = date(1970, 1, 1) + timedelta(days=day)
    earlier = events.filter(pc.less(events["date"], pa.scalar(end))).drop_columns(_NOT_USED).combine_chunks()
    found = hashlib.blake2b(digest_size=16)
    told = {
        "programs": [SCHEMA_VERSION, _code(), *map(version, _PROGRAMS)],
        "method": method_of(settings),
        "pairs": known.pairs,
    }
    counts = sorted((one.isoformat(), count) for one, count in printed.items() if one < end)
    found.update(json.dumps([told, counts], sort_keys=True).encode())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, earlier.schema) as writer:
        writer.write_table(earlier)
    found.update(sink.getvalue())
    return found.hexdigest()


@cache
def _code() -> str:
    """Return a hash of the code that computes the index: what another method left is not gone on from."""
    return digest_of([*sorted(_PACKAGE.glob("*.py")), _PACKAGE.parent / "mapping.py"])
