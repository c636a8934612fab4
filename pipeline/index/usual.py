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


def growth(printed: Values) -> Values:
    """Return what a day with articles brings now, by what one brought in the last year; 1 where nothing is printed."""
    now, year = (_mean_of_active(printed, window) for window in (NOW, YEAR))
    ratio: Values = np.divide(now, year, out=np.ones_like(now), where=now > 0)
    return ratio


def _mean_of_active(daily: Values, window: int) -> Values:
    """Return the mean of those of the last `window` days that have anything; 0 where none has."""
    running, active = running_sums(daily, 0.0), running_sums(is_active(daily), 0.0)
    before = np.zeros(window)
    gone, gone_active = (np.concatenate([before, one])[: len(daily)] for one in (running, active))
    return mean_of_active(running, gone, active, gone_active)


def mean_of_active(running: Values, gone: Values, active: Values, gone_active: Values) -> Values:
    """Return the mean of the active days of a window.

    Parameters
    ----------
    running, active
        Running sums of the weights, and of the days that have any, up to each day.
    gone, gone_active
        The same up to the day that the window of each day no longer holds; 0 before all days.
    """
    mean: Values = window_sums(running, gone) / np.maximum(window_sums(active, gone_active), 1.0)
    return mean


def window_sums(running: Values, gone: Values) -> Values:
    """Return the sums of a window from running sums at its end and before its begin."""
    return np.maximum(running - gone, 0.0)


def is_active(daily: Values) -> Values:
    """Return 1 for the days that weigh anything."""
    return (daily > _NOTHING).astype(np.float64)


def running_sums(daily: Values, before: Values | float) -> Values:
    """Return the running sums along the last axis, continued from what they were `before` it.

    The sums are the same however the days are parted: they are added one by one.
    """
    first = np.broadcast_to(np.asarray(before), daily.shape[:-1])[..., None]
    return np.cumsum(np.concatenate([first, daily], axis=-1), axis=-1)[..., 1:]
