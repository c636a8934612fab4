"""Articles → which of them are copies of one text: syndicated, shortened, printed again on another night."""

from pipeline.copies.search import find_copies
from pipeline.copies.signature import signature
from pipeline.copies.stories import stories

__all__ = ["find_copies", "signature", "stories"]
