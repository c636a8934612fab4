"""The settings and the environment → the secret headers of each site.

The settings only name the variable: they are kept, logged and handed to Prefect, and a secret must not be. A header
goes to its origin alone, so that no redirect carries it elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.errors import SettingsError
from pipeline.settings import CredentialSettings


def secret_headers(
    credentials: Sequence[CredentialSettings], environment: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return origin → header → value.

    Raises
    ------
    SettingsError
        If the environment lacks a value, or it cannot be a header; the value itself is not told.
    """
    found: dict[str, dict[str, str]] = {}
    for one in credentials:
        value = environment.get(one.variable, "").strip()
        if not value:
            raise SettingsError(
                f"fetch.credentials: the environment has no {one.variable}, the {one.header} of {one.origin}; "
                "set it where the program is started"
            )
        if not (value.isascii() and value.isprintable()):
            raise SettingsError(f"fetch.credentials: {one.variable} holds what cannot stand in a header; check it")
        found.setdefault(_origin(one.origin), {})[one.header] = value
    return found


def _origin(text: str) -> str:
    """Return an origin as requests name it: in lower case, without the scheme's own port."""
    scheme, _, host = text.lower().partition("://")
    return f"{scheme}://{host.removesuffix({'http': ':80', 'https': ':443'}[scheme])}"
