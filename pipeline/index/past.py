"""Values of a pair, day by day → where each stands among the earlier ones.

Both looks go back only. Days are taken many at a time: those of one block are compared with each other, and with the
days before through what is sorted of these.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Codes = NDArray[np.int64]
_TOGETHER = 96
"""Days compared with each other: beyond, the table of all against all takes longer than sorting the days before."""
_NOT_LATER = np.tri(_TOGETHER, dtype=np.bool_)
_EARLIER = np.tri(_TOGETHER, k=-1, dtype=np.bool_)


def percentiles(earlier: Values, values: Values) -> Values:
    """Return the share of covered days so far at or below each value, 0 … 100.

    Parameters
    ----------
    earlier
        Values of the days before, in any order; none is missing.
    values
        Values of the days asked for, in order; none is missing.
    """
    below = np.empty(len(values))
    seen = np.sort(earlier)
    for start in range(0, len(values), _TOGETHER):
        own = values[start : start + _TOGETHER]
        below[start : start + len(own)] = np.searchsorted(seen, own, "right") + np.count_nonzero(
            (own <= own[:, None]) & _NOT_LATER[: len(own), : len(own)], axis=1
        )
        seen = np.sort(np.concatenate([seen, own]))
    return 100.0 * below / (len(earlier) + 1 + np.arange(len(values)))


def last_as_high(earlier: Values, values: Values) -> Codes:
    """Return the place of the last earlier value at least as high as each, -1 where there is none.

    Parameters
    ----------
    earlier, values
        Values of the days before and of the days asked for, in order; none is missing. Places count from the first of
        the days before.
    """
    found = np.empty(len(values), np.int64)
    every = np.concatenate([earlier, values])
    for start in range(0, len(values), _TOGETHER):
        own = values[start : start + _TOGETHER]
        before = every[: len(earlier) + start]
        within = (own >= own[:, None]) & _EARLIER[: len(own), : len(own)]
        latest = len(own) - 1 - np.argmax(within[:, ::-1], axis=1)
        found[start : start + len(own)] = np.where(within.any(axis=1), len(before) + latest, _last_in(before, own))
    return found


def _last_in(before: Values, values: Values) -> Codes:
    """Return the last place before that is at least as high: where the highest from there on still is."""
    highest = np.maximum.accumulate(before[::-1])
    back = np.searchsorted(highest, values, "left")
    return len(before) - 1 - back
