"""Outputs → whether all is well: the last night, how fresh and how complete the index is, and what went wrong.

Only small files are read (`summary.json`, `nights.json`) and folders listed, so that this may be asked every minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from pipeline.chain.nights import NIGHTS_FILE
from pipeline.errors import StoreError
from pipeline.store import Store
from pipeline.tables import SCHEMA_VERSION

_STATES = {"published": "published", "stopped": "stopped by a check", "failed": "failed", "running": "died"}


class Level(IntEnum):
    """How bad it is: also the exit code, as monitoring plugins have it."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True)
class Status:
    """What is known of some outputs: the worst level, a reason for each that is not OK, worst first, and the facts.

    `facts` holds plain values, ready for JSON; times are ISO 8601, UTC, ages in hours, and None is unknown.
    """

    level: Level
    reasons: Sequence[str]
    facts: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {"level": self.level.name, "reasons": list(self.reasons), **self.facts}


def status(outputs: Path | str, now: datetime, max_age_hours: float | None = None) -> Status:
    """Tell how some outputs stand.

    Parameters
    ----------
    outputs
        The outputs folder of a run.
    now
        The time, from which ages are counted.
    max_age_hours
        Age of the last publication, and of the newest article, beyond which the level is critical; by default ages are
        told and not judged, for an archive may be old.

    Raises
    ------
    StoreError
        If there are no outputs, or what they say cannot be read.
    """
    store = Store(outputs)
    summary, journal = store.summary(), store.read_json(NIGHTS_FILE)
    if not summary and not journal:
        raise StoreError(f"there is no index in {store.where}; build it with: escalation run --outputs {store.where}")
    try:
        facts = _facts(store, summary, journal, now)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"cannot make sense of {NIGHTS_FILE} and summary.json in {store.where} ({type(error).__name__}: {error}); "
            f"the next run writes them anew"
        ) from error
    found = sorted(_judged(facts, max_age_hours), key=lambda one: -one[0])
    return Status(found[0][0] if found else Level.OK, [reason for _, reason in found], facts)


def _facts(store: Store, summary: Mapping[str, Any], journal: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    busy = store.is_written_now
    nights: list[dict[str, Any]] = journal.get("nights", [])
    over = nights[:-1] if busy and nights and nights[-1]["state"] == "running" else nights
    published = [night for night in over if night["state"] == "published"]
    last = over[-1] if over else None
    # what a night counted that was not published is in the journal alone
    latest = journal["last"]["summary"] if last is not None and last is nights[-1] else summary
    published_at = published[-1]["ended_at"] if published else None
    newest = latest.get("newest_article") or summary.get("newest_article") or None
    return {
        "outputs": store.where,
        "asked_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "being_written": busy,
        "last_night": last and {**last, "state": _STATES[last["state"]]},
        "published_at": published_at,
        "published_age_hours": _age(published_at, now),
        "newest_article": newest,
        "newest_article_age_hours": _age(newest, now),
        "index": {name: summary.get(name) for name in ("as_of", "first_day", "last_day", "dyads", "events")},
        "coverage": latest.get("coverage") or None,
        "lag": _lag(store, summary, over),
        "quarantine": latest.get("aside") or summary.get("aside") or {},
        "in_vain": latest.get("in_vain", []),
        "checks": latest.get("checks", []),
        "schema": {"stored": summary.get("schema_version"), "software": SCHEMA_VERSION},
        "vintages": {
            "nights": len(store.days("vintages")),
            "bytes": store.size("vintages") + store.size("directed_vintages"),
        },
    }


def _lag(store: Store, summary: Mapping[str, Any], nights: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return what is stored and not in the index yet."""
    days = store.days("articles")
    as_of = date.fromisoformat(summary["as_of"][:10]) if summary.get("as_of") else date.min
    waiting = 0
    for night in reversed(nights):
        if night["state"] == "published":
            break
        waiting += night["new_articles"]
    return {
        "days_not_coded": len(set(days) - set(store.days("mentions"))),
        "days_not_indexed": sum(day > as_of for day in days),
        "articles_not_indexed": waiting,
    }


def _age(moment: str | None, now: datetime) -> float | None:
    return None if moment is None else round((now - datetime.fromisoformat(moment)).total_seconds() / 3600, 1)


def _judged(facts: Mapping[str, Any], most: float | None) -> list[tuple[Level, str]]:
    """Return each thing that is not well with its level."""
    critical = [*_bad_night(facts), *_too_old(facts, most)]
    stored, known = facts["schema"]["stored"], facts["schema"]["software"]
    if stored not in (None, known):
        critical.append(f"the tables are of schema {stored}, this version's are of schema {known}")
    warnings = [
        f"{check['name']} {check['state']}: {check['found']}"
        for check in facts["checks"]
        if check["state"] in ("warned", "failed")
    ]
    if facts["lag"]["days_not_coded"] and not facts["being_written"]:
        warnings.append(f"{facts['lag']['days_not_coded']} days are stored and not coded")
    sources = [line for line in facts["in_vain"] if not line.startswith("page ")]
    if sources:
        warnings.append(f"{len(sources)} sources asked in vain: {sources[0]}")
    return [(Level.CRITICAL, one) for one in critical] + [(Level.WARNING, one) for one in warnings]


def _bad_night(facts: Mapping[str, Any]) -> list[str]:
    night = facts["last_night"]
    if night is None or night["state"] == _STATES["published"]:
        return [] if facts["index"]["as_of"] else ["nothing has been published"]
    why = f": {night['message']}" if night["message"] else ""
    return [f"the night of {night['started_at']} {night['state']}{why}"]


def _too_old(facts: Mapping[str, Any], most: float | None) -> list[str]:
    if most is None:
        return []
    ages = {
        "the last publication": facts["published_age_hours"],
        "the newest article": facts["newest_article_age_hours"],
    }
    return [
        f"{name} is {'of unknown age' if age is None else f'{age:,.1f} hours old'}, most are {most:g}"
        for name, age in ages.items()
        if age is None or age > most
    ]
