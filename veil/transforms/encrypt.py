"""Encrypt: authenticated encryption of a cell, which the key, and nothing else, reverses."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from veil.errors import TransformFailed
from veil.transforms.base import Context, Properties, Transform, distinct, distinct_rows, present, replaced
from veil.transforms.ciphers.sealed import Mode, Sealer, handle_of, open_for, seal_for
from veil.transforms.keys import NOBODY, SubjectKey, SubjectKeys

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells

UNNAMED = ("entity:", "column:")
"""How the keyspace of a column begins that names none; there the column's name is authenticated too."""


class Encrypt(Transform):
    """Seal each value with AES-SIV, so that equal values join, or with AES-GCM, so that nothing joins.

    `mode: deterministic` seals the canonical form of the keyspace; `random` seals the cell as it is written, and its output
    differs from run to run. Keyspace, epoch and, where no keyspace is named, the column are authenticated: a cell that is moved
    does not open. `by: subject` seals under the data subject's own key, which `veil forget` erases; so does any column
    whose keyspace is erasable.
    """

    name: ClassVar[str] = "encrypt"
    properties: ClassVar[Properties] = Properties(
        "encrypt", keyed=True, injective=True, reversible=True, keeps=frozenset({"nulls", "equality"})
    )

    mode: Mode = "deterministic"
    by: Literal["value", "subject"] = "value"

    @property
    def declared(self) -> Properties:
        """Random cells join with nothing; cells under subjects' own keys join within a subject only."""
        joins = self.mode == "deterministic" and self.by == "value"
        keeps = frozenset({"nulls", "equality"}) if joins else frozenset({"nulls"})
        return dataclasses.replace(
            self.properties, deterministic=self.mode == "deterministic", keeps=keeps, needs_subject=self.by == "subject"
        )

    @property
    def by_value(self) -> bool:
        """Random cells are sealed one by one."""
        return self.mode == "deterministic" and super().by_value

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Seal each distinct value, or each cell where the mode is random."""
        there = present(cells, context).to_numpy(dtype=bool)
        values = cells.to_numpy(dtype=object)[there]
        owners = context.require_subject().to_numpy(dtype=object)[there] if self.by == "subject" else None
        rows, firsts = self._sealed_once(values, owners)
        chosen = None if owners is None else [str(owner) for owner in owners[firsts]]
        return replaced(cells, there, rows, self._sealed([str(value) for value in values[firsts]], chosen, context))

    def _sealed_once(self, values: npt.NDArray[Any], owners: Any) -> tuple[Any, Any]:
        """Return which result each value takes, and a value for each result."""
        if self.mode == "random" or not len(values):
            every = np.arange(len(values))
            return every, every
        return distinct_rows(values) if owners is None else distinct_rows(owners, values)

    def _sealed(self, values: list[str], owners: list[str] | None, context: Context) -> npt.NDArray[Any]:
        forms = list(context.canonical_forms(values)) if self.mode == "deterministic" else values
        plain = [form.encode("utf-8", "surrogatepass") for form in forms]
        if self._erasable(context):
            people, keyspace = (list(context.canonical_forms(values)), context.keyspace) if owners is None else (
                owners, context.subject_keyspace)  # fmt: skip
            plain = seal_for(self._keys_of(people, keyspace, context), plain)
        sealed = np.empty(len(plain), dtype=object)
        sealed[:] = self._sealer(context).seal(plain)
        return sealed

    def reverse(self, cells: Cells, context: Context) -> Cells:
        """Return what was sealed; None where the data subject's key was erased.

        Raises
        ------
        TransformFailed : cells that were not sealed in this place, in this mode and under this key.
        """
        there = present(cells, context).to_numpy(dtype=bool)
        return replaced(cells, there, *distinct(cells.to_numpy(dtype=object)[there], lambda some: self._opened(some, context)))

    def _opened(self, values: list[str], context: Context) -> Sequence[str | None]:
        opened = self._sealer(context).open(values)
        context.refuse([each is None for each in opened], "were not encrypted in this column under this key and epoch")
        plain = [each for each in opened if each is not None]
        texts = self._opened_for_subjects(plain, context) if self._erasable(context) else plain
        return [None if text is None else text.decode("utf-8", "surrogatepass") for text in texts]

    def _opened_for_subjects(self, sealed: list[bytes], context: Context) -> list[bytes | None]:
        found = self._subjects(context).find(context.require_key(), [handle_of(each) for each in sealed])
        return [None if key is None else open_for(key, each) for key, each in zip(found, sealed, strict=True)]

    def _erasable(self, context: Context) -> bool:
        if self.by == "subject":
            return True
        subjects = context.require_key().subjects
        return subjects is not None and subjects.covers(context.keyspace)

    def _subjects(self, context: Context) -> SubjectKeys:
        subjects = context.require_key().subjects
        if subjects is None:
            reason = "`by: subject` needs keys that can be erased; write `erasable: true` at the keyspace of the table's subject"
            raise TransformFailed(context.column.name, reason)
        return subjects

    def _keys_of(self, people: list[str], keyspace: str, context: Context) -> Sequence[SubjectKey]:
        subjects = self._subjects(context)
        if not subjects.covers(keyspace):
            reason = f"`by: subject` needs keys that can be erased; write `erasable: true` at the keyspace `{keyspace}`"
            raise TransformFailed(context.column.name, reason)
        context.refuse([person.startswith(NOBODY) for person in people], "rows without a data subject, whose key could be erased")
        return subjects.keys_of(context.require_key(), keyspace, people)

    def _sealer(self, context: Context) -> Sealer:
        named = bool(context.keyspace) and not context.keyspace.startswith(UNNAMED)
        place = (context.keyspace,) if named else (context.keyspace, context.column.name)
        return Sealer(context.require_key(), place, self.mode, self._erasable(context))
