"""How runs, data sets and drops are called, and the plain fields of the Prefect UI's form."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from prefect.runtime import flow_run
from pydantic import WithJsonSchema

from tasks.settings import Settings

# For `str | None` the form of the Prefect UI would ask for the type first; a field that is empty, or 0, says the same.
PLAIN_TEXT = WithJsonSchema({"type": "string"})
PLAIN_COUNT = WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 10_000})


def run_name() -> str:
    """Name a run by its data set and, so that runs of one data set differ, by the first digits of its id."""
    given = flow_run.parameters or {}
    name = given.get("dataset") or Path(str(given.get("drop", ""))).name.split(".")[0]
    return f"{slug(str(name))}-{str(flow_run.get_id() or '')[:6]}"


def found_drop(drop: str, settings: Settings) -> Path:
    """Return the drop's path: as given, or in the inbox if it is relative and not here."""
    path = Path(drop).expanduser()
    inboxed = settings.inbox / path
    return inboxed if not path.is_absolute() and not path.exists() and inboxed.exists() else path.absolute()


def slug(name: str) -> str:
    """Return a name in lower case, digits and dashes only."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "drop"


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
