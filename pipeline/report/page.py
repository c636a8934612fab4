"""Series, events and counts → one HTML page that needs no network: a chart drawn by its own script, and without
script or on paper a figure and a table.

Article text is untrusted: it enters escaped or as data, only http and https links are links, and the page's policy
lets nothing run but the one script whose hash it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from pipeline.report.health import RECENT_DAYS, counts_of, coverage_of
from pipeline.report.links import image_url, is_link, json_text, policy_hash
from pipeline.report.select import DyadReport

_FOLDER = Path(__file__).parent
_SCRIPTS = ("view.js", "draw.js", "panel.js", "page.js")


def render_page(
    pages: Sequence[tuple[DyadReport, str]],
    data: Mapping[str, Any],
    method: Mapping[str, Any],
    summary: Mapping[str, Any],
) -> str:
    """Return the page; each dyad comes with its figure as `<svg>`, and `data` holds what the script draws."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["is_link"] = is_link
    style, script = _read("page.css"), _script()
    return environment.from_string(
        _read("page.html.j2")
    ).render(
        policy=policy_of(script, style),
        style=Markup(style),  # noqa: S704 - our own file, as are the script and the escaped data
        script=Markup(script),  # noqa: S704
        data=Markup(json_text(data)),  # noqa: S704
        as_of=str(method.get("as_of", ""))[:10],
        version=version("escalation-index"),
        counts=counts_of(summary),
        recent_days=RECENT_DAYS,
        summary=summary,
        method=method,
        dyads=[_dyad(report, svg, method) for report, svg in pages],
    )


def policy_of(script: str, style: str) -> str:
    """Return the Content-Security-Policy: this script, this style and images of the page's own data; nothing else."""
    return (
        f"default-src 'none'; script-src {policy_hash(script)}; style-src {policy_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _script() -> str:
    """Return the files of the script as one, in a block of its own so that no name of theirs is global."""
    return '"use strict";\n{\n' + "".join(map(_read, _SCRIPTS)) + "}\n"


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _dyad(report: DyadReport, svg: str, method: Mapping[str, Any]) -> dict[str, Any]:
    sentence = latest_sentence(report.series)
    return {
        "dyad": report.dyad,
        "title": report.title,
        "top": report.top,
        "figure": image_url(svg),
        "sentence": sentence,
        "coverage": coverage_of(report, method),
        "alt": f"Tension of {report.title} by day, with interval, and its conflict and cooperation. {sentence}",
    }


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
        f"{record}, at percentile {last['percentile']:.0f} of all covered days until then."
    )
