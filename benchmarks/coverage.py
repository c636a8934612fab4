"""Measure how often the interval contains the truth, on generated streams whose true level is known.

    python benchmarks/coverage.py [REPLICATIONS]

The true tension of a day is what the same formula gives with every event, every article and a coder without error.
The index sees a part of the articles; the coder misses some mentions, doubts others and adds false events, with
calibrated confidence unless a scenario says otherwise. REPLICATIONS (default 20) streams of 240 days are made for each
scenario, and every covered day of the dyad counts. Writes `benchmarks/coverage.json`. Streams marked as stress break
what the interval assumes; they are shown and stand in no total.
"""

import json
import platform
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.index import build_indexes
from pipeline.mapping import tension
from pipeline.records import Event, content_id
from pipeline.scale import load_scale
from pipeline.score import end_of, score_events
from pipeline.settings import IndexSettings
from pipeline.tables import EVENTS, table_of

START = date(2020, 1, 1)
DAYS = 240
FIRST_SEED = 100  # the method was chosen on streams 0 to 11
FOCAL = ("PRK", "KOR")
OTHERS = (("PRK", "USA"), ("KOR", "JPN"), ("CHN", "PRK"))
TYPES = "AGREE CONSULT SUPPORT AID RETREAT REQUEST ACCUSE REJECT THREATEN SANCTION MOBILIZE ASSAULT".split()
MIXTURES = {
    "calm": np.array([4, 9, 3, 1, 1, 3, 5, 3, 1, 1, 1, 0.3]),
    "crisis": np.array([0.5, 2, 0.5, 0.2, 0.2, 2, 7, 4, 6, 3, 4, 5]),
}
CODERS = {"good": (9.0, 1.0), "poor": (3.0, 1.5)}
RECALLS = {"good": 0.85, "poor": 0.6}
SAME_STORY = 0.25


@dataclass(frozen=True)
class Scenario:
    """One way the world and the view of it may be; `rate` and `other_rate` are events a day and dyad."""

    name: str
    rate: float = 0.5
    other_rate: float = 0.4
    seen: float = 0.6
    coder: Literal["good", "poor"] = "good"
    regime: Literal["calm", "crisis", "switch"] = "switch"
    reports: Literal["geometric", "heavy"] = "geometric"
    outage: float = 0.0
    overconfident: bool = False
    stress: bool = False


SCENARIOS = (
    Scenario("dense, 90 % seen", rate=3.0, seen=0.9),
    Scenario("dense, 60 % seen", rate=3.0),
    Scenario("dense, 30 % seen", rate=3.0, seen=0.3),
    Scenario("middling, 90 % seen", seen=0.9),
    Scenario("middling, 60 % seen"),
    Scenario("middling, 30 % seen", seen=0.3),
    Scenario("sparse, 90 % seen", rate=0.08, other_rate=0.08, seen=0.9),
    Scenario("sparse, 60 % seen", rate=0.08, other_rate=0.08),
    Scenario("sparse, 30 % seen", rate=0.08, other_rate=0.08, seen=0.3),
    Scenario("poor coder, dense", rate=3.0, coder="poor"),
    Scenario("poor coder, middling", coder="poor"),
    Scenario("poor coder, sparse", rate=0.08, other_rate=0.08, coder="poor"),
    Scenario("always calm", regime="calm"),
    Scenario("always crisis", regime="crisis"),
    Scenario("busy neighbours", rate=0.2, other_rate=3.0),
    Scenario("alone in the news", other_rate=0.0),
    Scenario("few stories make most reports", reports="heavy"),
    Scenario("the same, 30 % seen", reports="heavy", seen=0.3),
    Scenario("whole days unseen (3 in 10)", outage=0.3, stress=True),
    Scenario("coder surer than right", coder="poor", overconfident=True, stress=True),
)


def truth(scenario: Scenario, rng: np.random.Generator) -> list[Event]:
    """Return every event of the world, each with all its articles."""
    events: list[Event] = []
    for day in (START + timedelta(days=n) for n in range(DAYS)):
        for pair in (FOCAL, *OTHERS):
            events.extend(_of_day(pair, day, _rates(pair, day, scenario), scenario, rng))
    return events


def _rates(pair: tuple[str, str], day: date, scenario: Scenario) -> np.ndarray:
    """Return how many events of each kind a dyad expects on a day; a crisis has its own kinds, and twice as many."""
    crisis = scenario.regime == "crisis" or (scenario.regime == "switch" and (day - START).days // 60 % 2 == 1)
    mixture = MIXTURES["crisis" if crisis and pair == FOCAL else "calm"]
    rate = scenario.rate * (2.0 if crisis else 1.0) if pair == FOCAL else scenario.other_rate
    return rate * mixture / mixture.sum()


def _of_day(
    pair: tuple[str, str], day: date, rates: np.ndarray, scenario: Scenario, rng: np.random.Generator
) -> Iterator[Event]:
    """Yield a day's events of a dyad, one a kind and direction; some articles tell two events."""
    told: list[str] = []
    for source, target in (pair, pair[::-1]):
        for kind in np.flatnonzero(rng.random(len(TYPES)) < 1 - np.exp(-rates / 2)):
            size = _reports(scenario, rng)
            fresh = [content_id(day.isoformat(), source, target, str(kind), str(n)) for n in range(size)]
            shared = [str(one) for one in rng.permutation(told)[:size] if rng.random() < SAME_STORY]
            yield make(source, target, TYPES[kind], day, tuple(sorted(fresh[len(shared) :] + shared)))
            told = fresh


def _reports(scenario: Scenario, rng: np.random.Generator) -> int:
    if scenario.reports == "geometric":
        return int(rng.geometric(1 / 3))
    return int(min(np.ceil(rng.lognormal(0.3, 1.3)), 60))


def make(source: str, target: str, kind: str, day: date, articles: tuple[str, ...], sure: float = 1.0) -> Event:
    return Event(
        event_id=content_id(source, target, kind, day.isoformat()),
        source=source,
        target=target,
        event_type=kind,
        mode="",
        status="happened",
        score=load_scale("plover").score(kind, ""),
        event_date=day,
        date_precision="day",
        n_mentions=len(articles),
        n_articles=len(articles),
        n_outlets=len(articles),
        first_seen_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
        confidence=sure,
        mention_ids=(),
        article_ids=articles,
    )


def observed(events: list[Event], scenario: Scenario, rng: np.random.Generator) -> tuple[list[Event], dict[str, date]]:
    """Return what is seen of the events, with doubt and false ones, and the articles seen with their days."""
    articles = {article: event.event_date for event in events for article in event.article_ids}
    dark = {START + timedelta(days=n) for n in range(DAYS) if rng.random() < scenario.outage}
    known = {one: day for one, day in articles.items() if rng.random() < scenario.seen and day not in dark}
    elsewhere = {f"elsewhere {day}": day for n in range(DAYS) if (day := START + timedelta(days=n)) not in dark}
    found: dict[str, Event] = {}
    false: dict[str, Event] = {}
    for event in events:
        recall = RECALLS[scenario.coder]
        told = tuple(one for one in event.article_ids if one in known and rng.random() < recall)
        if told:
            found[event.event_id] = replace(
                event,
                article_ids=told,
                n_outlets=len(told),
                confidence=_confidence(len(told), True, scenario, rng),
            )
            false.update((one.event_id, one) for one in _false(event, told, scenario, rng))
    real = {event.event_id for event in events}
    return list(found.values()) + [one for name, one in false.items() if name not in real], known | elsewhere


def _confidence(count: int, right: bool, scenario: Scenario, rng: np.random.Generator) -> float:
    """Draw the confidence of an event that `count` articles tell: among those of confidence c, the share c is right."""
    a, b = CODERS[scenario.coder]
    while True:
        doubt = float(np.prod(1.0 - (rng.beta(a, b, count) if right else rng.beta(a, b + 1.0, count))))
        if not right or rng.random() < 1.0 - doubt:
            break
    if scenario.overconfident:
        doubt **= 2
    return round(min(0.999, 1.0 - doubt), 4)


def _false(event: Event, told: tuple[str, ...], scenario: Scenario, rng: np.random.Generator) -> Iterator[Event]:
    """Yield the false events that come with a real one: of its dyad, of its days' kinds, as many as calibrated."""
    a, b = CODERS[scenario.coder]
    wrong = (b / (a + b)) ** len(told)
    pair = next(one for one in (FOCAL, *OTHERS) if {*one} == {event.source, event.target})
    rates = _rates(pair, event.event_date, scenario)
    for _ in range(rng.poisson(wrong / (1.0 - wrong))):
        kind = TYPES[rng.choice(len(TYPES), p=rates / rates.sum())]
        source, target = (event.source, event.target)[:: rng.choice([1, -1])]
        sure = _confidence(len(told), False, scenario, rng)
        yield make(source, target, kind, event.event_date, told, sure)


def compare(scenario: Scenario, seed: int, settings: IndexSettings) -> pd.DataFrame:
    """Return the covered days of one stream: true tension, published tension, low and high."""
    rng = np.random.default_rng([seed, zlib.crc32(scenario.name.encode())])
    events = truth(scenario, rng)
    seen, known = observed(events, scenario, rng)
    full = {article: event.event_date for event in events for article in event.article_ids}
    exact = _focal(events, full, settings.model_copy(update={"replicates": 20}))
    shown = _focal(seen, known, settings)
    if shown.empty:
        return shown
    level = exact.set_index("date")["level"].reindex(shown["date"]).fillna(0.0).to_numpy()
    return shown.assign(true=tension(level, settings)).dropna(subset="tension")


def _focal(events: list[Event], known: dict[str, date], settings: IndexSettings) -> pd.DataFrame:
    moment = end_of(START + timedelta(days=DAYS))
    scored = score_events(table_of(events, EVENTS), moment, settings)
    days = [[known[one] for one in told] for told in scored["article_ids"].to_pylist()]
    scored = scored.append_column("stories", scored["article_ids"])
    scored = scored.append_column("printed", pa.array(days, pa.list_(pa.date32())))
    index = build_indexes(scored, Counter(known.values()), moment, settings).undirected.to_pandas()
    return index[index["dyad"] == "-".join(sorted(FOCAL))]


def measure(scenario: Scenario, streams: int, settings: IndexSettings) -> dict[str, float]:
    """Return coverage (%), mean width and bias (points of tension), and the misses to each side (%)."""
    made = {seed: compare(scenario, seed, settings) for seed in range(FIRST_SEED, FIRST_SEED + streams)}
    days = pd.concat(made, names=["stream"])
    below, above = days["true"] < days["low"] - 1e-9, days["true"] > days["high"] + 1e-9
    # the days of a stream hang together: only streams are independent
    of_stream = (~below & ~above).groupby("stream").mean()
    return {
        "days": len(days),
        "covered": round(100 * float((~below & ~above).mean()), 1),
        "standard_error": round(100 * float(of_stream.std() / len(of_stream) ** 0.5), 1),
        "true_below": round(100 * float(below.mean()), 1),
        "true_above": round(100 * float(above.mean()), 1),
        "width": round(float((days["high"] - days["low"]).mean()), 2),
        "bias": round(float((days["tension"] - days["true"]).mean()), 2),
        "error": round(float((days["tension"] - days["true"]).abs().mean()), 2),
    }


def overall(results: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the mean over the scenarios that are no stress, each of the same weight."""
    main_ones = pd.DataFrame([results[one.name] for one in SCENARIOS if not one.stress])
    return {name: round(float(main_ones[name].mean()), 2) for name in main_ones if name != "days"}


def main() -> None:
    streams = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    settings = IndexSettings()
    results = {scenario.name: measure(scenario, streams, settings) for scenario in SCENARIOS}
    total = overall(results)
    print(pd.DataFrame({**results, "overall": total}).T.to_string())
    written = {
        "machine": platform.platform(),
        "streams": streams,
        "interval": settings.interval,
        "overall": total,
        "scenarios": {one.name: {**asdict(one), **results[one.name]} for one in SCENARIOS},
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
