"""Percentiles and records of a column of days are those that a look at all days before each would give."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.index.past import last_as_high, percentiles

VALUES = st.lists(st.sampled_from([0.0, 1.5, 2.0, 50.0, 50.1]), max_size=250).map(lambda found: np.array(found, float))


@given(VALUES, VALUES)
def test_every_day_is_compared_with_all_before_it(earlier, values):
    every = [*earlier, *values]
    for n, (share, place) in enumerate(zip(percentiles(earlier, values), last_as_high(earlier, values), strict=True)):
        day = len(earlier) + n
        assert share == 100.0 * sum(one <= every[day] for one in every[: day + 1]) / (day + 1)
        assert place == max((k for k in range(day) if every[k] >= every[day]), default=-1)
