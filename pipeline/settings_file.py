"""The settings → a commented TOML file: examples of every kind of source, then every key with default and meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.settings import Settings

_SOURCES = """\
# Settings of the escalation index. Lines that begin with # have no effect; what they show is the default.
#
# Sources: one [[sources]] each, read in this order by `escalation run`.

# Files and folders: text, HTML, JSONL, CSV, TSV, Parquet, WARC; also .gz .bz2 .zst; a path, a glob or a url
# (file, s3, gs, abfs, hdfs, and whatever fsspec knows).
# [[sources]]
# kind = "files"
# path = "articles/*.jsonl.gz"
# outlet = "Harbour Wire"        # for records that name none

# An RSS or Atom feed, asked every night; the pages of its entries are fetched once.
# [[sources]]
# kind = "feed"
# url = "https://www.example.org/world/rss.xml"
# outlet = "Harbour Wire"        # default: the title of the feed
# follow = true                  # false takes the text that the feed itself carries

# A sitemap or an index of sitemaps; pages that have changed are fetched again, as new versions.
# [[sources]]
# kind = "sitemap"
# url = "https://www.example.org/news-sitemap.xml"
# since = 2026-01-01             # leave out what has not changed since

# A list of urls: here, or in a file (.txt with one a line, or a table with a column url and what is known besides).
# [[sources]]
# kind = "pages"
# urls = ["https://www.example.org/a", "https://www.example.org/b"]

# WARC files, such as those of Common Crawl News.
# [[sources]]
# kind = "warc"
# path = "crawl/*.warc.gz"

# GDELT 2.0: the pages that it indexes, or the events that it has coded (which skip the coder and enter at merging).
# [[sources]]
# kind = "gdelt"
# table = "export"               # or "gkg", for pages only
# take = "pages"                 # or "events"
# days = 2                       # how far back from the newest file; with `path` local files instead
# path = "gdelt/*.export.CSV.zip"

# Events coded by another system, one a row: source, target, event_date, cameo (or event_type and mode), url, outlet.
# [[sources]]
# kind = "coded"
# path = "events.csv"
# columns = { cameo = "code", event_date = "date" }
# probability = 0.9

# A site that asks who you are. The secret stands in the environment and never here: HARBOUR_WIRE_TOKEN="Bearer …".
# [[fetch.credentials]]
# origin = "https://feeds.example.org"
# variable = "HARBOUR_WIRE_TOKEN"
# header = "Authorization"

# Alerts: lines whose crossing is told once, as a Prefect event and, if a block is named, as a notification.
# [[alerts]]
# dyad = "KOR-PRK"
# level = 70                     # or percentile = 95, or jump = 10 with days = 7
# notify = "slack-webhook/desk"  # a notification block of your Prefect server"""


def commented_settings() -> str:
    """Return the text of a settings file that changes nothing until something is uncommented."""
    return _SOURCES + "\n" + "\n".join(_section(Settings, ())) + "\n"


def _section(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a group of settings, then those of the groups within."""
    inner = {name: field for name, field in model.model_fields.items() if _group(field)}
    if path:
        yield f"\n# {(model.__doc__ or '').strip()}\n[{'.'.join(path)}]"
    for name, field in model.model_fields.items():
        if name not in inner and name not in ("sources", "alerts"):
            yield f"# {name} = {_toml(field)}" + (f"  # {field.description}" if field.description else "")
    for name, field in inner.items():
        group = _group(field)
        if group is not None:
            yield from _section(group, (*path, name))


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _toml(field: FieldInfo) -> str:
    """Return the default as TOML writes it; what has none is shown by an example."""
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "2020-06-16"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, tuple):
        return json.dumps([str(one) for one in value])
    return json.dumps(value) if isinstance(value, (str, int, float, bool)) else str(value)
