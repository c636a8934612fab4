import numpy as np
import pandas as pd
import pytest
from ruptures.costs import CostL2

import pipeline
from pipeline.errors import StoreError
from pipeline.series import _squares


def days(flow: np.ndarray, covered: np.ndarray | None = None, dyad: str = "KOR-PRK") -> pd.DataFrame:
    """Return an index with a flow a day; a day that is not covered knows nothing."""
    seen = np.ones(len(flow), bool) if covered is None else covered
    tension = np.where(seen, 50.0 - 5.0 * flow, np.nan)
    return pd.DataFrame(
        {
            "date": pd.date_range("2020-01-06", periods=len(flow)),
            "dyad": dyad,
            "tension": tension,
            "low": tension - 1,
            "high": tension + 1,
            "conflict": np.where(seen, np.minimum(flow, 0), np.nan),
            "cooperation": np.where(seen, np.maximum(flow, 0), np.nan),
            "n_events": seen.astype(int),
        }
    )


def test_a_month_averages_what_it_knows_and_says_how_much():
    covered = np.arange(60) % 5 == 0
    covered[26:55] = False
    months = pipeline.monthly(days(np.full(60, -2.0), covered))
    assert months["n_days"].tolist() == [6, 0, 1]
    assert months["tension"].tolist()[0] == 60.0
    assert months["conflict"].tolist()[0] == -12.0
    assert months.iloc[1][["tension", "conflict", "cooperation", "highest"]].isna().all()
    weeks = pipeline.weekly(days(np.full(14, 1.0)))
    assert weeks["n_days"].tolist() == [7, 7]
    assert weeks["cooperation"].tolist() == [7.0, 7.0]


def test_regimes_are_found_where_the_mean_changes_and_nowhere_else():
    noise = np.random.default_rng(1).normal(0, 0.5, 7 * 120)
    flow = noise.copy()
    flow[7 * 50 : 7 * 70] -= 3
    found = pipeline.regimes(days(flow))
    assert [str(day.date()) for day in found["first"]] == ["2020-01-06", "2020-12-21", "2021-05-10"]
    assert found["change"].iloc[1:].round().tolist() == [-3, 3]
    assert found["tension"].iloc[1] > found["tension"].iloc[0] + 10
    assert len(pipeline.regimes(days(noise))) == 1
    assert len(pipeline.regimes(days(np.zeros(20)))) == 1


def test_one_dyad_at_a_time():
    both = pd.concat([days(np.zeros(9)), days(np.zeros(9), dyad="IND-PAK")])
    with pytest.raises(StoreError, match="IND-PAK, KOR-PRK"):
        pipeline.monthly(both)


def test_a_dyad_without_coverage_has_no_regime():
    found = pipeline.regimes(days(np.zeros(30), np.zeros(30, bool)))
    assert found.empty
    assert list(found) == ["first", "last", "n_weeks", "flow", "tension", "change"]


def test_the_cost_from_running_sums_is_the_squared_deviation():
    flow = np.random.default_rng(2).normal(3, 1, 40)
    cost = _squares().fit(flow)
    for start, end in ((0, 40), (5, 13), (31, 40)):
        assert cost.error(start, end) == pytest.approx(CostL2().fit(flow).error(start, end))
