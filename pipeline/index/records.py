"""Scored events of some days → complete records that may stand behind them.

What is scored is a part of what happened, with errors. A record keeps an event as often as its confidence says, weighs
the articles anew (Bayesian bootstrap: salience is a sample too), and adds events that nobody saw. How many follows
from those that one article tells and those that two tell (Chao's estimator, which turns Good and Turing's singletons
into unseen events). A seen event is never left out for want of articles: that it was told is known. All random numbers
are hashes of event and article ids, so that order, batches and the days that are drawn together do not matter.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.index.stream import Codes, Seeds, Stream, Values

LAG_DAYS = 60
"""An unseen event lies less than so many days after the seen one that it resembles: never before, since what happens
later must not change a day."""
_MOST = 4.0
_GRID = 1.05
_STEP = np.uint64(0x9E3779B97F4A7C15)
_NEXT = np.uint64(0xD1342543DE82EF95)


class Record(NamedTuple):
    """Part of some possible records: `of` which of them, numbers of events, the day of each, and weight."""

    of: Codes
    events: Codes
    day: Codes
    weight: Values


class Kept(NamedTuple):
    """Which events some records keep, and for how many each stands when unseen ones are counted.

    Both of shape (records, events).
    """

    kept: NDArray[np.bool_]
    drawn: Values


def whole(stream: Stream) -> Record:
    """Return the record that is published: every event, as sure as its confidence."""
    weight = (stream.salience * stream.confidence) * stream.share
    return Record(np.zeros(len(stream.day), np.int64), np.arange(len(stream.day)), stream.day, weight)


def keep(stream: Stream, replicates: Codes) -> Kept:
    """Draw which events the records of these numbers keep."""
    each = replicates[:, None]
    kept = _uniform(stream.seeds, each, 0) < stream.confidence
    return Kept(kept, -np.log1p(-_uniform(stream.seeds, each, 1)) * kept)


def seen(stream: Stream, kept: Kept, replicates: Codes) -> Record:
    """Return the kept events, their articles weighed anew."""
    of, events = np.nonzero(kept.kept)
    salience = np.log2(1.0 + _outlets(stream)[events] * _article_weights(stream, replicates)[of, events])
    return Record(of, events, stream.day[events], salience * stream.share[events])


def unseen(stream: Stream, kept: Kept, rate: Values, replicates: Codes) -> Record:
    """Return the events that nobody saw.

    Parameters
    ----------
    rate
        How many stand behind each event of the stream that one article tells, as `unseen_rate` gives it; of shape
        (records, events).
    """
    of, singles = np.nonzero(kept.kept & (stream.sizes == 1))
    each = rate[of, singles]
    # tries before a success are geometric; so are the events missed for each one seen
    stop = np.log(each / (1.0 + each))
    missed = (np.log1p(-_uniform(stream.seeds[singles], replicates[of], 2)) / stop).astype(np.int64)
    of, models = np.repeat(of, missed), np.repeat(singles, missed)
    nth = np.arange(len(models)) - np.repeat(np.cumsum(missed) - missed, missed)
    # events cluster on every scale: half of them within a week, the others ever thinner
    lag = (LAG_DAYS ** _uniform(stream.seeds[models], replicates[of], 3 + nth)).astype(np.int64) - 1
    weight = np.log2(1.0 + _outlets(stream)[models]) * stream.share[models]
    return Record(of, models, stream.day[models] + lag, weight)


def unseen_rate(ones: Values, twos: Values, unevenness: Values) -> Values:
    """Estimate how many unseen events stand behind one that a single article tells.

    Parameters
    ----------
    ones, twos
        Weight of the events of the 365 days that end on each day, of all dyads, that one article tells, and two tell.
    unevenness
        How uneven attention to events is: 0 all alike (Chao's estimator, f₁ / 2f₂, a lower bound), 1 exponential
        (twice as many). One and two articles cannot tell which; records take all between.

    Returns
    -------
    numpy.ndarray
        A rate above 0 and up to about 4 for each day; beyond that the counts say only "many".
    """
    # the added ones say ½ where nothing is known
    rate = np.clip((1.0 + unevenness) * (ones + 1.0) / (2.0 * (twos + 1.0)), 0.01, _MOST)
    # in steps of 5 %, so that one late report does not touch the interval of every dyad
    return cast(Values, _GRID ** np.round(np.log(rate) / np.log(_GRID)))


def _outlets(stream: Stream) -> Values:
    return np.exp2(stream.salience) - 1.0


def _article_weights(stream: Stream, replicates: Codes) -> Values:
    """Return the mean weight of each event's articles in each record; each article's is exponential, with mean 1."""
    sizes = stream.sizes
    drawn = -np.log1p(-_uniform(stream.story_seeds, replicates[:, None], 0))
    sums = sums_of(np.repeat(np.arange(len(sizes)), sizes), drawn, len(sizes))
    return sums / np.maximum(sizes, 1)


def sums_of(numbers: Codes, weights: Values, size: int) -> Values:
    """Return what each number weighs in each record, shape (records, size); `weights` has shape (records, numbers)."""
    records = np.arange(len(weights))[:, None]
    summed = np.bincount((records * size + numbers).ravel(), weights.ravel(), len(weights) * size)
    return cast(Values, summed.astype(np.float64, copy=False).reshape(len(weights), size))


def _uniform(seeds: Seeds, replicates: Codes, use: int | Codes) -> Values:
    """Return numbers in [0, 1) that depend on seed, replicate and use alone (SplitMix64)."""
    with np.errstate(over="ignore"):
        state = seeds + _STEP * (replicates + 1).astype(np.uint64) + _NEXT * np.asarray(use).astype(np.uint64)
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return cast(Values, (state >> np.uint64(11)) * 2.0**-53)
