"""Measure the search for copies: precision and recall on a made set whose truth is known, and speed at scale.

    python benchmarks/copies.py [--scale 500000] [--days 1]

Writes `benchmarks/copies.json`. The made set holds stories with copies as newspapers make them (cut, reworded, with
another lead, with the outlet's furniture, updated, as a flash) among articles that only look like copies: follow-ups
with old background, daily reports from one template, digests, and all that one outlet prints.
"""

import argparse
import json
import platform
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from pipeline.copies import find_copies, stories
from pipeline.records import Article
from pipeline.settings import CopySettings

FIRST_DAY = date(2020, 6, 1)
DAYS = 8
SEEDS = (21, 22, 23, 24, 25)
SYLLABLES = "ba den gor hul jin kam lor mek nas pol rud sim tor vek yon zal chi esk fro bri ost und ark".split()
OFFICES = (
    "a spokesman for the defence ministry|the deputy foreign minister|the governor of the province|an army colonel|"
    "the head of the election board|a senior coast guard officer|the chairman of the port union|a relief worker|"
    "two people familiar with the talks|the chief negotiator|an opposition lawmaker|the mayor|a police commander|"
    "the national security adviser|residents of the district|a customs official|the ambassador|a Western diplomat"
).split("|")
ACTS = (
    "denied that any order had been given to close|said that engineers would need months to repair|"
    "blamed smugglers for|"
    "called for an independent inquiry into|promised to pay compensation for|warned of further delays after|"
    "refused to comment on|welcomed what he called the first honest account of|accused the other side of prolonging|"
    "asked parliament to debate|confirmed the first details of|played down reports about|ruled out any link with|"
    "signed a memorandum on|visited the scene of|ordered his deputies to review|compared the week's events to|"
    "demanded an apology for"
).split("|")
THINGS = (
    "the crossing at {place}|the fire at the {name} depot|the arrest of {name}'s brother|the grain convoy to {place}|"
    "the ferry {name}|the ceasefire line near {place}|{n} missing containers|the collapse of the {name} bank|"
    "the pipeline through {place}|the hostage exchange in {place}|the {name} radar station|a loan of ${n} million|"
    "the strike of {n} dockers|the shooting of {n} fishermen|the vote on the {name} treaty|the visit to {place}|"
    "the expulsion of {n} diplomats|the power cut in {place}"
).split("|")
TAILS = (
    "although {n} families were still without shelter|and added that {name} had been told on Tuesday|"
    "while shares in {name} Shipping fell {n} percent|as snow closed the road from {place}|despite protests in {place}|"
    "which cost about ${n} million last year|hours before {name} was due to land in {place}|"
    "in a letter seen by reporters|"
    "at a news conference in {place}|according to a log kept by {name}|for the {n}th time since the truce|"
    "but gave no date|before flying on to {place}|and hinted that {name} might resign|"
    "though a neighbour of {name} remembered it differently|under a law that dates from 19{n}|"
    "with {n} votes to spare|because the harbor of {place} was mined"
).split("|")
NEWSPAPER_STYLE = [
    (r"\$(\d+) million", r"\1 million dollars"),
    ("defence", "defense"),
    (" percent", " per cent"),
    ("harbor", "harbour"),
    ("Tuesday", "June 2"),
]
FEET = [
    "Follow us on social media and subscribe to our morning briefing for all the news that matters, free of charge.",
    "Copyright {year} {outlet}. All rights reserved. This material may not be published, broadcast, rewritten or sold.",
    "{outlet} has been reporting from the region since 1951 and is owned by its readers. Support our work today.",
    "Reporting by the {outlet} newsroom; editing by the night desk. Our standards: the trust principles of {outlet}.",
]
TEMPLATES = [
    "Weather in {place}: cloudy with a high of {n} and a low of {m} degrees. Wind from the south-west at {k} km "
    "an hour. Rain is likely in {name} and {other}. The sun rises at 5:{m} and sets at 19:{n}. Waves: {k} m.",
    "The {place} stock exchange closed {n} points higher at {m}{k}. {name} Steel gained {k} percent and {other} Foods "
    "lost {m}. Turnover was {n}{m} million. The currency traded at {k}.{m} to the dollar. Gold stood at {n}{k}.",
    "{name} {other}, chairman of the State Council, sent a message of congratulation to {place} {third}, president of "
    "{fourth}, on the {n}th anniversary of independence. The message wished the president good health and the "
    "friendly people of {fourth} success in their work for prosperity.",
]
Paragraphs = list[list[str]]


@dataclass
class Made:
    """A made set: articles with their days, and the true story of each article id."""

    articles: list[tuple[date, Article]] = field(default_factory=list)
    story: dict[str, str] = field(default_factory=dict)

    def add(self, rng: Random, story: str, day: int, paragraphs: Paragraphs, outlet: str) -> None:
        number = f"{rng.randrange(16**8):08x}-{len(self.articles)}"
        printed = FIRST_DAY + timedelta(days=day)
        body = "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)
        self.articles.append((printed, printed_article(number, outlet, body, printed, rng.randrange(86_400))))
        self.story[number] = story

    def days(self) -> list[tuple[date, list[Article]]]:
        """Articles by day."""
        by_day: dict[date, list[Article]] = defaultdict(list)
        for day, article in self.articles:
            by_day[day].append(article)
        return sorted(by_day.items())


def printed_article(number: str, outlet: str, body: str, day: date, second: int) -> Article:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    return Article(number, "", outlet, "", body, "en", moment, None, "made")


def name(rng: Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(2, 3))).capitalize()


def sentence(rng: Random, names: Sequence[str]) -> str:
    """A sentence of about 25 words about some of the names of a story."""
    words = f"{rng.choice(OFFICES)} {rng.choice(names)} {rng.choice(ACTS)} {rng.choice(THINGS)}, {rng.choice(TAILS)}."
    filled = words.replace("{place}", rng.choice(names)).replace("{name}", rng.choice(names))
    filled = filled.replace("{n}", str(rng.randint(11, 99)))
    return filled[0].upper() + filled[1:]


def story(rng: Random, least: int = 3, most: int = 12) -> Paragraphs:
    """Paragraphs of two or three sentences, 100 to 700 words, about names of its own."""
    names = [name(rng) for _ in range(6)]
    return [[sentence(rng, names) for _ in range(rng.randint(2, 3))] for _ in range(rng.randint(least, most))]


def cut(rng: Random, text: Paragraphs) -> Paragraphs:
    """Keep the first 30 to 90 % of the sentences."""
    left = max(2, round(sum(map(len, text)) * rng.uniform(0.3, 0.9)))
    kept: Paragraphs = []
    for paragraph in text:
        kept.append(paragraph[: max(left, 0)])
        left -= len(paragraph)
    return [paragraph for paragraph in kept if paragraph]


def new_lead(rng: Random, text: Paragraphs) -> Paragraphs:
    names = re.findall(r"\b[A-Z][a-z]+\b", " ".join(text[0]))
    return [[f"{rng.choice(names)}: {name(rng)} speaks"], [sentence(rng, names), *text[0][1:]], *text[1:]]


def drop(rng: Random, text: Paragraphs) -> Paragraphs:
    return [paragraph for paragraph in text if rng.random() > 0.2] or text


def reorder(rng: Random, text: Paragraphs) -> Paragraphs:
    return [text[0], *rng.sample(text[1:], len(text) - 1)]


def reword(rng: Random, text: Paragraphs) -> Paragraphs:
    """Turn 10 to 30 % of the sentences."""
    share = rng.uniform(0.1, 0.3)
    return [[_turned(rng, one) if rng.random() < share else one for one in paragraph] for paragraph in text]


def _turned(rng: Random, one: str) -> str:
    """Put the end of a sentence first, or leave words out and put others in."""
    head, _, tail = one.rstrip(".").rpartition(", ")
    if rng.random() < 0.5:
        return f"{tail.capitalize()}, {head}."
    words = [word for word in one.split() if rng.random() > 0.15]
    words.insert(rng.randint(0, len(words)), rng.choice(["reportedly", "on Monday", "officials said", "once again"]))
    return " ".join(words)


def restyle(rng: Random, text: Paragraphs) -> Paragraphs:
    """Write numbers, money and words as another newspaper does."""
    return [[_in_style(one) for one in paragraph] for paragraph in text]


def _in_style(one: str) -> str:
    for old, new in NEWSPAPER_STYLE:
        one = re.sub(old, new, one)
    return one.replace("'", "’")


def furnish(outlet: int, text: Paragraphs) -> Paragraphs:
    """Put the furniture of an outlet at head and foot: of most outlets, 20 to 60 words."""
    if outlet % 4 == 0:
        return text
    label = f"Daily {outlet} Courier"
    feet = [FEET[number].format(year=2020, outlet=label) for number in {outlet % 4, outlet // 4 % 4}]
    return [[f"You are reading {label}, {outlet} Harbour Street."], *text, feet]


EDITS = (cut, new_lead, drop, reorder, reword, restyle)


def copy(rng: Random, text: Paragraphs) -> Paragraphs:
    """Edit a text as a newspaper does: exactly as it was, or by one or two kinds of change."""
    if rng.random() < 0.15:
        return text
    for edit in rng.sample(EDITS, rng.choice([1, 1, 2])):
        text = edit(rng, text)
    return text


def made_set(seed: int, size: int = 2000) -> Made:
    """Return at least `size` articles of `DAYS` days."""
    rng = Random(seed)  # noqa: S311 (a made text needs no secret)
    made = Made()
    told: list[Paragraphs] = []
    _add_story(made, rng, told, copies=40)
    while len(made.articles) < size:
        kind = rng.random()
        if kind < 0.7 or len(told) < 20:
            _add_story(made, rng, told, copies=rng.choice([0, 0, 1, 1, 2, 3, 5, 8]))
        elif kind < 0.85:
            _add_follow_up(made, rng, told)
        elif kind < 0.95:
            _add_reports(made, rng)
        else:
            _add_digest(made, rng, told)
    return made


def _add_story(made: Made, rng: Random, told: list[Paragraphs], copies: int) -> None:
    """A story, its copies on the same and the next three days, sometimes a flash before it and an update after it."""
    text = story(rng)
    label = f"story {len(made.articles)}"
    day = rng.randrange(DAYS - 3)
    printings = [(day, text)] + [(day + rng.choice([0, 0, 0, 1, 2, 3]), copy(rng, text)) for _ in range(copies)]
    if copies and rng.random() < 0.15:
        printings.append((day, [[*text[0], text[1][0]]]))
    if copies and rng.random() < 0.3:
        printings.append((day + 1, [*text, *story(rng, 1, 2)]))
    for when, body in printings:
        outlet = rng.randrange(40)
        made.add(rng, label, when, furnish(outlet, body), f"outlet {outlet}")
    told.append(text)


def _add_follow_up(made: Made, rng: Random, told: list[Paragraphs]) -> None:
    """Another story that ends with two paragraphs of an old one, 30 to 40 % of its text."""
    old = rng.choice([text for text in told if len(text) > 4])
    outlet = rng.randrange(40)
    text = [*story(rng, 4, 5), *rng.sample(old, 2)]
    made.add(rng, f"follow-up {len(made.articles)}", rng.randrange(DAYS), furnish(outlet, text), f"outlet {outlet}")


def _add_reports(made: Made, rng: Random) -> None:
    """The same outlet fills the same template on several days: each is a report of its own."""
    template, outlet, place = rng.choice(TEMPLATES), rng.randrange(40), name(rng)
    for day in rng.sample(range(DAYS), 4):
        names = {key: name(rng) for key in ("name", "other", "third", "fourth")}
        numbers = {key: rng.randint(10, 59) for key in "nmk"}
        body = template.format(place=place, **names, **numbers)
        made.add(rng, f"report {len(made.articles)}", day, furnish(outlet, [[body]]), f"outlet {outlet}")


def _add_digest(made: Made, rng: Random, told: list[Paragraphs]) -> None:
    """The first paragraphs of ten of the latest stories in one article."""
    outlet = rng.randrange(40)
    items = [text[0] for text in rng.sample(told[-20:], 10)]
    made.add(rng, f"digest {len(made.articles)}", rng.randrange(DAYS), furnish(outlet, items), f"outlet {outlet}")


def judge(made: Made, settings: CopySettings) -> dict[str, float]:
    """Precision and recall over all pairs of articles of one story that lie within the window."""
    copies = [one for _, found in find_copies(made.days(), settings) for one in found]
    story_of = stories((one.article_id, one.copy_of) for one in copies)
    day_of = {article.article_id: day for day, article in made.articles}
    groups = {number: story_of.get(number, number) for number in made.story}
    truth, found = _pairs(made.story, day_of, settings.days), _pairs(groups, day_of, settings.days)
    right = len(truth & found)
    kinds = Counter(" & ".join(sorted(made.story[one].split()[0] for one in pair)) for pair in found - truth)
    return {"pairs": len(truth), "precision": right / len(found), "recall": right / len(truth), "wrong": dict(kinds)}


def _pairs(group_of: dict[str, str], day_of: dict[str, date], days: int) -> set[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for number in sorted(group_of):
        groups[group_of[number]].append(number)
    return {
        (one, two)
        for members in groups.values()
        for place, one in enumerate(members)
        for two in members[place + 1 :]
        if abs((day_of[one] - day_of[two]).days) <= days
    }


class Flood:
    """A day of many articles of about 500 words, made one at a time; three in ten are copies of a recent one."""

    def __init__(self, seed: int, size: int) -> None:
        self.rng = Random(seed)  # noqa: S311 (a made text needs no secret)
        self.size = size
        self.seconds = 0.0
        self.copies: set[str] = set()
        self.words = ["".join(self.rng.choices(SYLLABLES, k=self.rng.choice([1, 2, 2, 3]))) for _ in range(30_000)]
        self.feet = [" ".join(self.rng.choices(self.words, k=40)) for _ in range(500)]

    def articles(self, day: date) -> Iterator[Article]:
        """Yield the articles of a day and keep account of the time that making them takes."""
        recent = [self.rng.choices(self.words, k=500)]
        for number in range(self.size):
            start = time.perf_counter()
            label = f"{day}-{number:06d}"
            if self.rng.random() < 0.3:
                self.copies.add(label)
                old = self.rng.choice(recent)
                body = [*self.rng.choices(self.words, k=20), *old[20 : self.rng.randint(250, 500)]]
            else:
                body = self.rng.choices(self.words, k=460)
                recent = [*recent[-999:], body]
            outlet = self.rng.randrange(500)
            text = f"{' '.join(body)}. {self.feet[outlet]}"
            article = printed_article(label, f"outlet {outlet}", text, day, number * 86_400 // self.size)
            self.seconds += time.perf_counter() - start
            yield article


def flood(size: int, days: int, settings: CopySettings) -> dict[str, float]:
    """Search `size` articles spread over some days; times leave out the making of the articles."""
    made = Flood(1, size // days)
    start = time.perf_counter()
    printed = ((day, made.articles(day)) for day in (FIRST_DAY + timedelta(days=one) for one in range(days)))
    found = {one.article_id for _, copies in find_copies(printed, settings) for one in copies}
    seconds = time.perf_counter() - start - made.seconds
    return {
        "articles": size,
        "days": days,
        "seconds": round(seconds, 1),
        "articles_per_second": round(size / seconds),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "copies": len(made.copies),
        "precision": len(found & made.copies) / max(len(found), 1),
        "recall": len(found & made.copies) / len(made.copies),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=0, help="articles of the run at scale; none by default")
    parser.add_argument("--days", type=int, default=1, help="days over which they are spread")
    chosen = parser.parse_args()
    path = Path(__file__).with_suffix(".json")
    results = json.loads(path.read_text()) if path.exists() else {}
    results["machine"] = platform.platform()
    results["made_set"] = {str(seed): judge(made_set(seed), CopySettings()) for seed in SEEDS}
    for seed, result in results["made_set"].items():
        print(seed, result)
    if chosen.scale:
        result = flood(chosen.scale, chosen.days, CopySettings())
        results.setdefault("scale", {})[f"{chosen.scale} in {chosen.days}"] = result
        print(result)
    path.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
