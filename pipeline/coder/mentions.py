"""Candidates → mentions: the estimator decides type and direction, the dates room decides when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.coder.prediction import Coder
from pipeline.coder.readings import Coded, standing
from pipeline.coder.reporters import set_right
from pipeline.coder.spans import marked_candidates
from pipeline.coder.timing import date_event
from pipeline.records import Candidate, Mention, content_id
from pipeline.scale import Scale
from pipeline.settings import Settings


def code_candidates(
    candidates: Sequence[Candidate],
    published: Mapping[str, date],
    coder: Coder,
    scale: Scale,
    settings: Settings,
) -> list[Mention]:
    """Return the mentions of a batch of candidates, in the order of their sentences.

    Parameters
    ----------
    candidates
        Candidates of any number of articles.
    published
        Article id → publication date.
    coder, scale, settings
        What codes, what scores, and the thresholds.
    """
    predictions = coder.predict(marked_candidates(candidates))
    coded = (Coded(set_right(one, found), found) for one, found in zip(candidates, predictions, strict=True))
    return [
        mention_of(one, published[one.candidate.sentence.article_id], scale, settings)
        for one in standing(coded, scale, settings.coder.min_probability)
    ]


def mention_of(coded: Coded, published: date, scale: Scale, settings: Settings) -> Mention:
    """Return what a coded candidate of an article printed on a day claims."""
    candidate, prediction = coded
    sentence, source, target = candidate.sentence, candidate.source, candidate.target
    when = date_event(candidate, prediction.event_type, prediction.status, published, settings.dates.news_window_days)
    identity = (sentence.article_id, str(sentence.number), source.code, target.code, prediction.event_type)
    return Mention(
        mention_id=content_id(*identity),
        article_id=sentence.article_id,
        sentence_no=sentence.number,
        sentence=sentence.text,
        source=source.code,
        source_role=source.role,
        target=target.code,
        target_role=target.role,
        event_type=prediction.event_type,
        mode=prediction.mode,
        status=when.status,
        score=scale.score(prediction.event_type, prediction.mode),
        probability=round(prediction.probability * source.certainty * target.certainty, 4),
        event_date=when.event_date,
        date_precision=when.precision,
        date_rule=when.rule,
        evidence=prediction.phrase.text if prediction.phrase else "",
    )
