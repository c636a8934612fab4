"""A page and its text without what no reporter wrote: captions, related links, newsletters, advertisements.

Two passes. Before extraction, elements whose name, class or id says so are cut out of the tree, unless they hold a
large part of the page: old pages wrap everything in one form, and a theme may call its body "no-sidebar-ads". After
it, lines are dropped that begin as such lines do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pipeline.extract.dom import select

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

SILENT = ("script", "style", "noscript", "template", "svg", "iframe")
ELEMENTS = ("figcaption", "aside", "nav", "form", "footer", "button")
WORDS = """related newsletter advert promo share caption widget consent cookie footer popup popular credit""".split()
"""What the class or id of clutter contains."""
_BY_WORD = tuple(f'[{attribute}*="{word}" i]' for word in WORDS for attribute in ("class", "id"))
_SELECTOR = ", ".join((*ELEMENTS, *_BY_WORD))
_NAMED = re.compile("|".join(WORDS), re.IGNORECASE)
_SHARE = 0.3  # of the page's characters; what holds more is no clutter
_LINKED = 300  # characters; a longer paragraph that is one link is a text that somebody linked
_WRAPPERS = frozenset({"strong", "em", "span", "b", "i"})
_LINK_BLOCKS = frozenset({"p", "li", "h2", "h3", "h4"})
_LONGEST_LINE = 300  # characters; longer lines are text, whatever they begin with
_CLUTTER_LINE = re.compile(
    r"""^\W*(?:
    (?:read\ (?:more|also|next)|see\ (?:also|more)|also\ (?:read|see|on)|more\ (?:on|from|in|like)|related(?:\ \w+)?
      |more|also|watch|listen|don't\ miss|you\ may\ (?:also\ )?like|like\ this|recommended|sponsored|source
      |(?:file\ )?photos?|images?|image\ credit|(?:first\ |last\ )?(?:published|updated?)|tags?|topics|filed\ under
      )\b[^.!?\n]{0,30}:
    |(?:read\ more|read\ also|see\ also|related\ (?:articles?|stor(?:y|ies)|posts?|links?|topics?|coverage)
      |sponsored\ links?|subscribe|sign\ ?up|follow\ (?:us|\w+)\ on|click\ here
      |share\ (?:this|on)|like\ this\ (?:story|article)|view\ all|leave\ a\ (?:comment|reply)
      |post\ comment|filed\ under|copyright|©|\(c\)\s*\d{4}|(?:additional\ )?reporting\ by|editing\ by
      |we\ use\ cookies|this\ (?:web)?site\ uses\ cookies|accept\ (?:all\ )?cookies|more\ (?:on\ this|from\ us)
      |this\ (?:article|story|post)\ (?:was|is)\ (?:originally|first|related)|you\ may\ also\ like
      |continue\ reading|back\ to\ top|get\ (?:the|our)\ (?:latest|newsletter|app)|most\ (?:read|popular)
      |our\ latest|editor'?s\ (?:pick|note)s?|join\ our|have\ a\ tip)\b
    |(?:comments?|newsletters?|trending|sponsored|advert(?:isement|isment|s)?)\W*(?:\d+\W*)?$
    )|all\ rights\ reserved""",
    re.IGNORECASE | re.VERBOSE,
)


def prune(tree: HTMLTree) -> None:
    """Cut clutter out of a page that resiliparse parsed, and its headline, which is known from the metadata."""
    body = tree.body
    if body is None:
        return
    for element in select(tree, ", ".join(SILENT)):
        _cut(element)
    whole = _SHARE * len(body.text or "")
    for element in body.query_selector_all(f"{_SELECTOR}, h1").values():
        if len(element.text or "") < whole:
            _cut(element)


def _cut(element: Any) -> None:
    if element.parent is not None:
        element.parent.remove_child(element)


def prune_lxml(root: Any) -> None:
    """Cut clutter, and paragraphs that are nothing but a link, out of a page that lxml parsed."""
    body = root.find("body")
    if body is None:
        return
    for element in list(body.iter(*SILENT)):
        element.drop_tree()
    whole = _SHARE * len(body.text_content())
    for element in list(body.iterdescendants()):
        if _is_clutter(element) and len(element.text_content()) < whole:
            element.drop_tree()
    for link in list(body.iter("a")):
        _cut_linked(link)


def _is_clutter(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.getparent() is None:
        return False
    return element.tag in ELEMENTS or bool(_NAMED.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _cut_linked(link: Any) -> None:
    """Drop the block around a link that holds no word beside it: it leads to another article."""
    block = link.getparent()
    while block is not None and block.tag in _WRAPPERS:
        block = block.getparent()
    if block is None or block.tag not in _LINK_BLOCKS or block.getparent() is None:
        return
    text = block.text_content().strip()
    if text and len(text) < _LINKED and len(text) - len(link.text_content().strip()) < 3:
        block.drop_tree()


def clean_lines(text: str, title: str) -> str:
    """Return a text without empty lines, clutter and lines that only repeat the title."""
    headline = " ".join(title.split()).casefold()
    lines = (line.strip() for line in text.replace("\r\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line and not _is_clutter_line(line, headline))


def _is_clutter_line(line: str, headline: str) -> bool:
    if len(line) > _LONGEST_LINE:
        return False
    return bool(_CLUTTER_LINE.search(line)) or " ".join(line.split()).casefold() == headline
