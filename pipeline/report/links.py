"""Which urls of articles may be links, and text → what may stand in a page's script element, policy or image."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import quote, urlsplit

_UNSAFE = "<>&\u2028\u2029"


def is_link(url: str) -> bool:
    """Whether a url may be a link: http or https only."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def json_text(data: Any) -> str:
    """Return JSON in which nothing can end the script element that holds it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in _UNSAFE:
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def policy_hash(text: str) -> str:
    """Return the source expression that lets exactly this inline script or style through the page's policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def image_url(svg: str) -> str:
    """Return a drawing as a url of its own data; shorter than base64, and no script runs in an image."""
    return "data:image/svg+xml;charset=utf-8," + quote(" ".join(svg.split()), safe=" /:=,;()+-.@!*[]{}")
