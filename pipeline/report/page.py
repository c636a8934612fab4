"""Series, events and counts → one HTML page that needs no network: a chart drawn by its own script, and without
script or on paper a figure and a table.

Article text is untrusted: it enters escaped or as data, only http and https links are links, and the page's policy
lets nothing run but the one script whose hash it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from pipeline.report.health import RECENT_DAYS, counts_of, coverage_of
from pipeline.report.links import image_url, is_link, json_text, policy_hash
from pipeline.report.periods import period_rows, period_sentence
from pipeline.report.select import DyadReport, EventLine
from pipeline.report.words import latest_sentence, record_days

_FOLDER = Path(__file__).parent
_SCRIPTS = ("view.js", "periods.js", "draw.js", "panel.js", "page.js")


@dataclass(frozen=True)
class Section:
    """What the page shows of a dyad: its report, its figure as `<svg>`, and its top events."""

    report: DyadReport
    svg: str
    top: Sequence[EventLine]


def render_page(
    sections: Sequence[Section],
    data: Mapping[str, Any],
    method: Mapping[str, Any],
    summary: Mapping[str, Any],
) -> str:
    """Return the page; `data` holds what the script draws."""
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
        dyads=[_dyad(section, method) for section in sections],
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


def _dyad(section: Section, method: Mapping[str, Any]) -> dict[str, Any]:
    report = section.report
    sentence, periods = latest_sentence(report.series), period_sentence(report.regimes)
    return {
        "dyad": report.dyad,
        "title": report.title,
        "top": section.top,
        "figure": image_url(section.svg),
        "sentence": sentence,
        "records": record_days(report.series),
        "periods": periods,
        "rows": period_rows(report.regimes),
        "coverage": coverage_of(report, method),
        "alt": f"Tension of {report.title} by day, with interval, and its conflict and cooperation. "
        f"{sentence} {periods}".rstrip(),
    }
