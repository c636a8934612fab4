"""False alarms of the checks before publication on ten years of real news, and which injected faults they catch.

    python benchmarks/checks.py NEWS [OUTPUTS]

NEWS is a JSONL file of dated items with `published_at` and `outlets`, as `(BBC) (Reuters)`. Coverage, silence and
records are replayed night by night from its daily counts. OUTPUTS is the folder of a run of NEWS: then jumps are
replayed from its index, and bursts are coded, put into copies of its last 200 days before some nights, and published.
Writes `benchmarks/checks.json`.
"""

import gzip
import json
import random
import re
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from pipeline import chain
from pipeline.checks import Move, Printing, judge_coverage, judge_records, judge_silence
from pipeline.checks.jumps import LEAST_POINTS, is_odd
from pipeline.checks.records import Taken
from pipeline.errors import CheckError
from pipeline.records import Article, content_id
from pipeline.settings import CheckSettings, Settings
from pipeline.store import Store
from pipeline.tables import ARTICLES, MENTIONS, articles_of, table_of
from pipeline.training.build import ready_coder

SEED = 20261122
CHOSEN = CheckSettings()
SETTINGS = Settings.model_validate({"index": {"replicates": 20}})
FIRST, LAST = date(2003, 1, 1), date(2012, 12, 31)
FAULTS_FROM, FAULTS_TO = date(2009, 1, 1), date(2010, 12, 20)
FAULTS, BURSTS = 50, 6
MALFORMED = 0.03
"""Share of records that are refused on a usual night of the replay."""
ONE = timedelta(days=1)
YEAR = 365.25
PAIRS = (("North Korea", "South Korea"), ("Iran", "the United States"), ("Pakistan", "India"), ("Syria", "Israel"))
ACTS = ("shelled", "bombed", "invaded", "blockaded", "threatened", "condemned", "expelled the envoys of")

Counts = dict[date, Counter[str]]


def counts_of(news: Path) -> Counts:
    """Return day → outlet → items; an item counts for the first outlet that it names."""
    found: Counts = defaultdict(Counter)
    with gzip.open(news, "rt") if news.suffix == ".gz" else news.open() as file:
        for line in file:
            row = json.loads(line)
            outlets = re.findall(r"\(([^)]+)\)", row["outlets"])
            found[date.fromisoformat(row["published_at"][:10])][outlets[0] if outlets else ""] += 1
    return found


def days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + n * ONE


def states(counts: Counts, day: date) -> dict[str, str]:
    """Return what the checks of one night say; the night before was published."""
    window = {one: counts[one] for one in days(day - 80 * ONE, day) if one in counts}
    printing = Printing(window, day, day - ONE)
    return {judge.__name__: judge(printing, CHOSEN).state for judge in (judge_coverage, judge_silence)}


def alarms(counts: Counts) -> dict[str, dict[str, float]]:
    """Count the nights on which nothing was injected and publication would have stopped."""
    failed: dict[str, list[date]] = {"judge_coverage": [], "judge_silence": []}
    for day in days(FIRST, LAST):
        for name, state in states(counts, day).items():
            if state == "failed":
                failed[name].append(day)
    years = ((LAST - FIRST).days + 1) / YEAR
    return {
        name.removeprefix("judge_"): {
            "alarms": len(nights),
            "a_year": round(len(nights) / years, 2),
            "in_2009_and_2010": sum(night.year in (2009, 2010) for night in nights),
        }
        for name, nights in failed.items()
    }


def outage(counts: Counts, day: date, rng: random.Random, lost: float) -> Counts:
    """Lose a share of the articles of three days."""
    for one in days(day, day + 2 * ONE):
        counts[one] = Counter(name for name in counts[one].elements() if rng.random() >= lost)
    return counts


def without(counts: Counts, day: date, outlet: str) -> Counts:
    """Lose an outlet for good."""
    return {one: own if one < day else Counter({k: v for k, v in own.items() if k != outlet}) for one, own in
            counts.items()}  # fmt: skip


def caught(counts: Counts, change: Callable[[Counts, date], Counts], nights: int, judge: str) -> dict[str, float]:
    """Inject a fault on some nights; count those on which publication stops within some nights."""
    rng = random.Random(SEED)  # noqa: S311 - nights to spoil
    chosen = rng.sample(list(days(FAULTS_FROM, FAULTS_TO)), FAULTS)
    after: list[int] = []
    for day in chosen:
        window = {one: Counter(counts[one]) for one in days(day - 90 * ONE, day + 8 * ONE)}
        spoilt = defaultdict(Counter, change(window, day))
        found = [n for n in range(nights) if states(spoilt, day + n * ONE)[judge] == "failed"]
        after += found[:1]
    return {"injected": len(chosen), "caught": len(after), "on_night": round(1 + sum(after) / max(len(after), 1), 1)}


def records(counts: Counts) -> dict[str, dict[str, float]]:
    """Refuse a few records every night, and on some nights half of them."""
    rng = random.Random(SEED)  # noqa: S311
    nights: list[Taken] = []
    failed = tried = stopped = judged = 0
    for day in days(FIRST, LAST):
        size = sum(counts[day].values())
        usual = Taken(size, sum(rng.random() < MALFORMED for _ in range(size)))
        state = judge_records(usual, nights, CHOSEN).state
        failed += state == "failed"
        judged += state != "skipped"
        spoilt = judge_records(Taken(size, size // 2), nights, CHOSEN).state
        if spoilt != "skipped" and FAULTS_FROM <= day <= FAULTS_TO:
            tried += 1
            stopped += spoilt == "failed"
        nights.append(usual)
    return {
        "records": {"alarms": failed, "a_year": round(failed / (len(nights) / YEAR), 2), "nights_judged": judged},
        "half the records malformed": {"injected": tried, "caught": stopped, "on_night": 1.0},
    }


def jumps(outputs: Path) -> dict[str, float]:
    """Count the nights on which a dyad leapt without reason, by the finished index and the stories of each day."""
    index = pd.read_parquet(outputs / "tension_index.parquet", columns=["dyad", "date", "tension"]).dropna()
    index["date"] = pd.to_datetime(index["date"])
    index = index[index["date"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST))].sort_values(["dyad", "date"])
    index["before"] = index.groupby("dyad")["tension"].shift()
    index["points"] = (index["tension"] - index["before"]).abs()
    of_year = index.set_index("date").groupby("dyad")["points"].rolling("365D", closed="left")
    past = of_year.agg(["max", "count"]).reset_index()
    far = index.merge(past, on=["dyad", "date"])
    far = far[far["points"] > LEAST_POINTS]
    told = _told(outputs)
    odd = [
        row.date
        for row in far.itertuples()
        if is_odd(_move(row, told), CHOSEN)
    ]  # fmt: skip
    years = ((LAST - FIRST).days + 1) / YEAR
    largest = index.loc[index["date"].dt.year.isin((2009, 2010)), "points"].max()
    return {
        "alarms": len(set(odd)),
        "a_year": round(len(set(odd)) / years, 2),
        "in_2009_and_2010": len({day for day in odd if day.year in (2009, 2010)}),
        "largest_in_2009_and_2010": round(float(largest), 1),
    }


def _told(outputs: Path) -> dict[tuple[str, date], tuple[int, int]]:
    """Return dyad and day → articles and outlets that told of it then."""
    articles = pd.read_parquet(outputs / "articles", columns=["article_id", "outlet", "published_at"])
    events = pd.read_parquet(outputs / "events", columns=["source", "target", "article_ids"])
    events["dyad"] = ["-".join(sorted(pair)) for pair in zip(events["source"], events["target"], strict=True)]
    rows = events[["dyad", "article_ids"]].explode("article_ids").drop_duplicates()
    rows = rows.merge(articles, left_on="article_ids", right_on="article_id")
    grouped = rows.groupby(["dyad", rows["published_at"].dt.date])
    return {key: (len(own), own["outlet"].nunique()) for key, own in grouped}


def _move(row, told) -> Move:
    stories, outlets = told.get((row.dyad, row.date.date()), (0, 0))
    return Move(row.dyad, row.before, row.tension, row.max if row.count >= 100 else None, stories, outlets, 3)


def bursts(outputs: Path) -> dict[str, dict[str, float]]:
    """Publish some nights for real, as they were and with a burst of one outlet's articles."""
    rng = random.Random(SEED)  # noqa: S311
    nights = rng.sample(list(days(FAULTS_FROM, FAULTS_TO)), BURSTS)
    found: Counter[str] = Counter()
    for n, day in enumerate(nights):
        found["a night as it was"] += _stopped(outputs, day, [])
        for size in (1, 10):
            articles = [_burst(PAIRS[n % len(PAIRS)], day + ONE, m) for m in range(size)]
            found[f"burst of {size}"] += _stopped(outputs, day, articles)
        print(day, dict(found), flush=True)
    return {
        "nights published for real": {"published_for_real": BURSTS, "alarms_there": found["a night as it was"]},
        "burst: one article of 63 hostile acts": {"injected": BURSTS, "caught": found["burst of 1"], "on_night": 1.0},
        "burst: ten such articles of one outlet": {"injected": BURSTS, "caught": found["burst of 10"], "on_night": 1.0},
    }


def _burst(pair: tuple[str, str], day: date, number: int) -> Article:
    source, target = pair
    acts = [f"{source} {act} {target} on {one:%B %d}." for one in days(day - 8 * ONE, day) for act in ACTS]
    body = f"Bulletin {number} of the Harbour Wire. " + " ".join(acts[number:] + acts[:number])
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Article(content_id(body, str(day)), "", "Harbour Wire", "", body, "en", moment, None, "burst")


def _stopped(outputs: Path, day: date, articles: list[Article]) -> bool:
    """Publish a night, then the next with some more articles; return whether the check of jumps stops it."""
    with TemporaryDirectory() as folder:
        store = Store(folder)
        for name in ("articles", "mentions", "copies"):
            (store.root / name).mkdir()
            for one in days(day - 200 * ONE, day + ONE):
                path = outputs / name / f"{one}.parquet"
                if path.exists():
                    shutil.copy(path, store.root / name / path.name)
        _publish(store, day)
        if articles:
            own = articles_of(store.read_day("articles", day + ONE)) if day + ONE in store.days("articles") else []
            mentions = chain.code_articles(articles, ready_coder(), SETTINGS)
            known = store.read_day("mentions", day + ONE).to_pylist() if own else []
            store.write_day("articles", day + ONE, table_of([*own, *articles], ARTICLES))
            store.write_day("mentions", day + ONE, table_of([*_rows(known), *mentions], MENTIONS))
        try:
            _publish(store, day + ONE)
        except CheckError as error:
            return any(check["name"] == "jump" and check["state"] == "failed" for check in error.checks)
        return False


def _rows(known):
    from pipeline.records import Mention  # noqa: PLC0415

    return [Mention(**row) for row in known]


def _publish(store: Store, day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC) + ONE
    chain.publish(store, SETTINGS, day, chain.Summary(), now=lambda: moment)


def main(news: Path, outputs: Path | None) -> None:
    counts = counts_of(news)
    rng = random.Random(SEED)  # noqa: S311
    taken = records(counts)
    results = {
        "false alarms": {**alarms(counts), "records": taken["records"]},
        "faults": {
            "outage of three days": caught(counts, lambda c, d: outage(c, d, rng, 1.0), 3, "judge_coverage"),
            "four in five articles lost for three days": caught(
                counts, lambda c, d: outage(c, d, rng, 0.8), 3, "judge_coverage"
            ),
            "the largest outlet removed": caught(counts, lambda c, d: without(c, d, "BBC"), 7, "judge_silence"),
            "half the records malformed": taken["half the records malformed"],
        },
    }
    print(json.dumps(results, indent=2), flush=True)
    if outputs is not None:
        results["false alarms"]["jump"] = jumps(outputs)
        burst = bursts(outputs)
        results["false alarms"]["jump"] |= burst.pop("nights published for real")
        results["faults"] |= burst
    print(json.dumps(results, indent=2))
    Path(__file__).with_name("checks.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
