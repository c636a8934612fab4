"""Scored events → arrays: numbers of days, countries, dyads and pairs, and the seeds of all that is drawn.

A dyad (`KOR-PRK`) and its two directions (`PRK>KOR`) are all *pairs*: one walk through the days gives the index of
each, since nothing that is drawn depends on the pair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Values = NDArray[np.float64]
Codes = NDArray[np.int64]
Seeds = NDArray[np.uint64]
_CODE = 3  # letters of a country code


@dataclass(frozen=True)
class Numbering:
    """Which pairs are published: dyads by name, then directed pairs by name, and the dyad of each.

    `members` are the numbers of the two countries of each dyad, shape (2, dyads).
    """

    pairs: list[str]
    dyads: int
    dyad_of: Codes
    countries: pa.Array
    members: Codes

    @property
    def directed(self) -> slice:
        """Where the directed pairs stand."""
        return slice(self.dyads, len(self.pairs))

    @property
    def undirected(self) -> slice:
        """Where the dyads stand."""
        return slice(0, self.dyads)


@dataclass(frozen=True)
class Stream:
    """Scored events in order of day and id, one value an event.

    `day` counts from 1970. What is of no published pair has the number after all. The stories of the event `n` stand
    from `offsets[n]` on, with the day of printing each. Seeds are made when they are asked for: a night asks for those
    of its last years.
    """

    day: Codes
    source: Codes
    target: Codes
    dyad: Codes
    directed: Codes
    score: Values
    salience: Values
    share: Values
    confidence: Values
    ids: pa.Array
    offsets: Codes
    stories: pa.Array
    story_days: Codes

    @cached_property
    def seeds(self) -> Seeds:
        """A seed of each event."""
        return _seeds(self.ids.to_pylist())

    @cached_property
    def story_seeds(self) -> Seeds:
        """A seed of each story that tells an event."""
        told = self.stories.dictionary_encode()
        number: Codes = told.indices.to_numpy(zero_copy_only=False)
        return _seeds(told.dictionary.to_pylist())[number]

    @property
    def sizes(self) -> Codes:
        """How many stories tell each event."""
        return np.diff(self.offsets)

    def most_within(self, days: int) -> int:
        """Return how many events the fullest of all spans of so many days has."""
        after = np.searchsorted(self.day, self.day + days) - np.arange(len(self.day))
        return int(after.max(initial=0))

    def between(self, first: int, end: int) -> Stream:
        """Return the events of the days from `first` to the one before `end`."""
        low, high = np.searchsorted(self.day, [first, end])
        told = slice(self.offsets[low], self.offsets[high])
        each = {name: getattr(self, name)[low:high] for name in _EACH}
        offsets = self.offsets[low : high + 1] - self.offsets[low]
        return replace(self, **each, offsets=offsets, stories=self.stories[told], story_days=self.story_days[told])


_EACH = ("day", "source", "target", "dyad", "directed", "score", "salience", "share", "confidence", "ids")


def numbering(events: pa.Table, most: int) -> Numbering:
    """Return the pairs of the dyads with most events (ties by name), of scored events."""
    sizes = pc.value_counts(events["dyad"])
    by_size = sorted(zip(sizes.field("counts").to_pylist(), sizes.field("values").to_pylist(), strict=True), key=_rank)
    dyads = sorted(name for _, name in by_size[:most])
    kept = events.filter(pc.is_in(events["dyad"], pa.array(dyads, pa.string()))).select(["source", "target"])
    both = kept.group_by(["source", "target"]).aggregate([]).to_pylist()
    directed = sorted(f"{row['source']}>{row['target']}" for row in both)
    countries = pc.unique(pa.chunked_array([*events["source"].chunks, *events["target"].chunks], pa.string()))
    names = pa.array(dyads, pa.string())
    own = [*dyads, *("-".join(sorted(name.split(">"))) for name in directed)]
    ends = (pc.utf8_slice_codeunits(names, 0, _CODE), pc.utf8_slice_codeunits(names, -_CODE))
    return Numbering(
        pairs=[*dyads, *directed],
        dyads=len(dyads),
        dyad_of=_numbers(names, pa.array(own, pa.string())),
        countries=countries,
        members=np.array([_numbers(countries, end) for end in ends]),
    )


def _rank(one: tuple[int, str]) -> tuple[int, str]:
    return -one[0], one[1]


def stream(events: pa.Table, known: Numbering) -> Stream:
    """Return scored events as arrays.

    Parameters
    ----------
    events
        What `score_events` gave, with the columns `stories` and `printed`: who tells each event, and the day of
        printing of each of them.
    known
        The pairs asked for; events of others count in the divisor alone.
    """
    events = events.combine_chunks()
    pairs = pa.array(known.pairs, pa.string())
    directed = pc.binary_join_element_wise(events["source"], events["target"], ">")
    stories = _one(events["stories"])
    return Stream(
        day=_days(events["date"]),
        source=_numbers(known.countries, events["source"]),
        target=_numbers(known.countries, events["target"]),
        dyad=_numbers(pairs[known.undirected], events["dyad"]),
        directed=_numbers(pairs[known.directed], directed),
        **{name: events[name].to_numpy() for name in ("score", "salience", "share", "confidence")},
        ids=_one(events["event_id"]),
        offsets=(stories.offsets.to_numpy() - stories.offsets[0].as_py()).astype(np.int64),
        stories=stories.flatten(),
        story_days=_days(_one(events["printed"]).flatten()),
    )


def day_number(day: date) -> int:
    """Return the days from 1970 to a day."""
    return day.toordinal() - _EPOCH


_EPOCH = date(1970, 1, 1).toordinal()


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _days(dates: pa.ChunkedArray | pa.Array) -> Codes:
    return np.asarray(dates.cast(pa.int32()).to_numpy(zero_copy_only=False), np.int64)


def _numbers(names: pa.Array, of: pa.ChunkedArray | pa.Array) -> Codes:
    """Return the place of each among the names; one that is not there comes after all."""
    found = pc.fill_null(pc.index_in(of, names), len(names))
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _seeds(names: Iterable[str]) -> Seeds:
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
