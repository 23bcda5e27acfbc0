"""Paths into JSON, as policies write them: `$.customer.name`, `$..note`, `$.items[*].sku`, `$['first name']`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from veil.transforms.jsons.tree import Path

MAX_STEPS: Final = 40
_STEP: Final = re.compile(
    r"(?P<deep>\.\.)(?P<after>[^\W\d]\w*|\*)|\.(?P<name>[^\W\d]\w*|\*)|\[(?P<index>\d{1,9}|\*)\]"
    r"|\['(?P<single>[^'\\]{1,200})'\]|\[\"(?P<double>[^\"\\]{1,200})\"\]"
)


@dataclass(frozen=True)
class Step:
    """One step: a key, an index, any child (None), at any depth below if `deep`."""

    child: str | int | None
    deep: bool = False


def parsed(path: str) -> tuple[Step, ...]:
    """Return the steps of a path.

    Raises
    ------
    ValueError : it is no path of this form.
    """
    if not path.startswith("$") or path == "$":
        raise ValueError(f"`{path}` is no path; write `$.customer.name`, `$..note`, `$.items[*].sku` or `$['first name']`")
    steps: list[Step] = []
    at = 1
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or len(steps) == MAX_STEPS:
            raise ValueError(f"`{path}` is no path from character {at + 1} on; write for instance `$.items[*]['unit price']`")
        steps.append(_step(match))
        at = match.end()
    return tuple(steps)


def _step(match: re.Match[str]) -> Step:
    if match["index"]:
        return Step(None if match["index"] == "*" else int(match["index"]))
    name = match["after"] or match["name"] or match["single"] or match["double"]
    return Step(None if name == "*" else name, deep=bool(match["deep"]))


def covers(steps: tuple[Step, ...], path: Path) -> bool:
    """Return whether a path leads to a value or to something above it: what is said of an object is said of all in it."""
    reached = {0}
    for part in path:
        following = set()
        for at in reached:
            step = steps[at]
            if step.deep:
                following.add(at)
            if step.child is None or step.child == part:
                following.add(at + 1)
        if len(steps) in following:
            return True
        reached = following
    return False
