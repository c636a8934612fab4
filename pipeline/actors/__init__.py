"""Who is meant: names in text → country actors with their role, valid on a date."""

from pipeline.actors.dictionary import ActorEntry, actors_fingerprint, country_names, load_dictionary
from pipeline.actors.finder import ActorFinder, load_finder
from pipeline.actors.reader import ActorReader, read_actors
from pipeline.actors.rivals import rivals_of

__all__ = [
    "ActorEntry",
    "ActorFinder",
    "ActorReader",
    "actors_fingerprint",
    "country_names",
    "load_dictionary",
    "load_finder",
    "read_actors",
    "rivals_of",
]
