"""Generated news articles of about 500 words, a stream as dense as a mixture says, written as JSON Lines.

    python benchmarks/generated.py OUT.jsonl [--articles 10000] [--mixture default] [--days 100] [--countries 40]
                                             [--outlets 100] [--seed 1] [--density]

Each is made of two demo articles (`seeds/articles`) with other countries in all their forms, other days, paragraphs and
sentences in another order, printed by another outlet; 15 % are edited copies of one of the latest. The same seed gives
the same bytes. In news of all kinds most articles tell of no two countries: the mixture `default` names countries as
often as 181 real pages do (`benchmarks/density.py`), `dense` as often as the demo articles, which tell of nothing else.
"""

import argparse
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from generated_parts import Cast, Country, Text, demo_texts, filled

from pipeline.actors import load_dictionary

FIRST_DAY = date(2020, 6, 1)
WORDS = 430
COPIES = 0.15
RECENT = 200
"""Articles that a copy may be of: so many of the latest, printed at most a day before."""
SYLLABLES = "bal dern gor hul jem kav lorm mek nas pold rud sim torv vek yon zal chi esk fro bri ost und ark".split()
PAPERS = "Wire Standard Courier Gazette Dispatch Agency Herald Post Observer Tribune".split()


@dataclass(frozen=True)
class Mixture:
    """How often countries are named: shares of articles and of paragraphs, 0 … 1.

    `foreign` articles tell of several countries, in `paired` of their paragraphs. In the other paragraphs, and in the
    other articles, all countries are one country in `named` of the paragraphs, and invented places in the rest.
    """

    foreign: float
    paired: float
    named: float


MIXTURES = {"default": Mixture(0.25, 0.58, 0.05), "dense": Mixture(1.0, 1.0, 1.0)}


class Shape(NamedTuple):
    """What the articles are spread over: pairs of countries grow with the square of `countries`."""

    articles: int
    days: int = 100
    countries: int = 40
    outlets: int = 100
    seed: int = 1


class Printed(NamedTuple):
    """An article before it is written: paragraphs of sentences, and how it was made."""

    title: str
    paragraphs: list[list[str]]


def stream(shape: Shape, mixture: Mixture) -> Iterator[dict[str, str]]:
    """Yield articles in the order of their days, as records with url, outlet, title, text and published_at."""
    rng = Random(shape.seed)  # noqa: S311 - the same texts every time
    outlets = [invented_name(rng) + " " + rng.choice(PAPERS) + f" {n}" for n in range(shape.outlets)]
    countries = _countries()
    chosen = [countries[n * len(countries) // shape.countries] for n in range(shape.countries)]
    recent: deque[tuple[date, Printed]] = deque(maxlen=RECENT)
    for n in range(shape.articles):
        day = FIRST_DAY + timedelta(days=n * shape.days // shape.articles)
        while recent and recent[0][0] < day - timedelta(days=1):
            recent.popleft()
        if recent and rng.random() < COPIES:
            one = edited(rng, recent[rng.randrange(len(recent))][1])
        else:
            one = composed(rng, mixture, chosen, day)
            recent.append((day, one))
        yield _record(one, outlets[_early(rng, len(outlets))], day, n, rng.randrange(86_400))


def composed(rng: Random, mixture: Mixture, countries: list[Country], on: date) -> Printed:
    """Return a text of two demo articles about a cast of its own."""
    foreign = rng.random() < mixture.foreign
    start = _early(rng, len(countries))
    title, paragraphs, words = "", [], 0
    for text in rng.sample(demo_texts(), 4):
        if words >= WORDS:
            break
        days = (on - text.printed).days
        whole, plain = _casts(rng, text, countries, start)
        for paragraph in rng.sample(text.paragraphs, len(text.paragraphs)):
            cast = whole if foreign and rng.random() < mixture.paired else plain[rng.random() < mixture.named]
            sentences = [filled(one, cast, days, on) for one in rng.sample(paragraph, len(paragraph))]
            words += sum(one.count(" ") + 1 for one in sentences)
            paragraphs.append(sentences)
        title = title or filled(text.title, whole if foreign and rng.random() < mixture.paired else plain[0], days, on)
    return Printed(title, paragraphs)


def _casts(rng: Random, text: Text, countries: list[Country], start: int) -> tuple[Cast, tuple[Cast, Cast]]:
    """Return the casts of a text: several countries; and invented places, or one country."""
    others = rng.sample(range(len(countries)), min(len(text.codes), len(countries)))
    order = [start, *(n for n in others if n != start)]
    whole = {code: countries[order[n % len(order)]] for n, code in enumerate(text.codes)}
    nowhere = dict.fromkeys(text.codes, _invented()[rng.randrange(len(_invented()))])
    return whole, (nowhere, dict.fromkeys(text.codes, countries[start]))


def edited(rng: Random, one: Printed) -> Printed:
    """Return a text as another outlet prints it: another headline, cut, without some sentences, or in another order."""
    kept = one.paragraphs[: max(2, round(len(one.paragraphs) * rng.uniform(0.6, 1.0)))]
    head, *rest = kept
    if rng.random() < 0.3:
        rng.shuffle(rest)
    left = [[s for s in sentences if rng.random() > 0.07] for sentences in [head, *rest]]
    return Printed(f"{invented_name(rng)}: {one.title}", [sentences for sentences in left if sentences] or kept)


def invented_name(rng: Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(2, 3))).capitalize()


@cache
def _invented() -> tuple[Country, ...]:
    """Places that no list of countries knows."""
    rng = Random(7)  # noqa: S311 - the same places every time
    made = []
    for _ in range(200):
        name, capital, *others = (invented_name(rng) for _ in range(10))
        persons, places = others[:4], tuple(others[4:])
        spans = tuple((person, date.min, date.max) for person in persons)
        bodies = (f"{name} Guard", f"{name} Assembly")
        made.append(Country(name, f"{name}er", f"{name}ers", capital, f"{capital} House", spans, bodies, places))
    return tuple(made)


@cache
def _countries() -> list[Country]:
    """The states of the actor seeds, with at most three demonyms' forms, bodies and leaders each, by code."""
    entries: dict[str, dict[str, list]] = {}
    for entry in load_dictionary():
        if len(entry.codes) == 1 and entry.codes[0] and entry.role != "IGO" and not entry.context:
            entries.setdefault(entry.codes[0], {}).setdefault(entry.kind, []).append(entry)
    return [_country(own) for _, own in sorted(entries.items()) if {"name", "demonym", "capital"} <= own.keys()]


def _country(own: dict[str, list]) -> Country:
    first = {kind: entries[0].alias for kind, entries in own.items()}
    plural = next((one.alias for one in own["demonym"] if one.alias.endswith("s")), f"{first['demonym']} people")
    persons = tuple((one.alias, one.start, one.end) for one in own.get("person", ()))
    bodies = tuple(one.alias for one in own.get("body", ())[:6])
    seat = first.get("seat", f"{first['capital']} government")
    places = tuple(one.alias for one in own.get("place", ()))
    return Country(first["name"], first["demonym"], plural, first["capital"], seat, persons, bodies, places)


def _early(rng: Random, size: int) -> int:
    """Return a place, early ones more often: some outlets print, and some countries act, more than others."""
    return int(size * rng.random() ** 2)


def _record(one: Printed, outlet: str, day: date, number: int, second: int) -> dict[str, str]:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    site = outlet.lower().replace(" ", "-")
    return {
        "url": f"https://{site}.example/{day}/{number}",
        "outlet": outlet,
        "title": one.title,
        "text": "\n\n".join(" ".join(sentences) for sentences in one.paragraphs),
        "published_at": moment.isoformat(),
    }


def write(path: Path, shape: Shape, mixture: str = "default") -> int:
    """Write a file of articles; return its size in bytes."""
    with path.open("w", encoding="utf-8") as file:
        for record in stream(shape, MIXTURES[mixture]):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mixture", choices=sorted(MIXTURES), default="default")
    for name, default in (("articles", 10_000), *((name, Shape(0)._asdict()[name]) for name in Shape._fields[1:])):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    shape = Shape(*(getattr(chosen, name) for name in Shape._fields))
    print(f"{write(chosen.out, shape, chosen.mixture) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
