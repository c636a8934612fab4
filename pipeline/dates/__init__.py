"""When it happened: date phrases of news English → calendar dates with a precision and the rule that gave them.

Anchored on the publication date, or on the date named last where the phrase counts from it. A phrase that names a
period gives its first and last day; nothing is ever made more exact than the text.
"""

from pipeline.dates.clauses import counted_clause
from pipeline.dates.finder import find_dates
from pipeline.dates.roles import is_of_dateline, is_of_speech
from pipeline.dates.story import Story

__all__ = ["Story", "counted_clause", "find_dates", "is_of_dateline", "is_of_speech"]
