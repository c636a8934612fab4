"""What belongs together appears together: one small pointer switches a whole set of files.

The new files are put under `.next/`, out of sight. Then the pointer is replaced, in one step; from that moment on
readers take the files that it names from there. Then each file moves to its own place, and the pointer names none any
more. A run that dies before the step has published nothing; after it everything, and the next run moves what is left.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from pipeline.errors import StoreError
from pipeline.store.place import Place

POINTER = ".publication.json"
_NEXT = ".next"


@dataclass(frozen=True)
class Publication:
    """The last one: its number, and the files of it that may not have moved to their places yet.

    `names` says of each whether there is such a file from now on, or whether it is gone.
    """

    number: int = 0
    names: dict[str, bool] = field(default_factory=dict)

    def staged(self, name: str) -> str:
        """Return where a file waits."""
        return f"{_NEXT}/{self.number}/{name}"

    def as_bytes(self) -> bytes:
        """Return what `last` reads."""
        return json.dumps({"number": self.number, "names": dict(sorted(self.names.items()))}).encode() + b"\n"


def last(place: Place) -> Publication:
    """Return the last publication of a place; number 0 if there was none."""
    try:
        known = json.loads(place.read(POINTER))
        return Publication(int(known["number"]), dict(known["names"]))
    except FileNotFoundError:
        return Publication()
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{place.full(POINTER)} cannot be read ({error}); it was written by something else: remove it and run again"
        ) from error


def begin(place: Place) -> None:
    """Make a place ready for its writer: end what a run that died had published, drop what it had not."""
    _settle(place, last(place))


def publish(place: Place, new: Publication) -> None:
    """Switch to a publication whose files wait at `staged`."""
    place.write(POINTER, new.as_bytes())
    _settle(place, new)


def drop(place: Place) -> None:
    """Drop what was to be published and will not be."""
    place.clear(_NEXT)


def _settle(place: Place, publication: Publication) -> None:
    names = publication.names
    if names:
        moved = {publication.staged(name): name for name, there in names.items() if there}
        place.settle(moved, [name for name, there in names.items() if not there])
        place.write(POINTER, Publication(publication.number).as_bytes())
    place.clear(_NEXT)
