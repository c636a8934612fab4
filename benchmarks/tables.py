"""The kept figures → the tables of docs/performance.md, between markers, so that the page cannot drift from them.

    python benchmarks/tables.py

Each table stands between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`. Where `before.json` (an earlier
`results.json`) has the same measurement, its figure stands beside.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
Results = dict[str, Any]
_SHOWN = 8
"""Functions in the table of where the time goes."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown; a column "before" of which nothing is known is left out."""
    cells = [[str(cell) for cell in row] for row in rows]
    shown = [n for n, name in enumerate(head) if name != "before" or any(row[n] != "–" for row in cells)]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line[n] for n in shown) + " |" for line in lines)


def number(value: float | None) -> str:
    """Return a figure with about three digits, thousands apart."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}" if 0 < value < 0.0995 else f"{value:.0%}"


def faster(now: float, before: float | None) -> str:
    """Return how much less time something takes than before."""
    return "–" if not before else f"{number(before)} ({before / max(now, 1e-9):.1f}×)"


def density(now: Results, _: Results) -> str:
    """Return how dense the texts are, beside real ones."""
    names = ("words_per_article", "sentences_naming_one_country", "sentences_naming_two_countries")
    rest = ("candidates_per_1000_words", "articles_with_candidates")
    head = ("", "words", "name one country", "name two", "candidates a 1,000 words", "articles with any")
    rows = [
        (name, row[names[0]], *(percent(row[key]) for key in names[1:]), row[rest[0]], percent(row[rest[1]]))
        for name, row in now["density"].items()
    ]
    return table(head, rows)


def stages(now: Results, before: Results) -> str:
    """Return what each stage takes, of both mixtures."""
    head = (
        "stage",
        "items/s",
        "MB/s",
        "s a 1,000 articles",
        "before",
        "share",
        "peak MiB",
        "dense: s a 1,000",
        "before",
        "share",
    )
    mixtures = ("default", "dense")
    rows = []
    for name, row in now["stages"]["default"]["stages"].items():
        items = f"{row['per_second']:,} {row['unit']}"
        cells: list[object] = [name, items, number(row["mb_per_second"])]
        for mixture in mixtures:
            own = _per_1000(now, mixture, name)
            cells += [number(own), faster(own or 0, _per_1000(before, mixture, name))]
            cells += [percent(now["stages"][mixture]["stages"].get(name, {}).get("share"))]
            cells += [row["peak_mib"]] if mixture == "default" else []
        rows.append(cells)
    rate = now["stages"]["default"]["articles_per_second"]
    whole: list[object] = ["**all**", f"{rate} articles", ""]
    for mixture in mixtures:
        own, old = (_whole(results, mixture) for results in (now, before))
        whole += [number(own), faster(own or 0, old), "100%"]
        whole += [now["stages"][mixture]["peak_mib"]] if mixture == "default" else []
    return table(head, [*rows, whole])


def _per_1000(results: Results, mixture: str, stage: str) -> float | None:
    measured = results.get("stages", {}).get(mixture, {})
    row = measured.get("stages", {}).get(stage)
    return row["cpu"] * 1000 / measured["articles"] if row else None


def _whole(results: Results, mixture: str) -> float | None:
    measured = results.get("stages", {}).get(mixture)
    return measured["cpu"] * 1000 / measured["articles"] if measured else None


def end_to_end(now: Results, before: Results) -> str:
    """Return the whole line at several sizes."""
    head = (
        "articles",
        "cores",
        "wall: articles/s",
        "a processor's s",
        "before",
        "peak MiB",
        "before",
        "parts, processor's s",
    )
    old = {(row["mixture"], row["articles"]): row for row in before.get("end_to_end", [])}
    rows = []
    for row in now["end_to_end"]:
        for cores in ("1", "2"):
            if cores not in row:
                continue
            run, past = row[cores], old.get((row["mixture"], row["articles"]), {}).get(cores)
            name = f"{row['articles']:,}" + ("" if row["mixture"] == "default" else f", {row['mixture']}")
            parts = (
                ", ".join(f"{part} {seconds:.0f}" for part, seconds in run.get("parts_cpu", {}).items())
                if cores == "1"
                else ""
            )
            rate = run["articles_per_cpu_second"]
            was = past and f"{number(past['articles_per_cpu_second'])} ({rate / past['articles_per_cpu_second']:.1f}×)"
            wall = number(run["articles_per_second"]) + (f" at load {run['load']:.0f}" if "load" in run else "")
            cells = (wall, number(rate), was or "–")
            rows.append((name, cores, *cells, number(run["peak_mib"]), number(past and past["peak_mib"]), parts))
    return table(head, rows)


def growth(now: Results, before: Results) -> str:
    """Return how cost grows with days, pairs and outlets."""
    names = {"days": "days", "countries": "countries (dyads found)", "outlets": "outlets"}
    rows = []
    for key, found in now.get("growth", {}).items():
        past = before.get("growth", {}).get(key)
        shown = [f"{one['value']} ({one['1']['dyads']})" for one in found]
        values = shown if key == "countries" else [f"{one['value']:,}" for one in found]
        rows.append(
            (names[key], " · ".join(values), _dotted(found, "cpu"), _dotted(past, "cpu"), _dotted(found, "peak_mib"))
        )
    return table(("spread over", "", "processor s", "before", "peak MiB"), rows)


def _dotted(rows: list[dict[str, Any]] | None, key: str) -> str:
    return " · ".join(number(row["1"][key]) for row in rows) if rows else "–"


def peers(now: Results, before: Results) -> str:
    """Return other people's tools, as ratios to ours."""
    old = {(row["task"], row["peer"]): row for row in before.get("peers", [])}
    rows = []
    for row in now.get("peers", []):
        if "missing" in row:
            rows.append((row["task"], row["peer"], "", "", "not installed", "–", row["leaves_out"]))
            continue
        past = old.get((row["task"], row["peer"]), {}).get("ratio")
        rates = (number(row["ours_per_second"]), f"{number(row['peer_per_second'])} {row['unit']}")
        rows.append((row["task"], row["peer"], *rates, f"**{number(row['ratio'])}**", number(past), row["leaves_out"]))
    return table(("task", "peer", "ours/s", "peer/s", "peer's time ÷ ours", "before", "what the peer leaves out"), rows)


def limits(now: Results, before: Results) -> str:
    """Return how far each stage is from a library's best."""
    old = {row["stage"]: row for row in before.get("limits", [])}
    rows = [
        (
            row["stage"],
            number(row["ours"]),
            row["library"],
            number(row["best_mb_per_second"]),
            number(row["ratio"]),
            number(old.get(row["stage"], {}).get("ratio")),
            row["besides"],
        )
        for row in now.get("limits", [])
    ]
    return table(("stage", "ours MB/s", "one pass of", "MB/s", "ratio", "before", "what the stage does besides"), rows)


def functions(now: Results, before: Results) -> str:
    """Return the functions that take most of the time."""
    rows = []
    for mixture, found in now.get("functions", {}).items():
        past = before.get("functions", {}).get(mixture, {}).get("top", [])
        old = {(row["file"], row["function"]): row["share"] for row in past}
        for row in found["top"][:_SHOWN]:
            where = (
                f"`{row['file']}` {row['function']}".strip("` ")
                if not row["file"]
                else f"`{row['file']}` `{row['function']}`"
            )
            rows.append((mixture, where, percent(row["share"]), percent(old.get((row["file"], row["function"])))))
    return table(("mixture", "function", "share", "before"), rows)


TABLES: dict[str, Callable[[Results, Results], str]] = {
    one.__name__: one for one in (density, stages, end_to_end, growth, peers, limits, functions)
}


def filled(page: str, now: Results, before: Results) -> str:
    """Return a page with all its tables as the figures say; a table without figures stays empty."""
    for name, make in TABLES.items():
        content = make(now, before) if name in now else "not measured yet"
        pattern = rf"(<!-- bench:{name} -->\n).*?(<!-- /bench:{name} -->)"
        page, count = re.subn(pattern, lambda found, c=content: f"{found[1]}\n{c}\n\n{found[2]}", page, flags=re.DOTALL)
        assert count == 1, f"the page needs the markers of {name} once, and has them {count} times"
    return page


def read(name: str) -> Results:
    """Return kept results, or none."""
    path = HERE / name
    found: Results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def current(page: str) -> str:
    """Return a page with its tables as the kept figures say."""
    now, before = read("results.json"), read("before.json")
    return filled(page, now, {} if before == now else before)


def main() -> None:
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
