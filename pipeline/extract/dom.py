"""Elements of a page that resiliparse parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resiliparse.parse.html import ElementNode, HTMLTree


def select(tree: HTMLTree, selector: str) -> list[ElementNode]:
    """Return the elements of a page that a CSS selector names, in the page's order."""
    return tree.document.query_selector_all(selector).values() if tree.document is not None else []
