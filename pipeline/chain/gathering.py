"""Sources → articles and ready-coded mentions in the store, over the network where they lead there.

What lies at hand is read first; links go to the ledger. Then everything wanted is fetched, and what was fetched becomes
articles. A run that dies anywhere is started again: the ledger still holds what was not stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeline.actors import country_names
from pipeline.chain.ingesting import Intake, Storable
from pipeline.chain.nights import clock
from pipeline.chain.period import Period
from pipeline.chain.quarantine import aside, readable, release
from pipeline.chain.summary import Progress, Summary
from pipeline.chain.upgrading import require_upgraded
from pipeline.coded import to_mention
from pipeline.extract import Extractor
from pipeline.fetch import LEDGER_FILE, Ledger, fetch_wanted
from pipeline.records import Article, Coded, CodedMention, Item, Link, Raw, Rejection
from pipeline.scale import load_scale
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import read_sources
from pipeline.sources.parsing import IndexParser
from pipeline.store import Store

_BATCH_BYTES = 64_000_000
"""Fetched pages that become articles together."""
_NAMED = 20
"""Urls asked for in vain that the summary names."""
_LINKS = 1000
"""Links noted in one transaction."""


def gather(
    sources: Sequence[SourceSettings | Path],
    store: Store,
    settings: Settings,
    progress: Progress = lambda *_: None,
    now: Callable[[], datetime] = clock,
    period: Period | None = None,
) -> Summary:
    """Bring what the sources hold, and what they lead to, into the store.

    Parameters
    ----------
    sources
        Sources, or paths of files and folders.
    store
        Where everything is kept; its writer's lock must be held.
    now
        Gives the time that fetched pages are marked with.
    period
        Leave out what lies at hand and was printed on other days; what is fetched is kept, for it is fetched once.
    """
    require_upgraded(store)
    before = str(store.summary().get("gathered_at", ""))
    summary = Summary(gathered_at=before if period else now().isoformat(timespec="seconds"))
    reading = Extractor(settings.articles, settings.pages)
    with _ledger(store) as ledger, reading as extractor, Intake(store, summary, now) as intake:
        at_hand = storable(_noting_links(_items(sources, settings, progress), ledger), extractor)
        intake.take(period.inside(at_hand, summary) if period else at_hand)
        intake.flush()
        if not ledger.is_empty:
            _store_fetched(ledger, intake, extractor, progress)  # left by a run that died
            try:
                summary.fetched = _fetch(ledger, settings, progress, now)
                summary.in_vain = [f"{kind} {url}: {why}" for kind, url, why, _ in ledger.in_vain()[:_NAMED]]
            finally:
                _store_fetched(ledger, intake, extractor, progress)
    return summary


@contextmanager
def _ledger(store: Store) -> Iterator[Ledger]:
    """Open the ledger of a store, which is a file of this machine wherever the store is."""
    with store.borrowed(LEDGER_FILE) as path, Ledger(path.parent) as ledger:
        yield ledger


def _fetch(ledger: Ledger, settings: Settings, progress: Progress, now: Callable[[], datetime]) -> dict[str, int]:
    pages = settings.pages
    with IndexParser(pages.seconds, settings.fetch.max_bytes, pages.memory_mib) as parser:
        return fetch_wanted(ledger, parser.parse, settings.fetch, now, pages.max_bytes, progress)


def _store_fetched(ledger: Ledger, intake: Intake, extractor: Extractor, progress: Progress) -> None:
    """Turn fetched pages into stored articles; the ledger forgets them once they are stored."""
    numbers: list[int] = []
    for batch in ledger.waiting(_BATCH_BYTES):
        intake.take(storable((item for _, item in batch), extractor))
        numbers += [number for number, _ in batch]
        progress("reading pages", batch[-1][0], 0)
    intake.flush()
    ledger.stored(numbers)


def collect(
    sources: Sequence[SourceSettings | Path], settings: Settings, progress: Progress = lambda *_: None
) -> tuple[list[Article], list[Rejection]]:
    """Read sources that lie at hand into articles and rejections, without a store or the network."""
    items = (_not_fetched(item) if isinstance(item, Link) else item for item in _items(sources, settings, progress))
    with Extractor(settings.articles, settings.pages) as extractor:
        found = list(storable(items, extractor))
    return (
        [item for item in found if isinstance(item, Article)],
        [item for item in found if isinstance(item, Rejection)],
    )


def _not_fetched(link: Link) -> Rejection:
    return Rejection(link.url, "not fetched", "only `escalation run` asks the network", link.url.encode())


def retry(store: Store, settings: Settings, reason: str | None = None, now: Callable[[], datetime] = clock) -> Summary:
    """Try what lies in quarantine again; what is accepted now leaves it, urls are fetched by the next run.

    Parameters
    ----------
    reason
        Only what was refused for this reason.
    """
    summary = Summary()
    wait = settings.outputs.wait_seconds
    with store.writing(wait), _ledger(store) as ledger, Extractor(settings.articles, settings.pages) as extractor:
        chosen = [one for one in aside(store) if reason in (None, one.reason)]
        again = list(readable(chosen, settings.articles.max_line_bytes))
        items = _noting_links((item for _, item in again), ledger, anew=True)
        with Intake(store, summary, now) as intake:
            intake.take(storable(items, extractor))
            intake.flush()
        # only now, so that a run that dies in between loses nothing
        release(store, [old for old, _ in again if old.rejection_id not in intake.rejected])
    return summary


def storable(items: Iterable[Item], extractor: Extractor) -> Iterator[Storable]:
    """Turn what sources hold, links apart, into what a store takes."""
    coded: list[CodedMention | Rejection] = []
    for item in extractor.extract(_without_coded(items, coded)):
        yield item
        yield from _emptied(coded)
    yield from _emptied(coded)


def _without_coded(items: Iterable[Item], coded: list[CodedMention | Rejection]) -> Iterator[Raw | Rejection]:
    """Yield records; ready-coded events need no extraction and are put beside."""
    scale, countries = load_scale(), country_names()
    for item in items:
        if isinstance(item, Coded):
            coded.append(to_mention(item, scale, countries))
        elif not isinstance(item, Link):
            yield item


def _emptied(coded: list[CodedMention | Rejection]) -> Iterator[CodedMention | Rejection]:
    while coded:
        yield coded.pop()


def _items(sources: Sequence[SourceSettings | Path], settings: Settings, progress: Progress) -> Iterator[Item]:
    chosen = [SourceSettings.of(source) for source in sources]
    for n, item in enumerate(read_sources(chosen, settings.articles.max_line_bytes), 1):
        yield item
        if n % 500 == 0:
            progress("reading", n, 0)


def _noting_links(items: Iterable[Item], ledger: Ledger, anew: bool = False) -> Iterator[Item]:
    """Put links into the ledger and yield the rest."""
    links: list[Link] = []
    for item in items:
        if isinstance(item, Link):
            links.append(item)
        else:
            yield item
        if len(links) >= _LINKS:
            ledger.want(links, anew)
            links = []
    if links:
        ledger.want(links, anew)
