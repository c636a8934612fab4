"""Text → signature: a sample of the hashes of its 32-byte pieces, by which shared passages are found.

Letters and digits alone count, without case, spaces or marks, so that line breaks, quotation marks and capitals make
no difference. Every piece of 32 bytes of UTF-8 is hashed and one hash in 32 is kept by its value: two texts that
share a passage keep the same hashes of it. Bytes are read as little-endian words, so every machine gets the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]
GRAM = 32
RATE = 32
_MARKS = bytes(set(range(128)) - set((ascii_letters + digits).encode()))
_LOWER = bytes.maketrans(ascii_uppercase.encode(), ascii_lowercase.encode())
_FOREIGN_MARKS = re.compile(r"[^\w\x00-\x7f]+")
_NEAR, _FAR, _ALL, _MIX = (
    np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)
_HALF = np.uint64(32)
_KEPT_BELOW = np.uint64(2**64 // RATE)


def normalise(text: str) -> bytes:
    """Return the letters and digits of a text in UTF-8, without case (NFKC and casefold beyond ASCII)."""
    if not text.isascii():
        text = _FOREIGN_MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())
    return text.encode(errors="surrogatepass").translate(_LOWER, _MARKS)


def signature(text: str) -> Hashes:
    """Return the sampled hashes of a text's 32-byte pieces, sorted and unique, about one for every 32 bytes.

    Parameters
    ----------
    text
        Any text. One whose letters and digits fill fewer than 32 bytes has an empty signature: it can only be
        compared whole.
    """
    return sample(normalise(text))


def sample(normal: bytes) -> Hashes:
    """Return the signature of a text that is already normalised."""
    return samples([normal])[0]


def samples(normals: Sequence[bytes]) -> tuple[Hashes, Numbers]:
    """Return the signatures of normalised texts end to end, and the length of each.

    Four adjoining words of a piece are combined by multiplication, which fills the high bits well: those decide what
    is kept. What is kept is mixed again, so that its high bits are even and can cut it into equal parts. Texts are
    hashed as one, for a call costs as much as a paragraph; pieces that reach over the end of a text are left out.
    """
    joined, ends = b"".join(normals), np.cumsum([len(normal) for normal in normals])
    if len(joined) < GRAM:
        return np.empty(0, dtype=np.uint64), np.zeros(len(normals), dtype=np.int64)
    pieces = _hashed(joined)
    at = np.flatnonzero(pieces < _KEPT_BELOW)
    text = np.searchsorted(ends, at, "right")
    inside = at + GRAM <= ends[text]
    kept, text = pieces[at[inside]], text[inside]
    kept ^= kept >> _HALF
    kept *= _MIX
    kept ^= kept >> _HALF
    for start, stop in pairwise([0, *np.cumsum(np.bincount(text, minlength=len(normals))).tolist()]):
        kept[start:stop].sort()
    fresh = np.ones(len(kept), dtype=bool)
    fresh[1:] = (kept[1:] != kept[:-1]) | (text[1:] != text[:-1])
    return kept[fresh], np.bincount(text[fresh], minlength=len(normals))


def _hashed(text: bytes) -> Hashes:
    """Return a hash of every 32-byte piece."""
    words = np.ndarray((len(text) - 7,), dtype="<u8", buffer=text, strides=(1,)).astype(np.uint64)
    pieces = words[:-8] * _NEAR
    pieces += words[8:]
    pieces = pieces[:-16] * _FAR + pieces[16:]
    pieces *= _ALL
    return pieces
