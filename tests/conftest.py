"""Shared by all tests: the estimator is built once, before the workers start, and stores live in temporary folders."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from s3_on_loopback import ObjectStore

from pipeline.coder.estimator import EventEstimator
from pipeline.records import Article, Event, Mention, content_id
from pipeline.training.build import ready_estimator


def pytest_configure(config: pytest.Config) -> None:
    if (
        threading.current_thread() is threading.main_thread()
    ):  # a shell's background job ignores it, and so would servers
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        ready_estimator()


@pytest.fixture(scope="session")
def estimator() -> EventEstimator:
    return ready_estimator()


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """An S3 of the tests' own; skips without moto, and fails without it where all tests must run (CI)."""
    with ObjectStore() as running:
        yield running


@pytest.fixture(params=["folder", "objects"])
def outputs(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for outputs, of each kind in turn."""
    if request.param == "folder":
        return str(tmp_path / "outputs")
    return str(request.getfixturevalue("object_store").fresh())


def make_article(body: str, published: str = "2020-06-16", **fields: Any) -> Article:
    known: dict[str, Any] = {"url": "", "outlet": "Harbour Wire", "title": "", "language": "en", "source": "test"}
    return Article(
        article_id=content_id(body, published, str(sorted(fields.items()))),
        body=body,
        published_at=datetime.fromisoformat(published).replace(tzinfo=UTC),
        fetched_at=None,
        **{**known, **fields},
    )


def make_mention(article: str = "a1", day: str | None = "2020-06-16", **fields: Any) -> Mention:
    known: dict[str, Any] = {
        "sentence_no": 0,
        "sentence": "…",
        "source": "PRK",
        "source_role": "",
        "target": "KOR",
        "target_role": "",
        "event_type": "ASSAULT",
        "mode": "destroy",
        "status": "happened",
        "score": -8.5,
        "probability": 0.9,
        "date_precision": "day",
        "date_rule": "weekday",
        "evidence": "",
    }
    values = {**known, **fields}
    identity = (article, str(values["sentence_no"]), values["source"], values["target"], values["event_type"])
    return Mention(
        mention_id=content_id(*identity),
        article_id=article,
        event_date=date.fromisoformat(day) if day else None,
        **values,
    )


def make_event(day: str, score: float = -8.5, articles: Sequence[str] = ("a1",), **fields: Any) -> Event:
    known: dict[str, Any] = {
        "source": "PRK",
        "target": "KOR",
        "event_type": "ASSAULT" if score < 0 else "RETREAT",
        "mode": "",
        "status": "happened",
        "date_precision": "day",
        "n_mentions": len(articles),
        "n_articles": len(articles),
        "n_outlets": len(articles),
        "first_seen_at": datetime.fromisoformat(day).replace(tzinfo=UTC),
        "confidence": 0.9,
        "mention_ids": (),
        "article_ids": tuple(articles),
    }
    values = {**known, **fields}
    identity = (values["source"], values["target"], values["event_type"], day)
    return Event(event_id=content_id(*identity), score=score, event_date=date.fromisoformat(day), **values)


@pytest.fixture
def jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a JSONL file and return its path."""

    def write(*rows: Any, name: str = "articles.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
        return path

    return write
