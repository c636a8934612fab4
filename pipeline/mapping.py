"""The level of a dyad → its tension on 0–100, by constants that no later day can change.

``tension = 50 · (1 − asinh(level / unit) / asinh(ceiling / unit))`` with the unit from the base period and
the ceiling the level that a flow of 10 every day, for ever, would reach: usual days with nothing but the worst
conflict. The inverse hyperbolic sine is linear for small levels and logarithmic for large ones, so that a single shot
and a long war both show. Levels beyond the ceiling are 0 and 100.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.settings import IndexSettings

MAX_FLOW = 10.0


def decay(half_life_days: float) -> float:
    """Return the share of a level that is left after one day."""
    return float(0.5 ** (1.0 / half_life_days))


def tension(level: NDArray[np.float64], settings: IndexSettings) -> NDArray[np.float64]:
    """Map levels (negative is conflict) to 0 … 100, 50 at balance, rising with conflict."""
    unit = settings.base.unit
    ceiling = MAX_FLOW / (1.0 - decay(settings.half_life_days))
    mapped: NDArray[np.float64] = np.clip(
        50.0 * (1.0 - np.arcsinh(level / unit) / np.arcsinh(ceiling / unit)), 0.0, 100.0
    )
    return mapped


def method_of(settings: IndexSettings) -> dict[str, Any]:
    """Return the constants of the method, as they are written into the index file's metadata."""
    return {
        "method": "decayed flow by usual day, asinh mapping",
        "ceiling": MAX_FLOW / (1.0 - decay(settings.half_life_days)),
        **settings.model_dump(mode="json"),
    }
