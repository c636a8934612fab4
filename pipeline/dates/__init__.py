"""When it happened: date phrases of news English → calendar dates with a precision and the rule that gave them.

Anchored on the publication date, or on the date named last where the phrase counts from it. A phrase that names a
period gives its first and last day; nothing is ever made more exact than the text.
"""

from pipeline.dates.finder import find_dates
from pipeline.dates.story import named_before, tells_old_story

__all__ = ["find_dates", "named_before", "tells_old_story"]
