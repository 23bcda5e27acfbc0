"""Whether the values bear out what a column's name says, where a list of such values is known. It speaks both ways.

A `state` whose values are `running` and `idle` is no region; a `name` whose values hold no name that anyone knows is a
shop's or a file's. Lists are never whole: a strong name loses little by values that are not listed, a weak one much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from veil.recognizers.base import share_of
from veil.recognizers.words.dictionaries import folded, lists

ENOUGH: Final = 8
JUDGED: Final = 100
FEW: Final = 3
PEOPLE: Final = frozenset({"PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"})
_LISTED: Final[Mapping[str, str]] = {"REGION": "REGION", "COUNTRY": "COUNTRY"}
_JOBS: Final = frozenset({
    "manager", "engineer", "analyst", "director", "assistant", "officer", "developer", "clerk", "representative", "consultant",
    "nurse", "teacher", "driver", "technician", "specialist", "coordinator", "administrator", "supervisor", "president", "ceo",
    "cto", "cfo", "vp", "intern", "accountant", "designer", "owner", "agent", "scientist", "programmer", "architect", "lawyer",
    "executive", "associate", "staff", "secretary", "trainer", "planner", "professor", "lecturer", "researcher", "editor",
})
_STATES: Final = frozenset({
    "active", "inactive", "open", "closed", "running", "stopped", "pending", "new", "done", "failed", "ok", "error",
    "ready", "idle", "on", "off", "enabled", "disabled", "complete", "completed", "cancelled", "canceled", "draft",
    "published", "success", "failure", "passed", "true", "false", "yes", "no", "none", "started", "finished", "queued",
    "waiting", "approved", "rejected", "declined", "paid", "unpaid", "shipped", "delivered", "returned", "refunded",
    "expired", "live", "suspended", "archived", "deleted", "up", "processing", "processed", "resolved", "in progress",
    "progress", "online", "offline", "down", "critical", "warning", "normal", "good", "bad", "high", "low", "medium",
    "successful", "confirmed", "scheduled", "submitted", "accepted", "blocked", "aktiv", "inaktiv", "offen",
    "geschlossen", "actief", "inactief", "actif", "inactif",
})


def support(entity: str, values: Sequence[str], *, weak: bool) -> float:
    """Return a factor in [0, 1.1] for what the name says.

    Parameters
    ----------
    entity : what the name says.
    values : stripped, without placeholders. Below eight nothing is held against it but words for states of a process.
    weak : whether the phrase is a weak one, such as `name`.
    """
    if entity not in PEOPLE and entity not in _LISTED:
        return 1.0
    judged = [folded(value) for value in values[:JUDGED]]
    if share_of(judged, _STATES.__contains__) >= 0.5:
        return 0.3
    if entity in PEOPLE:
        return _names(judged, weak)
    if share_of(judged, lambda value: any(map(str.isdigit, value)) and value[:1].isalpha()) >= 0.5:
        return 0.4
    if len(judged) >= 3 and share_of(judged, lists()[entity].__contains__) < 0.5 and all(len(value) <= 3 for value in judged):
        return 0.4
    listed = share_of(judged, lists()[entity].__contains__)
    if listed >= 0.5:
        return 1.05
    if weak and len(judged) >= FEW and listed < 0.1:
        return 0.6 if len(judged) < ENOUGH else 0.7
    return 1.0


def _names(judged: Sequence[str], weak: bool) -> float:
    share = share_of(judged, holds_name)
    if len(judged) < ENOUGH:
        return 1.1 if share >= 0.5 else 0.6 if weak and len(judged) >= FEW else 1.0
    if weak:
        return 1.1 if share >= 0.5 else 0.8 + 0.4 * share if share >= 0.15 else 0.6
    return 1.0 if share >= 0.2 else 0.85


def holds_job(value: str) -> bool:
    """Return whether a value is a job of the list or holds a word that jobs end with."""
    plain = folded(value)
    return plain in lists()["OCCUPATION"] or not _JOBS.isdisjoint(plain.replace("/", " ").split())


def holds_name(value: str) -> bool:
    """Return whether a folded value holds a given or family name as one of its words; digits at a word's end go."""
    given, family = lists()["FIRST_NAME"], lists()["LAST_NAME"]
    words = (word.strip(".,'\"()").rstrip("0123456789") for word in value.split())
    return any(len(word) > 1 and (word in given or word in family) for word in words)
