"""Series, events and counts → one HTML page that needs nothing else: no script, no network.

Article text is untrusted: everything is escaped, and only http and https links are links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from pipeline.report.select import DyadReport

_TEMPLATE = Path(__file__).with_name("page.html.j2")


def render_page(pages: Sequence[tuple[DyadReport, str]], method: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """Return the page; each dyad comes with its figure as trusted `<svg>` of our own drawing."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["is_link"] = is_link
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        as_of=str(method.get("as_of", ""))[:10],
        summary=summary,
        set_aside=_counted(summary.get("rejected")),
        unread=_counted(summary.get("unread")),
        method=method,
        dyads=[
            {
                "dyad": report.dyad,
                "title": report.title,
                "top": report.top,
                "svg": Markup(svg),  # noqa: S704
                "sentence": latest_sentence(report.series),
                "alt": f"Tension of {report.title} by day, with interval",
            }
            for report, svg in pages
        ],
    )


def _counted(counts: Mapping[str, int] | None) -> str:
    return ", ".join(f"{count} {name}" for name, count in (counts or {}).items()) or "none"


def is_link(url: str) -> bool:
    """Whether a url may be a link: http or https only."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def latest_sentence(series: pd.DataFrame) -> str:
    """Return what the last covered day says, in a sentence."""
    covered = series[series["tension"].notna()]
    if covered.empty:
        return "No day has coverage."
    last = covered.iloc[-1]
    since = last["highest_since"]
    record = "the highest so far" if pd.isna(since) else f"the highest since {pd.Timestamp(since).date()}"
    return (
        f"On {covered.index[-1].date()} tension stood at {last['tension']:.1f} ({last['low']:.1f}–{last['high']:.1f}), "
        f"{record}, at the {last['percentile']:.0f}th percentile of all covered days until then."
    )
