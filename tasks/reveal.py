"""Reveal: look behind reversible pseudonyms of a release, for a stated purpose, with the key, and on record.

All that is needed besides the key stands in the release: the plan, and where each column's pseudonyms live.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks import audit
from tasks.released import ReleasedColumn
from tasks.settings import key_from, read_settings
from tasks.stage import sealed
from tasks.vault import Vault, vault_file
from veil.errors import RevealRefused, UnknownColumn
from veil.model import Step
from veil.plan import build_transform
from veil.transforms.canonical import canonical

if TYPE_CHECKING:
    from veil.transforms.keys import Key

MIN_PURPOSE = 10
REVERSIBLE = ("encrypt", "fpe", "date_shift")
FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Cells:
    """Pseudonyms to look behind, and for shifted dates whom each is about, as the source wrote it."""

    cells: tuple[str, ...] = field(repr=False)
    subjects: tuple[str, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Revealed:
    """What stood behind each distinct pseudonym; None where the data subject was forgotten."""

    cells: tuple[str, ...] = field(repr=False)
    subjects: tuple[str, ...] | None = field(repr=False)
    values: tuple[str | None, ...] = field(repr=False)

    @property
    def n_erased(self) -> int:
        """How many of them nothing brings back."""
        return sum(value is None for value in self.values)


@sealed("reveal")
def reveal(release: Path, column: str, *, purpose: str, key_source: str, cells: Cells | None = None) -> Revealed:
    """Return what stood behind pseudonyms of a column.

    Parameters
    ----------
    release : the folder of a release.
    column : `table.column`.
    purpose : why, in words; it goes into the audit log with who asked, when and for how many, before anything is revealed.
    key_source : `env:NAME` or `file:PATH` of the key that the policy named.
    cells : the pseudonyms; None for all of the released column.

    Raises
    ------
    RevealRefused : no purpose, a transform that nothing reverses, another key than the release's, a file that was changed.
    TransformFailed : cells that are no pseudonyms of this column.
    """
    if len(purpose.strip()) < MIN_PURPOSE:
        raise RevealRefused(f"say what for: `--purpose` in at least {MIN_PURPOSE} characters; it goes into the audit log")
    source = _Reversal(ReleasedColumn(Path(release), *_split(column)), key_source)
    source.refuse_what_nothing_reverses()
    asked = source.distinct(cells or source.all_cells())
    log = audit.audit_file(read_settings().home)
    told = {"release": str(source.column.folder), "column": column, "transform": source.step.transform}
    audit.append(log, "reveal", **told, purpose=purpose.strip(), **source.counted(asked))
    revealed = source.reversed(asked)
    audit.append(log, "revealed", **told, n=len(revealed.values), erased=revealed.n_erased)
    return revealed


def _split(column: str) -> tuple[str, str]:
    table, dot, name = column.partition(".")
    if not (table and dot and name):
        raise UnknownColumn("name the column with its table: `--column table.column`")
    return table, name


@dataclass(frozen=True)
class _Reversal:
    """A released column and the key that reverses it."""

    column: ReleasedColumn
    key_source: str

    def refuse_what_nothing_reverses(self) -> None:
        """Refuse a column without a way back, a run without a release, and a key that is not the release's."""
        column, step = self.column, self.step
        method = build_transform(step)
        if not method.declared.reversible or not hasattr(method, "reverse"):
            known = ", ".join(f"`{name}`" for name in REVERSIBLE)
            raise RevealRefused(f"{column.place} became `{step.transform}`, which nothing reverses; only {known} are reversible")
        if column.manifest["decision"] != "released":
            raise RevealRefused(f"{column.folder} is no release, but a run that was held")
        released = column.key_facts.get("fingerprint", "")
        if released != self.key.fingerprint:
            raise RevealRefused(
                f"the key that `--key-from` names is not the one of this release: key `{self.key.name}`, epoch {self.key.epoch}, "
                f"fingerprint {released or 'of a key that was thrown away'}"
            )

    def counted(self, asked: Cells) -> dict[str, Any]:
        """Return what the audit log tells of what is asked: how many, their digest, and with which key."""
        digest = hashlib.sha256("\0".join(asked.cells).encode("utf-8", "surrogatepass")).hexdigest()
        return {"n": len(asked.cells), "cells_sha256": digest, "key": self.key.name, "fingerprint": self.key.fingerprint}

    def distinct(self, asked: Cells) -> Cells:
        """Return each pair of pseudonym and subject once, without null."""
        if self.step.transform == "date_shift" and asked.subjects is None:
            raise RevealRefused("a shifted date needs its data subject: give lines of subject, tab, date in `--value-file`")
        subjects = asked.subjects if self.step.transform == "date_shift" else None
        if subjects is None:
            return Cells(tuple(dict.fromkeys(asked.cells)))
        pairs = list(dict.fromkeys(zip(subjects, asked.cells, strict=True)))
        return Cells(tuple(cell for _, cell in pairs), tuple(subject for subject, _ in pairs))

    def reversed(self, asked: Cells) -> Revealed:
        """Return what stood behind the cells."""
        known = self._known(asked)
        kept = [at for at, there in enumerate(known) if there]
        values: list[str | None] = [None] * len(asked.cells)
        subjects = None if asked.subjects is None else self._subject_forms([asked.subjects[at] for at in kept])
        for at, value in zip(kept, self._opened([asked.cells[at] for at in kept], subjects), strict=True):
            values[at] = value
        return Revealed(asked.cells, asked.subjects, tuple(values))

    def _known(self, asked: Cells) -> list[bool]:
        """Return whether each date's subject still has what its shift was drawn from."""
        keyspace = self.column.subject_place["keyspace"] if asked.subjects is not None else ""
        if self.key.subjects is None or asked.subjects is None or not self.key.subjects.covers(keyspace):
            return [True] * len(asked.cells)
        return self._vault.knows(self.key, keyspace, self._subject_forms(asked.subjects))

    def _opened(self, cells: Sequence[str], subjects: Sequence[str] | None) -> Sequence[str | None]:
        import pandas as pd

        about = None if subjects is None else pd.Series(list(subjects), dtype=object)
        keyspace = self.column.subject_place["keyspace"] if subjects is not None else ""
        context = replace(self.column.context(self.column.name, self.key), subject=about, subject_keyspace=keyspace)
        method: Any = build_transform(self.step)
        return list(method.reverse(pd.Series(list(cells), dtype=object), context))

    def _subject_forms(self, subjects: Sequence[str]) -> list[str]:
        place = self.column.subject_place
        return canonical(place["canonical"], subjects, place["region"], place["format"])

    def all_cells(self) -> Cells:
        """Return the released column's cells, with their subjects where it is shifted; a date about nobody is left out."""
        if self.step.branch is not None:
            raise RevealRefused(f"{self.column.place} was transformed in some rows only; name their cells in `--value-file`")
        shifted = self.step.transform == "date_shift"
        subject = self._revealed_subject() if shifted else None
        with self.column.frame([self.column.name, *([subject.column] if subject else [])]) as frame:
            nulls = ["", *self.column.facts["null_values"]]
            rows = frame[(frame.notna() & ~frame.isin(nulls)).all(axis=1)]
            cells = tuple(_unescaped(cell) for cell in rows[self.column.name])
            about = [_unescaped(cell) for cell in rows[subject.column]] if subject else []
        return Cells(cells, tuple(self._owners(about, subject)) if subject else None)

    def _revealed_subject(self) -> Step:
        subject, places = self.column.plan["subject"], self.column.places
        step = self.column.step_of(subject) if subject else None
        reversible = step is not None and step.transform in ("keep", *REVERSIBLE[:2]) and step.branch is None
        if step is None or not reversible or places[subject]["key"] != places[self.column.name]["key"]:
            raise RevealRefused(
                f"whom the dates of {self.column.place} are about cannot be told from the release; "
                "give lines of subject, tab, date in `--value-file`"
            )
        return step

    def _owners(self, cells: Sequence[str], step: Step) -> list[str]:
        """Return the subjects behind the pseudonyms of the subject column; what was erased stays as it is, and is unknown."""
        import pandas as pd

        if step.transform == "keep":
            return list(cells)
        method: Any = build_transform(step)
        opened = method.reverse(pd.Series(list(cells), dtype=object), self.column.context(step.column, self.key))
        return [cell if value is None else value for cell, value in zip(cells, opened, strict=True)]

    @property
    def step(self) -> Step:
        """What became of the column."""
        return self.column.step

    @cached_property
    def key(self) -> Key:
        """The key that the caller gives, and the vault behind it; no key of a data subject is made here."""
        key = key_from(self.key_source, self.column.key_facts["name"], self.column.key_facts["epoch"])
        return replace(key, subjects=self._vault) if self.column.facts["erasable"] else key

    @property
    def _vault(self) -> Vault:
        return Vault(vault_file(read_settings().home), frozenset(self.column.facts["erasable"]), lasting=False)


def _unescaped(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_LEADS else cell
