"""Years of a made-up world: articles, mentions and copies by day, with the shapes that news has.

A few pairs of countries make most news, an event is told by several articles of several outlets within days, some
articles copy others, and some recall what happened years ago or know no more than its month. Nothing is coded: the
mentions are written as a coder would have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import numpy as np
import pyarrow as pa

from pipeline.records import content_id
from pipeline.scale import load_scale
from pipeline.store import Store
from pipeline.tables import ARTICLES, COPIES, MENTIONS

SEED = 20261122
FIRST = date(2015, 1, 1)
COUNTRIES = 60
OUTLETS = 50
MORE_DYADS = 1.25
"""Pairs that have events, as a multiple of those that are published."""
EVENTS_A_DAY = 0.5
"""Events of a day for each published dyad."""
_TOLD_BY = 0.45
"""Of the geometric number of articles that tell an event: 2.2 on average."""
_RECALLS, _PERIODS, _UNDATED, _COPIES, _REVISED = 0.01, 0.03, 0.1, 0.08, 0.01
_STATUS = (("happened", 0.9), ("announced", 0.05), ("hypothetical", 0.025), ("denied", 0.025))


@dataclass(frozen=True)
class World:
    """Pairs of countries with how often each makes news, and what may happen between them."""

    pairs: Sequence[tuple[str, str]]
    weight: np.ndarray
    kinds: Sequence[tuple[str, str]]


def world(dyads: int) -> World:
    """Return the pairs of a world in which so many dyads are to be published."""
    rng = np.random.default_rng(SEED)
    codes = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}{chr(65 + 7 * n % 26)}" for n in range(COUNTRIES)]
    pull = 1.0 / np.arange(1, COUNTRIES + 1) ** 0.7
    pairs = list(combinations(range(COUNTRIES), 2))
    weight = np.array([pull[a] * pull[b] for a, b in pairs]) * rng.lognormal(0.0, 1.0, len(pairs))
    chosen = np.argsort(-weight)[: int(dyads * MORE_DYADS)]
    kinds = [kind for kind in load_scale().entries if kind[0] != "NONE"]
    return World(
        [(codes[pairs[n][0]], codes[pairs[n][1]]) for n in chosen], weight[chosen] / weight[chosen].sum(), kinds
    )


class Writer:
    """Writes the days of a world one after the other; late articles of an event come with later days."""

    def __init__(self, store: Store, dyads: int) -> None:
        self.store, self.world = store, world(dyads)
        self.rng = np.random.default_rng(SEED)
        self.a_day = EVENTS_A_DAY * dyads
        self.pending: dict[date, list[dict]] = {}
        self.told: list[dict] = []
        self.yesterday: list[str] = []
        self.count = {"articles": 0, "mentions": 0, "copies": 0}

    def write(self, day: date, recalls: float = _RECALLS) -> None:
        """Write the articles, mentions and copies that are printed on a day; some share of them recall old events."""
        self._happen(day)
        claims = self.pending.pop(day, []) + self._recalled(day, recalls)
        articles = self._articles(day, claims)
        mentions = [
            row for claim, article in zip(claims, articles, strict=True) for row in self._mentions(claim, article)
        ]
        ids = list(dict.fromkeys(article["article_id"] for article in articles))
        copies = [(one, str(self.rng.choice(self.yesterday + ids[:n]))) for n, one in enumerate(ids)
                  if self.rng.random() < _COPIES and (self.yesterday or n)]  # fmt: skip
        unique = list({article["article_id"]: article for article in articles}.values())
        mentions.sort(key=lambda row: (row["article_id"], row["sentence_no"], row["mention_id"]))
        self.store.write_day("articles", day, pa.Table.from_pylist(unique, schema=ARTICLES), "")
        self.store.write_day("mentions", day, pa.Table.from_pylist(mentions, schema=MENTIONS), "made up")
        links = [{"article_id": one, "copy_of": other, "containment": 0.9} for one, other in copies]
        self.store.write_day("copies", day, pa.Table.from_pylist(links, schema=COPIES), "made up")
        for name, rows in (("articles", unique), ("mentions", mentions), ("copies", links)):
            self.count[name] += len(rows)
        self.yesterday = ids

    def _happen(self, day: date) -> None:
        """Let events happen: each is told by some articles on this day and the next ones."""
        number = self.rng.poisson(self.a_day * (1.0 if day.weekday() < 5 else 0.7))
        for n in self.rng.choice(len(self.world.pairs), number, p=self.world.weight):
            pair = self.world.pairs[n]
            source, target = pair if self.rng.random() < 0.5 else pair[::-1]
            event_type, mode = self.world.kinds[self.rng.integers(len(self.world.kinds))]
            event = {"source": source, "target": target, "event_type": event_type, "mode": mode, "day": day}
            if self.rng.random() < 0.05:
                self.told.append(event)
            for _ in range(self.rng.geometric(_TOLD_BY)):
                lag = int(self.rng.choice(4, p=[0.7, 0.2, 0.07, 0.03]))
                self.pending.setdefault(day + timedelta(days=lag), []).append(event)

    def _recalled(self, day: date, share: float) -> list[dict]:
        count = self.rng.binomial(len(self.pending.get(day, ())) + int(2 * self.a_day), share)
        return [self.told[n] for n in self.rng.integers(0, len(self.told), count)] if self.told else []

    def _articles(self, day: date, claims: list[dict]) -> list[dict]:
        """Return the article of each claim; every third tells two events."""
        found: list[dict] = []
        for n, _ in enumerate(claims):
            if n % 3 == 2:
                found.append(found[-1])
                continue
            outlet = int(OUTLETS * self.rng.random() ** 2)
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
                seconds=int(self.rng.integers(86_400))
            )
            url = f"https://www.outlet{outlet}.example/world/{day:%Y/%m/%d}/{n}-{self.rng.integers(10**6)}"
            revised = n > 0 and self.rng.random() < _REVISED
            found.append(
                {
                    "article_id": content_id(url, str(revised)),
                    "url": found[-1]["url"] if revised else url,
                    "outlet": f"Outlet {outlet}",
                    "title": "Something happened",
                    "body": "Something happened.",
                    "language": "en",
                    "published_at": moment,
                    "fetched_at": moment + timedelta(hours=1),
                    "source": "made up",
                    "date_source": "given",
                    "revised_at": moment if revised else None,
                }
            )
        return found

    def _mentions(self, claim: dict, article: dict) -> list[dict]:
        """Return what the sentences of an article say of an event: one or two of them."""
        return [self._mention(claim, article, n) for n in range(1 + int(self.rng.random() < 0.4))]

    def _mention(self, claim: dict, article: dict, number: int) -> dict:
        rng, day = self.rng, claim["day"]
        status = str(rng.choice([name for name, _ in _STATUS], p=[share for _, share in _STATUS]))
        precision, rule, chance = "day", "weekday", rng.random()
        if chance < _PERIODS:
            precision = str(rng.choice(["week", "month", "year"]))
            begin = {
                "week": day - timedelta(days=day.weekday()),
                "month": day.replace(day=1),
                "year": day.replace(month=1, day=1),
            }
            day, rule = begin[precision], "period"
        elif chance < _PERIODS + _UNDATED:
            day, rule = article["published_at"].date(), "published"
        if status == "happened" and (article["published_at"].date() - day).days > 14:
            status = "historical"
        identity = (article["article_id"], str(number), claim["source"], claim["target"], claim["event_type"])
        return {
            "mention_id": content_id(*identity),
            "article_id": article["article_id"],
            "sentence_no": number,
            "sentence": "Something happened.",
            "source": claim["source"],
            "source_role": "",
            "target": claim["target"],
            "target_role": "",
            "event_type": claim["event_type"],
            "mode": claim["mode"] if rng.random() < 0.9 else "",
            "status": status,
            "score": 0.0,
            "probability": round(float(rng.beta(6, 2)), 4),
            "event_date": day if rng.random() < 0.99 else None,
            "date_precision": precision,
            "date_rule": rule,
            "evidence": "",
        }  # fmt: skip
