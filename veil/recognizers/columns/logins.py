"""User names by how people make them: of their own names, in small letters, with initials, dots and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from veil.recognizers.base import share_of
from veil.recognizers.words.dictionaries import ambiguous, lists

ENOUGH: Final = 10
MOSTLY: Final = 0.6
SHORTEST_NAME: Final = 4
JUDGED: Final = 100
_LOGIN = re.compile(r"[a-z][a-z._]{2,40}\d{0,6}[a-z._]{0,20}")
_PART = re.compile(r"[a-z]+")


def login_share(values: Sequence[str]) -> float:
    """Return the share of values that are made of names as user names are; 0 where they are plain words or too few.

    A column of names in small letters is one of names: some marks, numbers or initials must be added to most of them.
    """
    judged = values[:JUDGED]
    if len(judged) < ENOUGH or share_of(judged[:20], _LOGIN.fullmatch) < MOSTLY:
        return 0.0
    return share_of(judged, _is_made_of_names)


def _is_made_of_names(value: str) -> bool:
    if not _LOGIN.fullmatch(value):
        return False
    parts = _PART.findall(value)
    is_joined = len(parts) > 1 or any(map(str.isdigit, value))
    named = [part for part in parts if _is_name(part)]
    if named:
        return is_joined
    return any(_holds_name(part) for part in parts)


def _holds_name(part: str) -> bool:
    """An initial before a family name or after a given one: `zwhitaker`, `annas`; or both names at a stretch."""
    given, family = lists()["FIRST_NAME"], lists()["LAST_NAME"]
    if part[1:] in family and len(part) > SHORTEST_NAME and not ambiguous(part[1:], "LAST_NAME"):
        return True
    if part[:-1] in given and len(part) > SHORTEST_NAME and not ambiguous(part[:-1], "FIRST_NAME"):
        return True
    cuts = range(3, len(part) - 2)
    return any((part[:cut] in given and part[cut:] in family) or (part[:cut] in family and part[cut:] in given) for cut in cuts)


def _is_name(part: str) -> bool:
    return len(part) >= SHORTEST_NAME and (part in lists()["FIRST_NAME"] or part in lists()["LAST_NAME"])
