"""The one place for Prefect task options, and for what may leave a stage when it fails.

Prefect stores exception texts, and a library's text can hold a cell (`could not convert string to float: 'jane@…'`). So an error
leaves a stage as a `VeilError` of ours or as `StageFailed` with the error's type and the line of our code, never with its cause.
"""

from __future__ import annotations

import functools
import logging
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

from prefect import Task
from prefect.cache_policies import NO_CACHE

from veil.errors import StageFailed, VeilError

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger("veil")

# These can log what they look at. Their own loggers stay at ERROR whatever level the run is set to.
CAREFUL_LOGGERS = ("presidio-analyzer", "presidio-anonymizer", "spacy", "great_expectations", "ctgan", "rdt", "faker",
                   "tldextract", "phonenumbers", "matplotlib", "sklearn", "torch")  # fmt: skip
OUR_FOLDERS = ("veil", "tasks", "flows")


class Stage(Generic[P, R]):
    """A stage: called inside a flow it is a Prefect task run; `fn` is the sealed function itself.

    The task gets its arguments in one opaque parcel. Prefect walks into every argument to look for futures, and a parcel is where
    it stops: no policy, plan or keyring is opened, copied or counted among the task's inputs.
    """

    def __init__(self, name: str, function: Callable[P, R]) -> None:
        self.fn = sealed(name)(function)
        self._task = Task(
            self._unpacked,
            name=name,
            task_run_name=name,
            cache_policy=NO_CACHE,
            persist_result=False,
            log_prints=False,
            retries=0,
        )
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._task(_Parcel(args, kwargs))

    def _unpacked(self, parcel: _Parcel) -> R:
        return self.fn(*parcel.args, **parcel.kwargs)


class _Parcel:
    """Arguments that Prefect neither opens nor shows."""

    __slots__ = ("args", "kwargs")

    def __init__(self, args: Any, kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs


def stage(name: str) -> Callable[[Callable[P, R]], Stage[P, R]]:
    """Make a function a stage: a Prefect task that is never cached, persisted or retried, and lets no cell out."""
    return lambda function: Stage(name, function)


def sealed(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only errors of ours out of a function, without cause, context or traceback."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def sealed_function(*args: P.args, **kwargs: P.kwargs) -> R:
            _quieten_libraries()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    return function(*args, **kwargs)
                except VeilError as error:
                    failure = error
                except Exception as error:  # noqa: BLE001 - the boundary: any library may fail here
                    failure = StageFailed(name, type(error).__name__, _place(error))
            # Outside the except block, so that the new error has no context that still holds the old text.
            failure.__cause__ = failure.__context__ = None
            raise failure.with_traceback(None)

        return sealed_function

    return decorate


def _quieten_libraries() -> None:
    for careful in CAREFUL_LOGGERS:
        logging.getLogger(careful).setLevel(logging.ERROR)


def log(event: str, **fields: object) -> None:
    """Log an event with known fields: stage, names, counts, seconds, decision. Never a cell."""
    logger.info("%s %s", event, " ".join(f"{name}={value}" for name, value in fields.items()))


def _place(error: BaseException) -> str:
    """Return the last line of our own code in the traceback, as `folder/file.py:12`."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        parts = Path(frame.filename).parts
        ours = [at for at, part in enumerate(parts) if part in OUR_FOLDERS]
        if ours and "site-packages" not in parts:
            return f"{'/'.join(parts[ours[-1]:])}:{frame.lineno}"
    return ""
