"""Results → the tables of `docs/validation.md`, each between its two marks; the words around them are a human's."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def fill(path: Path, results: dict) -> None:
    """Write every table into its place.

    Raises
    ------
    ValueError
        If the page lacks the place of a table.
    """
    text = path.read_text(encoding="utf-8")
    for name, table in tables(results).items():
        place = re.compile(rf"(?s)(<!-- {name} -->\n).*?(<!-- end -->)")
        if not place.search(text):
            raise ValueError(f"{path} has no place for {name}: add '<!-- {name} -->' and '<!-- end -->'")
        text = place.sub(lambda found, body=table: f"{found[1]}{body}\n{found[2]}", text)
    path.write_text(text, encoding="utf-8")


def tables(results: dict) -> dict[str, str]:
    """Return name → Markdown."""
    korea = results["korea"]
    return {
        "news": news(results["news"]),
        "hits": hits(korea["hits"]),
        "truth": truth(korea),
        "severity": rows_of(korea["by_severity"]),
        "months": correlations(korea["months"]),
        "ablations": ablations(korea["ablations"]),
        "gpr": gpr(results["gpr"]),
        "icews": icews(results["icews"]),
        "met": met(results["crises"]),
        "totals": totals(results["crises"]),
        "weeks": "\n\n".join(weeks(dyad, found["weeks"]) for dyad, found in results["crises"].items()),
        "years": years(results["crises"]),
    }


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def news(counts: dict) -> str:
    """Return what the index was built from."""
    return table([name.replace("_", " ") for name in counts], [[f"{count:,}" for count in counts.values()]])


def rows_of(rows: Sequence[dict]) -> str:
    """Return rows that share their keys."""
    return table(list(rows[0]), [list(row.values()) for row in rows])


def rho(found: dict) -> str:
    """Return a correlation with its interval."""
    return f"{found['rho']:.2f} ({found['low']:.2f} … {found['high']:.2f})"


def ahead(found: dict) -> str:
    """Return a difference of correlations with its interval."""
    return f"{found['more']:+.2f} ({found['low']:.2f} … {found['high']:.2f})"


def chance(found: dict) -> str:
    """Return a share beside chance."""
    return f"{found['share']:.2f} / {found['chance']:.2f} / {found['p']:.4f}"


def hits(found: dict) -> str:
    """Return the shares of provocations that the index answers."""
    names = ("tension in its top decile", "flow in its top decile")
    rows = [[which, some["provocations"], *(chance(some[name]) for name in names)] for which, some in found.items()]
    return table(["provocations", "number", *names], rows)


def correlations(found: dict) -> str:
    """Return measures against targets."""
    targets = list(dict.fromkeys(name for row in found.values() for name in row))
    rows = [[name, *(rho(row[to]) if to in row else "" for to in targets)] for name, row in found.items()]
    return table(["", *targets], rows)


def ablations(found: dict) -> str:
    """Return the variants, and by how much the index is ahead of each."""
    head = [
        "variant",
        "mean tension",
        "the same, with fading severity",
        "sum of conflict",
        "sum of hostility",
        "index ahead by (tension)",
    ]
    head += ["index ahead by (hostility)", "tension answers", "flow answers"]
    rows = [
        [name, *(rho(row[one]) for one in ("tension", "remembered", "conflict", "hostility"))]
        + [ahead(row[one]) for one in ("tension_ahead_by", "hostility_ahead_by")]
        + [chance(row[one]) for one in ("tension_hits", "flow_hits")]
        for name, row in found.items()
    ]
    return table(head, rows)


def gpr(found: dict) -> str:
    """Return the pairs' correlations with GPR."""
    rows = [
        [dyad, *(rho(row[one][where]) if where in row[one] else "" for one in row for where in ("world", "country"))]
        for dyad, row in found.items()
    ]
    return table(["pair", "tension, world", "tension, country", "conflict, world", "conflict, country"], rows)


def icews(found: dict) -> str:
    """Return how the months of ready-coded events are ordered."""
    rows = [[dyad, *row.values()] for dyad, row in found["dyads"].items()]
    return table(["pair", *next(iter(found["dyads"].values()))], rows)


def met(found: dict) -> str:
    """Return how known crises were met."""
    head = ["pair", "known crises", "reach the top decile", "top days in a crisis", "all days in a crisis", "missed"]
    rows = [
        [dyad]
        + [row["met"][name] for name in ("crises", "reached", "top_days_known", "days_known")]
        + [" · ".join(row["met"]["missed"])]
        for dyad, row in found.items()
    ]
    return table(head, rows)


def totals(found: dict) -> str:
    """Return how the index and its events' plain sums meet the crises of all pairs together."""
    rows = []
    for name, label in (("met", "the index"), ("met without normalisation", "no coverage normalisation")):
        some = [row[name] for row in found.values()]
        crises, reached, starts = (
            sum(one[key] for one in some) for key in ("crises", "reached", "starts_met_in_3_days")
        )
        known, days = (sum(one[key] for one in some) / len(some) for key in ("top_days_known", "days_known"))
        rows.append([label, crises, reached, starts, f"{known:.2f}", f"{days:.2f}"])
    head = [
        "",
        "known crises",
        "reach the top decile",
        "within three days",
        "top days in a crisis",
        "all days in a crisis",
    ]
    return table(head, rows)


def truth(korea: dict) -> str:
    """Return what there is to find in the months."""
    return table([name.replace("_", " ") for name in korea["truth"]], [list(korea["truth"].values())])


def weeks(dyad: str, rows: Sequence[dict]) -> str:
    """Return a pair's highest weeks."""
    cells = [
        [row["week"], row["tension"], "; ".join(row["events"]), row["known"] or "–", row["judgement"] or "not judged"]
        for row in rows
    ]
    return f"**{dyad}**\n\n" + table(["week of", "tension", "events behind", "on the list", "judgement"], cells)


def years(found: dict) -> str:
    """Return the highest day of each year, a pair a column."""
    every = sorted({year for row in found.values() for year in row["years"]})
    rows = [
        [
            year,
            *(
                f"{at['day'][5:]} ({at['tension']:.0f})" if (at := row["years"].get(year)) else ""
                for row in found.values()
            ),
        ]
        for year in every
    ]
    return table(["year", *found], rows)
