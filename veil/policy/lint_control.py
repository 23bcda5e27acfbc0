"""Lint of `control`: columns that are not there or not learnt, and demands that contradict each other or themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from veil.policy.control import TableControl
from veil.policy.document import Path
from veil.policy.problems import near
from veil.synthesizers.control import Control, contradictions, named_columns

if TYPE_CHECKING:
    from veil.policy.models import TablePolicy

Found = Iterator[tuple[Path, str, str]]

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
        if method(name) == "none":
            yield path, "steers a stand-in, and `synthesizer: none` makes none", "name a synthesizer, or take `control` out"
        asked = own.control()
        for place, message, repair in contradictions(asked):
            yield (*path, *place), message, repair
        if name in tables:
            yield from _columns(path, asked, tables[name])


def _columns(path: Path, asked: Control, table: TablePolicy) -> Found:
    excluded = ((("exclude", name), name) for name in asked.exclude)
    for place, column in (*named_columns(asked), *excluded):
        reason, repair = _not_learnt(column, table)
        if reason:
            yield (*path, *place), f"column `{column}` {reason}", repair
    if asked.mark is not None and asked.mark in table.columns:
        yield (*path, "mark"), f"`{asked.mark}` is a column of the table", "give the mark another name"


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
