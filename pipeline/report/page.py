"""Series, events and counts → one HTML page that needs nothing else: no script, no network.

Article text is untrusted: everything is escaped, and only http and https links are links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from pipeline.report.select import DyadReport

_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Escalation index</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2430; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .3rem; }
svg { width: 100%; height: auto; }
nav a { margin-right: 1rem; } a { color: #1b5a8c; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #e3e7ec; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.conflict { color: #a03a25; } .cooperation { color: #226b66; }
.note { color: #5b6673; font-size: .85rem; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } section { break-before: page; } nav { display: none; } }
</style>
</head>
<body>
<h1>Escalation index</h1>
<p class="note">as of {{ as_of }} · {{ summary.get("articles", 0) }} articles · {{ summary.get("events", 0) }} events ·
{{ summary.get("scored_events", 0) }} scored · set aside: {{ set_aside }}</p>
<nav>{% for item in dyads %}<a href="#{{ item.dyad }}">{{ item.title }}</a>{% endfor %}</nav>
{% for item in dyads %}
<section id="{{ item.dyad }}">
<h2>{{ item.title }}</h2>
<p>{{ item.sentence }}</p>
<figure role="img" aria-label="{{ item.alt }}">{{ item.svg }}</figure>
<details{% if loop.first %} open{% endif %}><summary>Top events</summary>
<table>
<thead><tr><th>date</th><th>who</th><th>what</th><th>score</th><th>outlets</th><th>confidence</th><th>sentence</th></tr></thead>
<tbody>
{% for line in item.top %}
<tr><td class="number">{{ line.date }}</td><td>{{ line.who }}</td>
<td class="{{ 'conflict' if line.score < 0 else 'cooperation' }}">{{ line.what }}</td>
<td class="number">{{ "%+.1f"|format(line.score) }}</td><td class="number">{{ line.n_outlets }}</td>
<td class="number">{{ "%.2f"|format(line.confidence) }}</td>
<td>{{ line.sentence }}{% if line.url|is_link %} <a href="{{ line.url }}" rel="noopener noreferrer">{{ line.outlet or "source" }}</a>{% elif line.outlet %} ({{ line.outlet }}){% endif %}</td></tr>
{% endfor %}
</tbody></table></details>
</section>
{% endfor %}
<footer class="note"><h2>Method</h2>
<p>Tension is 0–100, 50 where conflict and cooperation balance. A day's flow is the pair's score, weighted by how many
outlets reported each event and how sure the coder is, over everything reported of the two that day; it decays with a
half-life of {{ method.get("half_life_days") }} days. Scale: {{ method.get("scale") }}. Base period:
{{ method.get("base", {}).get("name") }}, unit {{ method.get("base", {}).get("unit") }}. Interval:
{{ "%.0f"|format(100 * method.get("interval", 0)) }} %, from {{ method.get("replicates") }} resamples of articles and of
coding doubt. Days without coverage have no value; the thin line there is the decayed level.</p></footer>
</body>
</html>
"""


def render_page(pages: Sequence[tuple[DyadReport, str]], method: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """Return the page; each dyad comes with its figure as trusted `<svg>` of our own drawing."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["is_link"] = is_link
    rejected = summary.get("rejected") or {}
    return environment.from_string(_TEMPLATE).render(
        as_of=str(method.get("as_of", ""))[:10],
        summary=summary,
        set_aside=", ".join(f"{count} {reason}" for reason, count in rejected.items()) or "none",
        method=method,
        dyads=[
            {"dyad": report.dyad, "title": report.title, "top": report.top, "svg": Markup(svg),  # noqa: S704
             "sentence": latest_sentence(report.series), "alt": f"Tension of {report.title} by day, with interval"}
            for report, svg in pages
        ],
    )


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
