"""A file, gzipped or not, as bytes."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO, cast


def opened(path: Path) -> IO[bytes]:
    """Open a file for reading; what ends in .gz is unpacked."""
    return cast(IO[bytes], gzip.open(path) if path.suffix == ".gz" else path.open("rb"))
