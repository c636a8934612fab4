"""Articles → mentions: split, propose, code, correct; and what the mentions depend on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.actors import actors_fingerprint, load_finder
from pipeline.chain.stored import corrections_of
from pipeline.coder.force import FOLDER, code_shows, may_show
from pipeline.coder.mentions import code_candidates
from pipeline.coder.prediction import Coder
from pipeline.corrections import FILE as CORRECTIONS_FILE
from pipeline.corrections import Correction, Corrections
from pipeline.paths import digest_of, seeds_dir
from pipeline.propose import propose
from pipeline.records import Article, Mention, content_id
from pipeline.scale import load_scale
from pipeline.scanned import Scanned
from pipeline.sentences import article_text, split_sentences
from pipeline.settings import Settings
from pipeline.store import Store

_PACKAGE = Path(__file__).resolve().parent.parent
_ROOMS = ("actors", "coder", "dates")
_MODULES = (
    *(f"{name}.py" for name in "corrections inflection lexicon propose records scale scanned sentences".split()),
    "chain/coding.py",
)


def code_articles(
    articles: Sequence[Article], coder: Coder, settings: Settings, corrections: Corrections | None = None
) -> list[Mention]:
    """Code a batch of articles: split, propose, code, correct."""
    published = {a.article_id: settings.dates.local_day(a.published_at, a.outlet) for a in articles}
    corrections = corrections or Corrections()
    wanted = articles if corrections.rows else [a for a in articles if may_tell(a, published[a.article_id])]
    scanned = [Scanned(split_sentences(a), load_finder(), published[a.article_id]) for a in wanted]
    candidates = [one for article in scanned for one in propose(article, settings.coder.max_actors)]
    mentions = code_candidates(candidates, published, coder, load_scale(), settings)
    if settings.coder.shows_of_force:
        mentions = _with_shows(mentions, scanned, settings)
    return corrections.apply(mentions, (one for article in scanned for one in article.sentences), load_scale())


def may_tell(article: Article, published: date) -> bool:
    """Whether an article may tell of an event: most name no two countries, and need not be split for that."""
    text = " ".join(article_text(article).split())
    named = load_finder().codes_in(text)
    return len(named) > 1 or may_show(text, named, published)


def _with_shows(mentions: list[Mention], scanned: Sequence[Scanned], settings: Settings) -> list[Mention]:
    """Add shows of force without a named target, where the sentence says nothing else of source and rival."""
    named = {(m.article_id, m.sentence_no, m.source, m.target) for m in mentions}
    shows = [one for article in scanned for one in code_shows(article, load_scale(), settings)]
    return mentions + [m for m in shows if (m.article_id, m.sentence_no, m.source, m.target) not in named]


def correct(store: Store, row: Correction) -> None:
    """Record a human's verdict; the next run applies it."""
    with store.writing():
        known = corrections_of(store)
        store.write_bytes(CORRECTIONS_FILE, known.added(row, load_scale()).as_csv())


def coder_key(coder: Coder, settings: Settings, corrections: Corrections) -> str:
    """Return what the mentions of an article depend on besides its text."""
    chosen = settings.model_dump_json(include={"coder", "dates"})
    seeds = (actors_fingerprint(), actors_fingerprint(seeds_dir() / FOLDER))
    return content_id(code_digest(), coder.fingerprint, *seeds, chosen, corrections.fingerprint)


def code_files() -> Iterator[Path]:
    """Yield the files of this package that decide what the mentions of an article are."""
    for room in _ROOMS:
        yield from sorted((_PACKAGE / room).glob("*.py"))
    yield from (_PACKAGE / name for name in _MODULES)


@cache
def code_digest() -> str:
    """Return a hash of the code that codes: a version that changes only other rooms codes nothing again."""
    return digest_of(code_files())
