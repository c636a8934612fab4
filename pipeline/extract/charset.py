"""The bytes of a page → its text, whatever the server says of the charset.

Servers and pages name wrong charsets often enough that the bytes have the first word: a mark at the start, then
what is valid UTF-8 (no other charset looks like it by chance), then what is declared unless the bytes contradict it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE = 131_072  # bytes looked at
_DECLARED = re.compile(r"(?:charset\s*=\s*)?[\"']?\s*([\w.:-]+)\s*[\"']?\s*$", re.IGNORECASE)
_META = re.compile(
    rb"<(?:meta|\?xml)\b[^<>]{0,500}?(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})", re.I
)
_TAG = re.compile(rb"<[^<>]*>")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
_HANGUL = re.compile(r"[가-힣]")
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
"""Charsets that browsers read as a wider one, by the name that Python gives them."""
_LATIN = frozenset("cp1252 iso8859-15 mac-roman cp1254 cp1250 iso8859-2 iso8859-13 iso8859-16 cp1257 cp1258".split())
_FEW_ERRORS = 0.02  # of the letters beyond ASCII: a text cut off or joined, not one of another charset


def decode(content: bytes, declared: str = "") -> str:
    """Return the text of a page; never fails, and what no charset explains becomes U+FFFD.

    Parameters
    ----------
    content
        The bytes as they were served.
    declared
        The charset, or the whole Content-Type, of the response; may be empty or wrong.
    """
    for mark, charset in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(charset, "replace")
    wide = _wide_charset(content)
    if wide:
        return content.decode(wide, "replace")
    for charset in _candidates(content, declared):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    return content.decode(_fallback(content, declared), "replace")


def _wide_charset(content: bytes) -> str:
    """Return the byte order of UTF-16 without a mark: every other byte of its markup is zero."""
    head = content[:512]
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if half and head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""


def _candidates(content: bytes, declared: str) -> Iterator[str]:
    """Yield charsets, the likeliest first."""
    if b"\x1b$" not in content[:_SAMPLE]:  # ISO-2022 is pure ASCII and so valid UTF-8
        yield "utf-8"
    named = [name for name in (_python_name(declared), _meta_charset(content)) if name]
    if _mostly_utf8(content):
        return
    words = _TAG.sub(b" ", content[:_SAMPLE])
    latin = not _is_dense(words)
    found = _detected(words)
    agreeing = [name for name in named if name == found]
    yield from agreeing
    yield from (name for name in named if (name in _LATIN) == latin and name != "utf-8")
    if found and (found in _LATIN) == latin:
        yield found
    yield from (name for name in named if name != "utf-8")


def _mostly_utf8(content: bytes) -> bool:
    """Whether a few broken bytes are all that keeps the text from being UTF-8."""
    sample = content[:_SAMPLE]
    text = sample.decode("utf-8", "replace")
    beyond = sum(not character.isascii() for character in text)
    return beyond > 50 and text.count("\ufffd") <= _FEW_ERRORS * beyond


def _is_dense(words: bytes) -> bool:
    """Whether letters beyond ASCII stand in words of their own: in Latin script they stand among others."""
    high = len(_HIGH.findall(words))
    return high > 0 and sum(map(len, _HIGH_RUN.findall(words))) > 0.5 * high


def _detected(words: bytes) -> str:
    from resiliparse.parse.encoding import detect_encoding  # noqa: PLC0415 - most pages are UTF-8 and need none

    found = _python_name(detect_encoding(words) or "")
    if found != "utf-8":
        return found
    korean = words.decode("cp949", "ignore")  # the detector takes short Korean for UTF-8
    beyond = sum(not character.isascii() for character in korean)
    return "cp949" if len(_HANGUL.findall(korean)) > 0.5 * beyond else ""


def _fallback(content: bytes, declared: str) -> str:
    if _mostly_utf8(content):
        return "utf-8"
    return next((name for name in _candidates(content, declared) if name != "utf-8"), "cp1252")


def _meta_charset(content: bytes) -> str:
    match = _META.search(content[:4096])
    return _python_name(match[1].decode("ascii", "replace")) if match else ""


def _python_name(declared: str) -> str:
    """Return Python's name of a charset, or nothing; UTF-16 that has no zero bytes is UTF-8."""
    match = _DECLARED.search(declared.strip().rstrip(";"))
    if not match or ("/" in declared and "charset" not in declared.lower()):
        return ""
    from resiliparse.parse.encoding import map_encoding_to_html5  # noqa: PLC0415

    try:
        name = codecs.lookup(map_encoding_to_html5(match[1], False) or match[1]).name
        "".encode(name)
    except (LookupError, UnicodeError):
        return ""
    return "utf-8" if name.startswith(("utf-16", "utf-32", "utf-7")) else _WIDER.get(name, name)
