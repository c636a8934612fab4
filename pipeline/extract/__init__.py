"""Raw records → articles: fields by name, main text and metadata of pages, dates read or refused.

Raw records enter, articles or stored rejections leave, in the order they came. Pages are parsed by processes that can
be killed, for a page is written by strangers.
"""

from pipeline.extract.fields import FIELD_NAMES, to_article
from pipeline.extract.times import parse_time
from pipeline.extract.workers import Extractor, extract_all

__all__ = ["FIELD_NAMES", "Extractor", "extract_all", "parse_time", "to_article"]
