"""What can go wrong, by room. Every message gives the value, the place and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class EscalationError(Exception):
    """Base of all errors a user can cause and mend; the command line prints it without a traceback."""


class SettingsError(EscalationError):
    """A setting has an unknown name or a value outside its range."""


class SeedError(EscalationError):
    """A seed file (scale, actors, lexicon, labelled sentences) breaks its documented form."""


class SourceError(EscalationError):
    """A source as a whole cannot be read: it is missing, empty or of an unknown kind."""


class StoreError(EscalationError):
    """The outputs cannot be read or written."""


class CorrectionError(EscalationError):
    """A human's correction names what does not exist."""


class CheckError(EscalationError):
    """What was computed looks wrong, and the last good index stays; `checks` tells which checks held."""

    def __init__(self, message: str, checks: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(message)
        self.checks = list(checks)


class EngineError(EscalationError):
    """Articles cannot be coded where they were meant to be: by processes here, or on a cluster."""
