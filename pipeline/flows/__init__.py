"""The line as Prefect flows, and their schedule: the only place that imports Prefect.

Nothing is reported to anybody: Prefect's telemetry is off unless the environment says otherwise.
"""

from __future__ import annotations

import os

for _name, _value in {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}.items():
    os.environ.setdefault(_name, _value)
