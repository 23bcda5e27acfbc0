"""Lint of `control`: columns that are not there or not learnt, and demands that contradict each other or themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from veil.policy.control import TableControl
from veil.policy.document import Path
from veil.policy.problems import near
from veil.synthesizers.control import Control, OneFilled, contradictions, named_columns

if TYPE_CHECKING:
    from veil.policy.models import TablePolicy

Found = Iterator[tuple[Path, str, str]]

ROWS_TOGETHER = frozenset({"relational", "sequence"})
MADE_ANEW = frozenset({"pseudonymize", "fake", "encrypt"})


def control(said: Mapping[str, TableControl], tables: Mapping[str, TablePolicy], method: Callable[[str], str]) -> Found:
    """Yield what is wrong with what is asked of stand-ins.

    Parameters
    ----------
    said : by table.
    method : given a table, its synthesizer.
    """
    for name, own in said.items():
        path: Path = ("synthesize", "tables", name, "control")
        chosen = method(name)
        if chosen == "none":
            yield path, "steers a stand-in, and `synthesizer: none` makes none", "name a synthesizer, or take `control` out"
        elif chosen in ROWS_TOGETHER:
            message = f"is asked row by row, and `{chosen}` makes rows that belong together"
            yield path, message, "name another synthesizer, such as `circuit`, or take `control` out"
        asked = own.control()
        for place, message, repair in contradictions(asked):
            yield (*path, *place), message, repair
        if name in tables:
            yield from _columns(path, asked, tables[name])


def _columns(path: Path, asked: Control, table: TablePolicy) -> Found:
    excluded = ((("exclude", name), name) for name in asked.exclude)
    for place, column in (*named_columns(asked), *excluded):
        reason, repair = _not_learnt(column, table)
        if reason and not (_is_about_presence(asked, place) and column in table.columns and table.columns[column].do != "drop"):
            yield (*path, *place), f"column `{column}` {reason}", repair
    if asked.mark is not None and asked.mark in table.columns:
        yield (*path, "mark"), f"`{asked.mark}` is a column of the table", "give the mark another name"


def _is_about_presence(asked: Control, place: Path) -> bool:
    """Return whether a place asks only whether a cell is there, which is learnt of columns that are made anew too."""
    return place[0] == "constraints" and isinstance(asked.constraints[int(place[1])], OneFilled)


def _not_learnt(column: str, table: TablePolicy) -> tuple[str, str]:
    """Return why a column of the policy is not learnt, and what to do; nothing where it can be."""
    if column in table.references:
        return "is drawn from the table that it refers to, not learnt", "ask for another column"
    action = table.columns.get(column)
    if action is None:
        known = bool(table.columns) and not table.rules
        return ("is not among the table's columns", near(column, table.columns, "columns")) if known else ("", "")
    if action.where is not None:
        return "", ""
    if action.do == "drop":
        return "is dropped, so it is not in the stand-in", "keep it, or ask for another column"
    if action.do == "redact_text":
        return "is text, which is withheld from the stand-in", "ask for another column"
    if action.declared.effect in MADE_ANEW:
        return f"is made anew by `{action.do}`, not learnt", "ask for another column"
    return "", ""
