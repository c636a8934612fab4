"""Scored events → complete records that may stand behind them.

What is scored is a part of what happened, with errors. A record keeps an event as often as its confidence says, weighs
the articles anew (Bayesian bootstrap: salience is a sample too), and adds events that nobody saw. How many follows
from those that one article tells and those that two tell (Chao's estimator, which turns Good and Turing's singletons
into unseen events). A seen event is never left out for want of articles: that it was told is known. All random numbers
are hashes of event and article ids, so that order and batches do not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.index.usual import YEAR, trailing

Values = NDArray[np.float64]
Codes = NDArray[np.int64]
Seeds = NDArray[np.uint64]
LAG_DAYS = 60
"""An unseen event lies less than so many days after the seen one that it resembles: never before, since what happens
later must not change a day."""
_MOST = 4.0
_GRID = 1.05
_STEP = np.uint64(0x9E3779B97F4A7C15)
_NEXT = np.uint64(0xD1342543DE82EF95)


class Record(NamedTuple):
    """A possible record: numbers of events, days later (0 for the seen, else 0 … 59) of each, and weight."""

    events: Codes
    lag: Codes
    weight: Values


def records(events: pd.DataFrame, day: Codes, replicates: int) -> Iterator[Record]:
    """Yield possible complete records.

    Parameters
    ----------
    events
        What `score_events` gave.
    day
        The number of each event's day, from 0.
    replicates
        How many records.
    """
    confidence, share = events["confidence"].to_numpy(np.float64), events["share"].to_numpy(np.float64)
    outlets = np.exp2(events["salience"].to_numpy(np.float64)) - 1.0
    articles = _Articles(events["article_ids"])
    seeds = _seeds(events["event_id"])
    for replicate in range(replicates):
        kept = _uniform(seeds, replicate, 0) < confidence
        drawn = -np.log1p(-_uniform(seeds, replicate, 1)) * kept
        rate = unseen_rate(day, articles.sizes, drawn, unevenness=(replicate + 0.5) / replicates)
        models, lag = _unseen(seeds, np.flatnonzero(kept & (articles.sizes == 1)), rate[day], replicate)
        seen = np.flatnonzero(kept)
        salience = np.log2(1.0 + outlets[seen] * articles.weights(replicate)[seen])
        weight = np.concatenate([salience, np.log2(1.0 + outlets[models])])
        chosen = np.concatenate([seen, models])
        yield Record(chosen, np.concatenate([np.zeros_like(seen), lag]), weight * share[chosen])


def _unseen(seeds: Seeds, singles: Codes, rate: Values, replicate: int) -> tuple[Codes, Codes]:
    """Return the event that each unseen one resembles, and how many days later it stands."""
    each = rate[singles]
    # tries before a success are geometric; so are the events missed for each one seen
    stop = np.log(each / (1.0 + each))
    missed = (np.log1p(-_uniform(seeds[singles], replicate, 2)) / stop).astype(np.int64)
    models = np.repeat(singles, missed)
    nth = np.arange(len(models)) - np.repeat(np.cumsum(missed) - missed, missed)
    # events cluster on every scale: half of them within a week, the others ever thinner
    lag = (LAG_DAYS ** _uniform(seeds[models], replicate, 3 + nth)).astype(np.int64) - 1
    return models, lag


class _Articles:
    """Which articles tell which events."""

    def __init__(self, article_ids: pd.Series) -> None:
        self.sizes = np.array([len(articles) for articles in article_ids], np.int64)
        self.numbers, names = pd.factorize(np.array([one for ids in article_ids for one in ids], dtype=object))
        self.seeds = _seeds(names)
        self.events = np.repeat(np.arange(len(self.sizes)), self.sizes)

    def weights(self, replicate: int) -> Values:
        """Return the mean weight of each event's articles; each article's is exponential, with mean 1."""
        drawn = -np.log1p(-_uniform(self.seeds, replicate, 0))
        sums = np.bincount(self.events, drawn[self.numbers], len(self.sizes))
        return sums / np.maximum(self.sizes, 1)


def unseen_rate(day: Codes, sizes: Codes, weight: Values, unevenness: float) -> Values:
    """Estimate, for each day, how many unseen events stand behind one that a single article tells.

    Parameters
    ----------
    day, sizes, weight
        Number of the day, number of articles, and weight (≥ 0) of each event, of all dyads.
    unevenness
        How uneven attention to events is: 0 all alike (Chao's estimator, f₁ / 2f₂, a lower bound), 1 exponential
        (twice as many). One and two articles cannot tell which; records take all between.

    Returns
    -------
    numpy.ndarray
        A rate above 0 and up to about 4 for each day, from the events of the 365 days that end on it; beyond that the
        counts say only "many".
    """
    ones, twos = (trailing(np.bincount(day, weight * (sizes == n)).astype(np.float64), YEAR) for n in (1, 2))
    # the added ones say ½ where nothing is known
    rate = np.clip((1.0 + unevenness) * (ones + 1.0) / (2.0 * (twos + 1.0)), 0.01, _MOST)
    # in steps of 5 %, so that one late report does not touch the interval of every dyad
    return cast(Values, _GRID ** np.round(np.log(rate) / np.log(_GRID)))


def _seeds(names: Iterable[str]) -> Seeds:
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def _uniform(seeds: Seeds, replicate: int, use: int | Codes) -> Values:
    """Return numbers in [0, 1) that depend on seed, replicate and use alone (SplitMix64)."""
    with np.errstate(over="ignore"):
        state = seeds + _STEP * np.uint64(replicate + 1) + _NEXT * np.asarray(use).astype(np.uint64)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return cast(Values, (state >> np.uint64(11)).astype(np.float64) / float(1 << 53))
