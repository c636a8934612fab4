"""A page → why it is not parsed, from one look along it.

Every parser has pages that it takes minutes for: thousands of nested elements, a hundred thousand attributes on one.
The look is linear in the page's length and deliberately simpler than a parser, so it proves nothing: what slips
through is stopped by the time and memory that a worker may use.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.settings import PageSettings

MAX_ATTRIBUTES = 500  # on one element; the busiest of real pages have about sixty
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3", b"\x7fELF",
    b"\x00\x00\x01\x00", b"Rar!", b"BZh", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0", b"MZ", b"wOF", b"{\\rtf",
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_MAX_CONTROL = 0.05  # of the characters; text has next to none
_SOME_TAG = re.compile(r"<[a-zA-Z!/?]")
_TAG = re.compile(
    r"""<(?:!--|(/?)([a-zA-Z][^\s/>]*+)
    ((?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)(?:>|\Z))""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""[^\s=>"'/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
_ENDS = {
    "!--": re.compile("-->"),
    **{name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title")},
}
"""What holds no elements, and where it ends."""
_NEST_NOTHING = frozenset(
    """area base br col embed hr img input link meta param source track wbr path circle rect use
    p li dt dd option optgroup td th tr tbody thead tfoot colgroup html head body !--
    script style textarea title""".split()
)
"""Elements that are empty, or that the next of their kind ends, so that a missing end tag does not nest them."""


def too_long(content: bytes | str, pages: PageSettings) -> tuple[str, str] | None:
    """Return reason and detail if a page is longer than is read; looks at its length alone."""
    if len(content) <= pages.max_bytes:
        return None
    return "page too long", f"{len(content):,} bytes, more than {pages.max_bytes:,}; raise pages.max_bytes"


def not_a_page(content: bytes | str) -> tuple[str, str] | None:
    """Return reason and detail if bytes are a PDF, an image, an archive or the like."""
    if isinstance(content, bytes) and content.startswith(_MAGIC):
        return "not a page", f"it begins with {content[:8]!r}, which is no HTML"
    return None


def too_hostile(text: str, pages: PageSettings) -> tuple[str, str] | None:
    """Return reason and detail if a decoded page is no markup, nests too deep or has too many attributes."""
    head = text[:65_536]
    if len(_CONTROL.findall(head)) > _MAX_CONTROL * len(head):
        return "not a page", f"more than {_MAX_CONTROL:.0%} of its characters are control characters or unreadable"
    if not _SOME_TAG.search(text):
        return "not a page", "it holds no markup; give plain text in the field body"
    depth, attributes = measure(text)
    if depth > pages.max_depth:
        return "page too deep", f"{depth:,} nested elements, more than {pages.max_depth:,}; raise pages.max_depth"
    if attributes > MAX_ATTRIBUTES:
        return "page too odd", f"an element has {attributes:,} attributes, more than {MAX_ATTRIBUTES}"
    return None


def measure(text: str) -> tuple[int, int]:
    """Return the deepest nesting of elements, and the most attributes on one, roughly as a browser sees them."""
    opened: Counter[str] = Counter()
    endless: set[str] = set()
    depth = deepest = attributes = position = 0
    while match := _TAG.search(text, position):
        closes, name, rest = match.groups()
        name = name.lower() if name else "!--"
        position = match.end()
        if name in _ENDS and not closes:
            position = _end(text, position, name, endless)
        if rest and len(rest) > 2 * MAX_ATTRIBUTES:
            attributes = max(attributes, len(_ATTRIBUTE.findall(rest)))
        if name in _NEST_NOTHING or (opened["svg"] and rest.endswith("/")):
            continue
        if not closes:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest, attributes


def _end(text: str, position: int, name: str, endless: set[str]) -> int:
    """Return where a comment or script that begins at `position` ends; one without an end is looked for once."""
    end = None if name in endless else _ENDS[name].search(text, position)
    if end is None:
        endless.add(name)
        return position
    return end.start()
