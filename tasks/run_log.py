"""What the logs of a run show in Prefect: Veil's own events, and no stack trace where a run was stopped on purpose."""

from __future__ import annotations

import logging

from prefect.exceptions import FailedRun
from prefect.logging.handlers import APILogHandler

# The loggers to which Prefect's engine reports the exception that it makes of a failed state.
ENGINE_LOGGERS = ("prefect.flow_runs", "prefect.engine")


class StoppedOnPurpose(logging.Filter):
    """Drop the stack trace that Prefect makes of a state which the flow returned; the state itself is logged and shown.

    `FailedRun` stands for such a state and for nothing else. A flow that could not start, or that crashed, still shows its trace.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record but the one that tells the run's own state again."""
        return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))


def show_events(level: str) -> None:
    """Send the `veil` events of this process to the pages of their runs; a level that was set before stays.

    `PREFECT_LOGGING_EXTRA_LOGGERS` does not do it: it adds the handler and leaves the level at WARNING, and whoever starts a
    worker would have to know of it.
    """
    logger = logging.getLogger("veil")
    if logger.level == logging.NOTSET:
        logger.setLevel(level)
    if not any(isinstance(handler, APILogHandler) for handler in logger.handlers):
        logger.addHandler(APILogHandler())
    for name in ENGINE_LOGGERS:
        engine = logging.getLogger(name)
        if not any(isinstance(each, StoppedOnPurpose) for each in engine.filters):
            engine.addFilter(StoppedOnPurpose())
