"""Does the index say what is known? Ten years of dated news against what others recorded.

    python benchmarks/validation.py NEWS.jsonl.gz PROVOCATIONS.csv GPR.csv ICEWS.csv [--outputs FOLDER]

Builds the index of the news into FOLDER (or brings the one there up to date), compares it with dated provocations, the
Geopolitical Risk index, ready-coded events and known crises, takes the pipeline's parts away one by one, and writes
`benchmarks/validation.json`, the tables of `docs/validation.md` and the images `docs/images/validation-*.png`.
The steps stand in `benchmarks/validation/`. Only figures leave the data, never its text.
"""

import argparse
import json
import time
from pathlib import Path

import pandas as pd
from validation import crises, icews, keywords, months, page, plots, provocations, runs

from pipeline.reading import read_events, read_index
from pipeline.store import DIRECTED_FILE

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
KOREA = "KOR-PRK"
OTHERS = ("IND-PAK", "ISR-PSE", "GEO-RUS", "IRN-USA", "ISR-LBN", "PRK-USA", "CHN-JPN", "IRQ-USA")


def korea(
    outputs: Path, index: pd.DataFrame, directed: pd.DataFrame, chronology: pd.DataFrame, gpr: pd.DataFrame
) -> dict:
    """Return the study of the two Koreas: provocations, months, ablations."""
    material = runs.material(outputs)
    force = months.force_of(crises.counted(read_events(outputs)), "PRK", "KOR")
    naive = keywords.daily(material.texts, keywords.BOTH)
    variants = runs.variants(material, KOREA) | {"keywords, items naming both Koreas": runs.decayed(naive)}
    wide = keywords.daily(material.texts, keywords.NORTH)
    variants["keywords, items naming North Korea"] = runs.decayed(wide)
    series = runs.window(index[index["dyad"] == KOREA].set_index("date"))
    severity = provocations.monthly(chronology)
    others = {
        "North Korea to South Korea": runs.window(directed[directed["dyad"] == "PRK>KOR"].set_index("date")),
        "North Korea to all": runs.window(months.added(directed[directed["source"] == "PRK"])),
    }
    return {
        "same_as_published": runs.same(variants["the index"], series),
        "truth": months.to_find(severity),
        "hits": provocations.hits(series, chronology),
        "by_severity": provocations.by_severity(series, chronology, naive, wide),
        "months": months.provocations_and_attention(series, others, force, severity, gpr, naive),
        "ablations": months.ablations(variants, severity, chronology),
    }


def directions(outputs: Path, source: str) -> list[str]:
    """Name the directed pairs in which a country acts."""
    names = pd.read_parquet(outputs / DIRECTED_FILE, columns=["dyad"])["dyad"].unique()
    return sorted(name for name in names if name.startswith(source))


def main(news: Path, provoked: Path, gpr_file: Path, icews_file: Path, outputs: Path) -> None:
    """Run the study and write its results."""
    begun = time.perf_counter()
    summary = runs.build(news, outputs)
    index = read_index(outputs)
    directed = pd.concat([read_index(outputs, dyad) for dyad in directions(outputs, "PRK")])
    chronology, gpr = provocations.read(provoked), months.read_gpr(gpr_file)
    known = crises.read_known()
    results = {
        "news": {name: summary[name] for name in ("articles", "mentions", "events", "scored_events")},
        "korea": korea(outputs, index, directed, chronology, gpr),
        "gpr": months.peers(index, gpr),
        "icews": icews.compare(icews_file),
        "crises": crises.study(index, read_events(outputs), known, (KOREA, *OTHERS)),
    }
    results["seconds"] = round(time.perf_counter() - begun)
    (HERE / "validation.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    plots.korea(index, chronology, DOCS / "images" / "validation-korea.png")
    plots.others(index, known, OTHERS, DOCS / "images" / "validation-others.png")
    page.fill(DOCS / "validation.md", results)
    print(json.dumps({name: results[name] for name in ("news", "korea", "icews", "seconds")}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("news", "provocations", "gpr", "icews"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--outputs", type=Path, default=Path("validation_outputs"))
    given = parser.parse_args()
    main(given.news, given.provocations, given.gpr, given.icews, given.outputs)
