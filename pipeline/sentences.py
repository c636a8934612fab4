"""Text → sentences, by regular expressions for news English; offsets into the text are kept.

A full stop ends a sentence unless it closes an abbreviation, an initial or a number. Paragraphs always end
one: blank lines part them, and in a text whose lines are not hard-wrapped every line is one. Lines that no
reporter wrote (subscribe, read more, copyright) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Article, Sentence

_BLOCK = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")
_LINE = re.compile(r"[^\n]+")
_WRAPPED = 120  # no line of a hard-wrapped text is longer, characters
_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s+["'“‘(\[]*[A-Z0-9À-ÖØ-Þ]|\s*$)""")
_ABBREVIATION = re.compile(
    r"""(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Adm|Cmdr|Brig|Sen|Rep|Gov|Pres|Rev|Hon|St|Mt|Ft
    |Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Nos|vs|etc|approx|cf|al|Inc|Ltd|Co|Corp|Bros|Jr|Sr
    |[ap]\.m|e\.g|i\.e)|\b[A-Z]|\b(?:[A-Z]\.)+[A-Z])\.$""",
    re.VERBOSE,
)
_MAY_END = re.compile(r"\b(?:[ap]\.m|etc|Inc|Ltd|Co|Corp|Jr|Sr|(?:[A-Z]\.)+[A-Z])\.$")
_STARTER = re.compile(
    r"\s+[\"'“‘(]*(?:The|A|An|It|He|She|They|We|I|In|On|At|But|And|This|That|These|Those|There|For|As)\b"
)
_BOILERPLATE = re.compile(
    r"""\W*(?:read\ more|read\ also|see\ also|also\ read|related|advertisement|sponsored|subscribe|sign\ up
    |follow\ us|click\ here|share\ this|go\ deeper|photo|file\ photo|image|watch:|listen:|newsletter
    |copyright|©|\(c\)\s*\d{4}|all\ rights\ reserved|reporting\ by|editing\ by|additional\ reporting
    |this\ article\ was|our\ standards|more\ on\ this|common\ question)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_RIGHTS = re.compile(r"all rights reserved|©", re.IGNORECASE)
_LONGEST = 6  # letters of an abbreviation
MAX_CHARACTERS = 1200


def split_sentences(article: Article) -> list[Sentence]:
    """Return the sentences of an article's title and body, numbered from 0 (the title, where it is there).

    Offsets count from the first character of `article_text(article)`. Runs of more than 1,200 characters
    without an end are tables or lists, not sentences, and are left out.
    """
    text = article_text(article)
    wrapped = max(map(len, text.splitlines()), default=0) <= _WRAPPED
    paragraphs = (_BLOCK if wrapped else _LINE).finditer(text)
    spans = [span for paragraph in paragraphs for span in _spans(text, *paragraph.span())]
    reserved = _RIGHTS.search(text) is not None
    found: list[Sentence] = []
    for number, (start, end) in enumerate(spans):
        own = text[start:end]
        if end - start > MAX_CHARACTERS or _BOILERPLATE.match(own) or (reserved and _RIGHTS.search(own)):
            continue
        found.append(Sentence(article.article_id, number, start, end, " ".join(own.split())))
    return found


def article_text(article: Article) -> str:
    """Return title and body as one text, a blank line between them."""
    return f"{article.title}\n\n{article.body}" if article.title else article.body


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _END.finditer(text, start, end):
        stop = match.end()
        if not _inside(text, begin, stop):
            yield from _trimmed(text, begin, stop)
            begin = stop
    yield from _trimmed(text, begin, end)


def _inside(text: str, begin: int, end: int) -> bool:
    """Whether the full stop at `end` belongs to an abbreviation and the sentence goes on."""
    word = text[max(begin, end - 2 - _LONGEST) : end - 1]
    if text[end - 1] != "." or (len(word) > _LONGEST and word.isalpha()):
        return False
    head = text[max(begin, end - 12) : end]
    if not _ABBREVIATION.search(head):
        return False
    return not (_MAY_END.search(head) and _STARTER.match(text, end))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    own = text[start:end].lstrip()
    if own:
        start = end - len(own)
        yield start, start + len(own.rstrip())
