"""The line as Prefect flows, and their schedule: the only place that imports Prefect.

Nothing is reported to anybody: Prefect's telemetry is off unless the environment says otherwise.
"""

from __future__ import annotations

import logging
import os

from pipeline.errors import EscalationError

for _name, _value in {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}.items():
    os.environ.setdefault(_name, _value)


class _WithoutTraceback(logging.Filter):
    """Keeps the message of our own errors and drops the traceback: the user can mend them, not read them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], EscalationError):
            record.exc_info = None
        return True


for _logger in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_logger).addFilter(_WithoutTraceback())
