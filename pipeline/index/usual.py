"""What a usual day of two countries weighs: the divisor of their flow.

The mean weight of the days of the last year on which either of the two did something, times how much is printed now
(in the last four weeks) against that year. So an act counts for more where little happens, a day of war for more than
a day with one shot, and neither a doubled source nor, within weeks, one that grows or shrinks moves the flow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
YEAR = 365
"""Days that say what is usual; the day itself is the last of them."""
NOW = 28
"""Days that say how much is printed now: four weeks, so that weekends do not show."""
_NOTHING = 1e-9


def usual_weight(daily: Values, printed: Values) -> Values:
    """Return what a usual day weighs on each day.

    Parameters
    ----------
    daily
        Weight (≥ 0) of all events of each day, shape (dyads, days).
    printed
        Articles printed on each day, shape (days,).

    Returns
    -------
    numpy.ndarray
        Shape as `daily`; 0 until the first event. A day depends on none after it.
    """
    return _mean_of_active(daily, YEAR) * growth(printed)


def growth(printed: Values) -> Values:
    """Return what a day with articles brings now, by what one brought in the last year; 1 where nothing is printed."""
    now, year = (_mean_of_active(printed, window) for window in (NOW, YEAR))
    ratio: Values = np.divide(now, year, out=np.ones_like(now), where=now > 0)
    return ratio


def _mean_of_active(daily: Values, window: int) -> Values:
    """Return the mean of those of the last `window` days that have anything; 0 where none has."""
    active = trailing((daily > _NOTHING).astype(np.float64), window)
    mean: Values = trailing(daily, window) / np.maximum(active, 1.0)
    return mean


def trailing(values: Values, window: int) -> Values:
    """Return the sums of the last `window` days along the last axis."""
    sums = np.cumsum(values, axis=-1)
    sums[..., window:] -= sums[..., :-window].copy()
    return np.maximum(sums, 0.0)
