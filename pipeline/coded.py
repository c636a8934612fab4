"""Events that another system coded → mentions, checked: the scale's types, known countries, real dates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time

from pipeline.cameo import event_of
from pipeline.records import Coded, CodedMention, Rejection, content_id
from pipeline.scale import Scale
from pipeline.urls import same_page

RULE = "coded elsewhere"
_SAME = {"ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "KSV": "XKX", "YUG": "SRB", "SCG": "SRB"}
"""Codes of older lists → those of today."""


def to_mention(coded: Coded, scale: Scale, countries: Mapping[str, str]) -> CodedMention | Rejection:
    """Check one event.

    Parameters
    ----------
    coded
        Its fields: `source` and `target` (ISO 3166-1 alpha-3), `event_date`, and either `cameo` or `event_type` with
        `mode`; optional `source_role`, `target_role`, `url`, `outlet`, `published_at` (by default the event's day),
        `probability` (0 … 1), `evidence`.
    scale
        Knows the types and modes, and scores them.
    countries
        Known codes.
    """
    fields = {name: "" if value is None else _text(value) for name, value in coded.fields.items()}
    try:
        return _mention(fields, coded.place, scale, countries)
    except _Wrong as wrong:
        return Rejection(
            coded.place, wrong.reason, wrong.detail, json.dumps(coded.fields, default=str).encode(), "coded"
        )


class _Wrong(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def _mention(fields: Mapping[str, str], place: str, scale: Scale, countries: Mapping[str, str]) -> CodedMention:
    source, target = (_country(fields, name, countries) for name in ("source", "target"))
    if source == target:
        raise _Wrong("one country only", f"{source} acts on itself")
    event_type, mode = _event(fields, scale)
    day = _moment(fields.get("event_date", ""), "event_date").date()
    published = fields.get("published_at", "")
    published_at = _moment(published, "published_at") if published else datetime.combine(day, time.max, UTC)
    url, outlet = fields.get("url", ""), fields.get("outlet", "")
    article = content_id("coded", same_page(url) if url else place)
    evidence = fields.get("evidence", "") or fields.get("cameo", "")
    return CodedMention(
        mention_id=content_id(article, evidence, source, target, event_type, day.isoformat()),
        article_id=article,
        sentence_no=0,
        sentence=fields.get("sentence", ""),
        source=source,
        source_role=fields.get("source_role", ""),
        target=target,
        target_role=fields.get("target_role", ""),
        event_type=event_type,
        mode=mode,
        status="happened",
        score=scale.score(event_type, mode),
        probability=_probability(fields.get("probability", "") or "0.9"),
        event_date=day,
        date_precision="day",
        date_rule=RULE,
        evidence=evidence,
        url=url,
        outlet=outlet,
        published_at=published_at,
    )


def _country(fields: Mapping[str, str], name: str, countries: Mapping[str, str]) -> str:
    code = _SAME.get(fields.get(name, ""), fields.get(name, ""))
    if name not in fields:
        columns = ", ".join(fields)
        raise _Wrong("missing column", f'no column {name!r} in {columns}; name yours with columns = {{{name} = "…"}}')
    if code not in countries:
        raise _Wrong("unknown country", f"{name} {code!r} is none of the codes in seeds/actors")
    return code


def _event(fields: Mapping[str, str], scale: Scale) -> tuple[str, str]:
    named = (fields.get("event_type", ""), fields.get("mode", ""))
    found = named if named[0] else event_of(fields.get("cameo", ""))
    if not named[0] and fields.get("cameo", "")[:2] in ("01", "02"):
        raise _Wrong("no event", f"CAMEO {fields['cameo']} is a statement or an appeal, which PLOVER does not know")
    if found not in scale.entries:
        raise _Wrong("unknown event type", f"neither event_type {named} nor cameo {fields.get('cameo', '')!r} is known")
    return found


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError) as error:
        raise _Wrong("unreadable date", f"{name} {text!r} is not an ISO 8601 date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode().strip()


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise _Wrong("bad probability", f"{text!r} is not a number from 0 to 1")
    return value
