"""The columns of a stand-in that are not learnt: identifiers made anew, references drawn, free text withheld.

An identifier column is made by the same transform as in the transformed table, from serial numbers that stand for nobody and
under a key that is thrown away; so it has the same format, and its values repeat as often as the original's do.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.references import Reference
from tasks.split import Split
from tasks.written import written
from veil import rng
from veil.columns import NUMERIC_TYPES
from veil.errors import SynthesisFailed
from veil.model import Column, Plan, Step, Table
from veil.plan import build_transforms
from veil.synthesizers import assign_parents
from veil.synthesizers.encodings.distinct import RARE_ROWS
from veil.transforms import Context, Transform
from veil.transforms.ciphers.serials import sealed_like, serials_like
from veil.transforms.keys import Key

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.policy.synthesis import Text

    Codes = npt.NDArray[np.int64]

MARKER = "[withheld]"
TOLD_BY = 1_000
PRESENT = "1"
REGENERATED_EFFECTS = frozenset({"pseudonymize", "fake", "encrypt"})


@dataclass(frozen=True)
class Parts:
    """How each column of a stand-in comes about; every column is in exactly one part."""

    learned: tuple[Column, ...]
    regenerated: tuple[str, ...]
    withheld: tuple[str, ...]
    references: tuple[Reference, ...]


def parts_of(table: Table, plan: Plan, links: Sequence[Reference]) -> Parts:
    """Sort a transformed table's columns into those that are learnt, regenerated, withheld and drawn from a parent."""
    referring = {link.column for link in links}
    kinds = {column.name: _kind(plan.step(column.name), column) for column in table.columns if column.name not in referring}
    named = {kind: tuple(name for name, own in kinds.items() if own == kind) for kind in ("regenerated", "withheld")}
    learned = tuple(column for column in table.columns if kinds.get(column.name) == "learned")
    return Parts(learned, named["regenerated"], named["withheld"], tuple(links))


def identity(regenerated: Iterable[pd.DataFrame]) -> str:
    """Return a digest of the first identifiers of tables, as the transforms wrote them."""
    digest = hashlib.sha256()
    for table in regenerated:
        for name in table.columns:
            cells = table[name].iloc[:TOLD_BY].fillna("")
            digest.update("\x1f".join([name, *cells]).encode("utf-8", "surrogatepass") + b"\x1e")
    return digest.hexdigest()


def without_rare(parts: Parts, train: pd.DataFrame) -> Parts:
    """Withhold the columns of levels of which no value is held by enough rows to be learnt without repeating somebody's."""
    rare = []
    for column in parts.learned:
        if column.type not in (*NUMERIC_TYPES, "boolean"):
            rows = train[column.name][train[column.name] != ""].value_counts()
            rare += [column.name] if 0 < rows.max() < RARE_ROWS else []
    learned = tuple(column for column in parts.learned if column.name not in rare)
    return dataclasses.replace(parts, learned=learned, withheld=(*parts.withheld, *rare))


def _kind(step: Step, column: Column) -> str:
    if step.transform != "redact_text" and step.effect in REGENERATED_EFFECTS:
        return "regenerated"
    return "withheld" if step.transform == "redact_text" or column.type in ("text", "json") else "learned"


@dataclass(frozen=True)
class StandIns:
    """Fills in what a synthesizer does not learn.

    Attributes
    ----------
    split : of this table; `owners` are drawn from its training subjects.
    parents : per referencing column, the parent's synthetic keys.
    parent_splits : per referencing column, the split of the parent table.
    parent_keys : per referencing column, the keys of the parent's training rows.
    texts : the withheld columns that are to hold synthetic notes all the same.
    drop : a digest of all tables of the drop: the identifiers of its stand-ins are not those of another drop's.
    null_values : cells that stand for null. In a column of numbers or dates they are learnt as null and spelled afterwards.
    """

    table: Table
    plan: Plan
    parts: Parts
    split: Split
    train: pd.DataFrame = field(repr=False)
    parents: Mapping[str, pd.Series[Any]] = field(repr=False)
    parent_splits: Mapping[str, Split] = field(repr=False)
    seed: int
    null_values: frozenset[str] = frozenset()
    drop: str = ""
    parent_keys: Mapping[str, pd.Series[Any]] = field(default_factory=dict, repr=False)
    texts: Mapping[str, Text] = field(default_factory=dict)

    @property
    def modelled(self) -> tuple[Column, ...]:
        """The columns that the synthesizer sees: the learnt ones, and for the others whether a cell is there at all."""
        presence = [Column(name, type="category") for name in self._presence_columns]
        return (*self.parts.learned, *presence)

    def learnable(self) -> pd.DataFrame:
        """Return the training rows as the synthesizer sees them."""
        frame = self.train[[column.name for column in self.parts.learned]].copy()
        for name in self._spelled_nulls:
            frame[name] = frame[name].where(~frame[name].isin(self.null_values), None)
        for name in self._presence_columns:
            cells = self.train[name]
            frame[name] = cells.where(self._absent(cells), PRESENT)
        return frame

    def complete(
        self, sampled: pd.DataFrame, *, drawn: Mapping[str, Codes] | None = None, owners: Codes | None = None
    ) -> pd.DataFrame:
        """Return the sampled rows with all columns of the table, in its order; a learnt column that was not sampled is left out.

        Columns of `sampled` that the table does not have, such as a mark, come last.

        Parameters
        ----------
        drawn : per referencing column, the place of each row's parent, -1 for none; the others are drawn here.
        owners : the synthetic subject of each row, where the synthesizer made them.
        """
        n_rows = len(sampled)
        known = drawn or {}
        links = {link.column: link for link in self.parts.references}
        places = {name: known[name] if name in known else self._drawn(link, n_rows) for name, link in links.items()}
        owners, namespace = self._owners(places, n_rows) if owners is None else (owners, self.table.name)
        learned = [column.name for column in self.parts.learned if column.name in sampled]
        cells: dict[str, pd.Series[Any]] = {name: sampled[name] for name in learned}
        for name in [name for name in self._spelled_nulls if name in cells]:
            cells[name] = self._with_spelled_nulls(name, cells[name])
        for link in self.parts.references:
            own = self.parents[link.column].iloc[np.maximum(places[link.column], 0)].reset_index(drop=True)
            cells[link.column] = own.where(places[link.column] >= 0, None)
        for name in self.parts.regenerated:
            cells[name] = self._regenerated(name, owners, namespace, cells)
        for name in self.parts.withheld:
            cells[name] = self._written(name, cells) if name in self.texts else _constant(MARKER, n_rows)
        for name in [name for name in self._presence_columns if name in sampled]:
            there = sampled[name] == PRESENT
            cells[name] = cells[name].where(there, sampled[name])
        import pandas as pd

        own = {column.name: cells[column.name] for column in self.table.columns if column.name in cells}
        more = {name: sampled[name] for name in sampled.columns if name not in {column.name for column in self.table.columns}}
        return pd.DataFrame({**own, **more}, dtype=object)

    def _written(self, name: str, cells: Mapping[str, pd.Series[Any]]) -> pd.Series[Any]:
        """Return synthetic notes for a column of redacted ones."""
        asked, by = self.texts[name], self.texts[name].by
        if self.plan.step(name).transform != "redact_text":
            raise SynthesisFailed(f"column `{name}` is not redacted; texts are written for columns of `redact_text` only")
        if by is not None and by not in cells:
            raise SynthesisFailed(f"column `{name}` is to be written by `{by}`, which is not a learnt column of the stand-in")
        return written(
            self.train[name].where(~self._absent(self.train[name]), None),
            self.split.subject_codes[~self.split.in_holdout],
            asked.support,
            groups=None if by is None else (self.train[by], cells[by]),
            n_rows=len(next(iter(cells.values()))),
            seed=rng.integer(self.seed, "texts", self.table.name, name),
        )

    @property
    def _presence_columns(self) -> list[str]:
        """Columns that are not learnt but have nulls or empty cells, whose pattern is learnt."""
        learned = {column.name for column in self.parts.learned}
        others = [column.name for column in self.table.columns if column.name not in learned]
        return [name for name in others if bool(self._absent(self.train[name]).any())]

    def _absent(self, cells: pd.Series[Any]) -> pd.Series[Any]:
        return cells.isna() | cells.isin(["", *self.null_values])

    @property
    def _spelled_nulls(self) -> list[str]:
        """Learnt columns of numbers or dates in which some nulls are written out, such as `NA`."""
        numeric = [column.name for column in self.parts.learned if column.type in NUMERIC_TYPES]
        return [name for name in numeric if bool(self.train[name].isin(self.null_values).any())]

    def _with_spelled_nulls(self, name: str, sampled: pd.Series[Any]) -> pd.Series[Any]:
        """Write sampled nulls in the ways that the training rows have them, as often as they do."""
        own = self.train[name]
        spellings = own[own.isna() | own.isin(self.null_values)].to_numpy(dtype=object)
        drawn = rng.generator(self.seed, "nulls", self.table.name, name).choice(spellings, size=len(sampled))
        return sampled.where(sampled.notna(), drawn)

    def _drawn(self, link: Reference, n_rows: int) -> Codes:
        """Draw the parent of each row: by subject where the reference is to the subject, else by the keys' frequencies."""
        generator = rng.generator(self.seed, "parents", self.table.name, link.column)
        n_parents = len(self.parents[link.column])
        if link.column == self.plan.subject:
            counts = _children(self.parent_splits[link.column], self.split)
        else:
            counts = self.train[link.column].value_counts().to_numpy()
            counts = np.concatenate([counts, np.zeros(max(0, n_parents - len(counts)), dtype=np.int64)])
        return assign_parents(counts, n_parents, n_rows, generator)

    def _owners(self, drawn: Mapping[str, Codes], n_rows: int) -> tuple[Codes, str]:
        """Draw the synthetic subject of each row, with as many rows each as the original subjects have."""
        for link in self.parts.references:
            if link.column == self.plan.subject:
                return drawn[link.column], link.parent
        own = np.bincount(self.split.subject_codes[~self.split.in_holdout])
        counts = own[own > 0]
        if counts.max(initial=1) == 1:
            return np.arange(n_rows, dtype=np.int64), self.table.name
        n_subjects = max(1, round(len(counts) * n_rows / int(counts.sum())))
        return assign_parents(counts, n_subjects, n_rows, rng.generator(self.seed, "owners", self.table.name)), self.table.name

    def _regenerated(self, name: str, owners: Codes, namespace: str, cells: Mapping[str, pd.Series[Any]]) -> pd.Series[Any]:
        method = self._methods[name]
        subjects = _serials(namespace, owners)
        place, codes = f"{self.table.name}.{name}", self._own_codes(name, len(owners))
        if self._is_about_subject(name, method):
            place, codes = namespace, owners
        key = Key("stand-ins", "", rng.generator(self.seed, "stand-ins", self.drop).bytes(32))
        if method.name in ("encrypt", "fpe"):
            return self._encrypted(name, place, codes, key)
        source = _serials(place, codes)
        missing = _constant(None, len(owners))
        related = {needed: cells.get(needed, missing) for needed in method.columns_needed}
        column = dataclasses.replace(self.table.column(name), name=name)
        context = Context(
            column=column, key=key, keyspace="stand-ins", subject=subjects, subject_keyspace="stand-ins", related=related
        )
        return method.apply(source, context).reset_index(drop=True)

    @cached_property
    def _methods(self) -> dict[str, Transform]:
        return build_transforms(self.plan)

    def _is_about_subject(self, name: str, method: Transform) -> bool:
        by_subject = getattr(method, "by", None) == "subject" and self.plan.subject is not None
        return name == self.plan.subject or by_subject

    def _encrypted(self, name: str, place: str, codes: Codes, key: Key) -> pd.Series[Any]:
        """Return serial numbers in the form of encrypted cells: a serial text is no number that `fpe` could encrypt.

        Each serial takes the form of a training cell that was drawn for it, so that forms are as frequent as there.
        """
        import pandas as pd

        method = self._methods[name]
        if getattr(method, "mode", None) == "random":  # equal cells are written differently
            place, codes = f"{self.table.name}.{name}", np.arange(len(codes), dtype=np.int64)
        own = self.train[name][~self._absent(self.train[name])].to_numpy(dtype=object)
        if not len(own):
            return _constant(None, len(codes))
        distinct = np.arange(int(codes.max(initial=0)) + 1)
        forms = rng.generator(self.seed, "forms", place).choice(np.sort(own), size=len(distinct)).tolist()
        if method.name == "encrypt":
            made = sealed_like(forms, [f"{place} {code}" for code in distinct], key)
        else:
            made = serials_like(getattr(method, "of", None), forms, distinct.tolist(), key)
        return pd.Series(np.array(made, dtype=object)[codes], dtype=object)

    def _own_codes(self, name: str, n_rows: int) -> Codes:
        """Serial numbers that repeat as often as the column's own values do."""
        counts = self.train[name].value_counts().to_numpy()
        if len(counts) == 0 or counts.max() == 1:
            return np.arange(n_rows, dtype=np.int64)
        n_values = max(1, round(len(counts) * n_rows / int(counts.sum())))
        generator = rng.generator(self.seed, "values", self.table.name, name)
        return assign_parents(counts, n_values, n_rows, generator)


def _children(parent: Split, child: Split) -> Codes:
    """Return how many child rows each training subject of the parent table has, zero included."""
    subjects = np.unique(parent.subject_codes[~parent.in_holdout])
    size = int(max(parent.subject_codes.max(), child.subject_codes.max())) + 1
    return np.bincount(child.subject_codes[~child.in_holdout], minlength=size)[subjects].astype(np.int64)


def _serials(namespace: str, codes: Codes) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series([f"{namespace} {code}" for code in codes.tolist()], dtype=object)


def _constant(value: str | None, n_rows: int) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series([value] * n_rows, dtype=object)
