"""Names → numbers, and runs of equal numbers: what grouping by columns is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Values = NDArray[np.float64]
Strings: TypeAlias = Any
"""A column of Arrow, in one piece or in several."""


def ordered(names: Strings) -> tuple[Codes, list[str]]:
    """Return the number of each name among the different ones in order, and these."""
    coded = whole(names).dictionary_encode()
    order = pc.sort_indices(coded.dictionary)
    rank = np.empty(len(order), np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    return rank[as_codes(coded.indices)], coded.dictionary.take(order).to_pylist()


def content_ids(columns: Sequence[Strings]) -> list[str]:
    """Return `records.content_id` of each row of some columns of text."""
    joined = pc.binary_join_element_wise(*map(whole, columns), "\x1f")
    return [hashlib.blake2b(one, digest_size=8).hexdigest() for one in joined.cast(pa.binary()).to_pylist()]


def order_by(first: Codes, names: Strings) -> Codes:
    """Return the places of rows in the order of numbers, and of names where these are equal."""
    names = whole(names)
    size = -(-max(1, pc.max(pc.binary_length(names)).as_py() or 0) // 8)
    padded = pc.ascii_rpad(names, 8 * size, "\0").cast(pa.binary()).cast(pa.binary(8 * size))
    words = np.frombuffer(padded.buffers()[1], ">u8", len(names) * size).reshape(-1, size).astype(np.uint64)
    return np.lexsort((*words.T[::-1], first))  # numbers are in the order of the letters that they are made of


def factorized(names: Strings) -> tuple[Codes, pa.Array]:
    """Return the number of each name among the different ones, in whatever order, and these."""
    coded = whole(names).dictionary_encode()
    return as_codes(coded.indices), coded.dictionary


def combined(parts: Sequence[tuple[Codes, int]]) -> Codes:
    """Return one number for several, each below the size given with it."""
    total = np.zeros(len(parts[0][0]), np.int64)
    for codes, size in parts:
        total = total * size + codes
    return total


def numbered(codes: Codes) -> tuple[Codes, Codes]:
    """Return for each number its place among the different ones in order, and these."""
    place, different = pd.factorize(codes, sort=True)
    return place.astype(np.int64), np.asarray(different, np.int64)


def different(codes: Codes) -> Codes:
    """Return the different numbers in order; for so many, sorting is faster than NumPy's own way."""
    ranked = np.sort(codes)
    return ranked[starts_of(ranked)]


def starts_of(ordered_codes: Codes) -> Codes:
    """Return where each run of equal numbers begins."""
    if not len(ordered_codes):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], ordered_codes[1:] != ordered_codes[:-1]]))


def as_codes(values: Strings) -> Codes:
    """Return integers of Arrow as an array."""
    return np.asarray(whole(values).to_numpy(zero_copy_only=False), np.int64)


def as_flags(values: Strings) -> Flags:
    """Return truth values of Arrow as an array."""
    return np.asarray(whole(values).to_numpy(zero_copy_only=False), np.bool_)


def whole(values: Strings) -> pa.Array:
    """Return a column in one piece."""
    return values if isinstance(values, pa.Array) else pa.concat_arrays([pa.array([], values.type), *values.chunks])


def lists(values: pa.Array, starts: Codes) -> pa.ListArray:
    """Return the runs of values that begin at `starts`, each as a list."""
    return pa.ListArray.from_arrays(pa.array(np.append(starts, len(values)).astype(np.int32)), values)
