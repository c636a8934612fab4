"""When it happened: date phrases of news English → calendar dates with a precision and the rule that gave them.

Anchored on the publication date, or on the date named last where the phrase counts from it. A phrase that names a
period gives its first and last day; nothing is ever made more exact than the text.
"""

from pipeline.dates.finder import counts_from_another, find_dates

__all__ = ["counts_from_another", "find_dates"]
