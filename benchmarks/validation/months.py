"""Months: rank correlations with provocations and with attention, each with a bootstrap over whole years."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from validation.provocations import against_chance, jump_days, top_days
from validation.runs import window

DRAWS = 2000
SEED = 20261122
FORCE = ("ASSAULT", "MOBILIZE")
PEERS = {"KOR-PRK": "GPRC_KOR", "ISR-PSE": "GPRC_ISR", "IND-PAK": "GPRC_IND", "GEO-RUS": "GPRC_RUS"}


def read_gpr(path: Path) -> pd.DataFrame:
    """Read the Geopolitical Risk index, one row a month."""
    rows = pd.read_csv(path, parse_dates=["month"])
    return rows.set_index(rows["month"].dt.to_period("M")).drop(columns="month")


def monthly(series: pd.DataFrame) -> pd.DataFrame:
    """Return mean `tension` of the covered days, and sums of `conflict` and `hostility` (minus the flow)."""
    grouped = series.groupby(series.index.to_period("M"))
    sums = grouped[["conflict", "flow"]].sum()
    return pd.DataFrame(
        {"tension": grouped["tension"].mean(), "conflict": -sums["conflict"], "hostility": -sums["flow"]}
    )


def added(own: pd.DataFrame) -> pd.DataFrame:
    """Add the flows of several pairs up; the mean of their levels stands for tension."""
    own = own.assign(flow=lambda rows: rows["conflict"] + rows["cooperation"])
    summed = own.groupby("date")[["flow", "conflict", "level"]].sum()
    return summed.assign(tension=-summed.pop("level"))


def force_of(events: pd.DataFrame, source: str, target: str) -> pd.Series:
    """Return the summed weight of a country's assaults and shows of force against another, a month."""
    own = events[(events["source"] == source) & (events["target"] == target) & events["event_type"].isin(FORCE)]
    return (-own["score"] * own["confidence"]).groupby(own["date"].dt.to_period("M")).sum()


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Return the rank correlation of the months that both have; ties have their mean rank."""
    both = ~(np.isnan(one) | np.isnan(other))
    first, second = rankdata(one[both]), rankdata(other[both])
    if first.std() == 0 or second.std() == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def to_find(truth: pd.DataFrame) -> dict:
    """Return how many months there are, how many with a provocation, and the best rank correlation possible.

    Most months have none: a measure that orders the others perfectly still orders these somehow.
    """
    rng, values = np.random.default_rng(SEED), truth["severity"].to_numpy(float)
    best = [spearman(values + 0.5 * rng.random(len(values)), values) for _ in range(200)]
    return {
        "months": len(values),
        "with_a_provocation": int((values > 0).sum()),
        "best_correlation_possible": round(float(np.mean(best)), 2),
    }


def draws(months: pd.PeriodIndex) -> list[np.ndarray]:
    """Return the positions of the months of as many years as there are, drawn with replacement, again and again."""
    rng = np.random.default_rng(SEED)
    of_year = [np.flatnonzero(months.year == year) for year in sorted(set(months.year))]
    return [np.concatenate([of_year[n] for n in rng.integers(0, len(of_year), len(of_year))]) for _ in range(DRAWS)]


def correlation(one: pd.Series, other: pd.Series) -> dict:
    """Return the rank correlation and its 95% interval."""
    first, second = one.to_numpy(float), other.reindex(one.index).to_numpy(float)
    drawn = [spearman(first[chosen], second[chosen]) for chosen in draws(one.index)]
    return {"rho": round(spearman(first, second), 3)} | interval(drawn)


def advantage(one: pd.Series, rival: pd.Series, truth: pd.Series) -> dict:
    """Return by how much `one` correlates better with the truth than its rival, and the 95% interval."""
    a, b, c = (series.reindex(one.index).to_numpy(float) for series in (one, rival, truth))
    drawn = [spearman(a[chosen], c[chosen]) - spearman(b[chosen], c[chosen]) for chosen in draws(one.index)]
    return {"more": round(spearman(a, c) - spearman(b, c), 3)} | interval(drawn)


def interval(drawn: list[float]) -> dict:
    """Return the middle 95% of draws."""
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return {"low": round(float(low), 3), "high": round(float(high), 3)}


def provocations_and_attention(
    series: pd.DataFrame,
    others: dict[str, pd.DataFrame],
    force: pd.Series,
    truth: pd.DataFrame,
    gpr: pd.DataFrame,
    naive: pd.DataFrame,
) -> dict:
    """Return the correlations of the pair's months with provocations and GPR.

    `others` are series whose hostility is compared too, `force` the months of the North's acts of force.
    """
    own = monthly(series)
    items = naive["items"].groupby(naive.index.to_period("M")).sum().reindex(own.index, fill_value=0)
    measures = {
        "monthly mean tension": own["tension"],
        "monthly sum of conflict": own["conflict"],
        "monthly sum of hostility (minus flow)": own["hostility"],
        **{f"hostility, {name}": monthly(one)["hostility"] for name, one in others.items()},
        "acts of force, North Korea to South Korea": force.reindex(own.index, fill_value=0.0),
        "news items naming both Koreas": items,
        "GPR, Korea": gpr["GPRC_KOR"].reindex(own.index),
        "GPR, world": gpr["GPR"].reindex(own.index),
    }
    targets = {
        "number of provocations": truth["count"],
        "severity of provocations": truth["severity"],
        "severity, fading": truth["remembered"],
        "GPR, Korea": gpr["GPRC_KOR"],
        "GPR, world": gpr["GPR"],
        "news items naming both Koreas": items,
    }
    return {
        name: {other: correlation(one, two) for other, two in targets.items() if other != name}
        for name, one in measures.items()
    }


def ablations(variants: dict[str, pd.DataFrame], truth: pd.DataFrame, rows: pd.DataFrame) -> dict:
    """Return for each variant how it fits the severity of provocations and how often it answers one."""
    index, severity = monthly(variants["the index"]), truth["severity"]
    found = {}
    for name, series in variants.items():
        own = monthly(series)
        found[name] = {
            "tension": correlation(own["tension"], severity),
            "remembered": correlation(own["tension"], truth["remembered"]),
            "conflict": correlation(own["conflict"], severity),
            "hostility": correlation(own["hostility"], severity),
            "tension_ahead_by": advantage(index["tension"], own["tension"], severity),
            "hostility_ahead_by": advantage(index["hostility"], own["hostility"], severity),
            "tension_hits": against_chance(top_days(series), rows["date"]),
            "flow_hits": against_chance(jump_days(series), rows["date"]),
        }
    return found


def peers(index: pd.DataFrame, gpr: pd.DataFrame) -> dict:
    """Return the correlations of each pair's months with GPR, the world's and its country's."""
    found = {}
    for dyad, column in (PEERS | {"IRN-USA": ""}).items():
        own = monthly(window(index[index["dyad"] == dyad].set_index("date")))
        columns = {"world": "GPR"} | ({"country": column} if column else {})
        found[dyad] = {
            name: {where: correlation(own[name], gpr[one]) for where, one in columns.items()}
            for name in ("tension", "conflict")
        }
    return found
