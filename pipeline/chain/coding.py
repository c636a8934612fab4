"""Articles → mentions: split, propose, code, correct; and what the mentions depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version

from pipeline.actors import actors_fingerprint, load_finder
from pipeline.chain.stored import corrections_of
from pipeline.coder.force import FOLDER, code_shows
from pipeline.coder.mentions import code_candidates
from pipeline.coder.prediction import Coder
from pipeline.corrections import FILE as CORRECTIONS_FILE
from pipeline.corrections import Correction, Corrections
from pipeline.paths import seeds_dir
from pipeline.propose import propose
from pipeline.records import Article, Candidate, Mention, Sentence, content_id
from pipeline.scale import load_scale
from pipeline.sentences import split_sentences
from pipeline.settings import Settings
from pipeline.store import Store


def code_articles(
    articles: Sequence[Article], coder: Coder, settings: Settings, corrections: Corrections | None = None
) -> list[Mention]:
    """Code a batch of articles: split, propose, code, correct."""
    finder = load_finder()
    sentences = {article.article_id: split_sentences(article) for article in articles}
    published = {a.article_id: settings.dates.local_day(a.published_at, a.outlet) for a in articles}
    candidates: list[Candidate] = []
    for key, own in sentences.items():
        candidates += propose(own, finder, published[key], settings.coder.max_actors)
    mentions = code_candidates(candidates, published, coder, load_scale(), settings)
    if settings.coder.shows_of_force:
        mentions = _with_shows(mentions, sentences, published, settings)
    if corrections is None:
        return mentions
    return corrections.apply(mentions, (one for own in sentences.values() for one in own), load_scale())


def _with_shows(
    mentions: list[Mention],
    sentences: Mapping[str, Sequence[Sentence]],
    published: Mapping[str, date],
    settings: Settings,
) -> list[Mention]:
    """Add shows of force without a named target, where the sentence says nothing else of source and rival."""
    finder, scale = load_finder(), load_scale()
    named = {(m.article_id, m.sentence_no, m.source, m.target) for m in mentions}
    shows = [one for key, own in sentences.items() for one in code_shows(own, finder, published[key], scale, settings)]
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
    return content_id(version("escalation-index"), coder.fingerprint, *seeds, chosen, corrections.fingerprint)
