"""Fakes of an invented table: the transform `fake`, drawn by row number under a key that follows from the seed.

Nobody is behind these rows, so the key protects nothing; it makes the same seed give the same people, and a person's name,
address and numbers agree in all columns of a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from pydantic import ValidationError

from veil.model import Column
from veil.synthesizers.schemas import FakeColumn, Schema
from veil.transforms.base import Context
from veil.transforms.fake import Fake
from veil.transforms.fakes.kinds import Kind as FakeKind
from veil.transforms.fakes.packs import LOCALES
from veil.transforms.fakes.universe import unique_values
from veil.transforms.keys import Key

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.inputs import Combinations

    Rows = npt.NDArray[np.int64]
    Cells = npt.NDArray[np.object_]

FAKE_KINDS: tuple[str, ...] = get_args(FakeKind)


class _OwnBirth(Fake):
    """A fake whose numbers hold the date of birth as it stands: the transform moves it, because there it is somebody's."""

    def _within_band(
        self, births: npt.NDArray[np.int64], keyspace: str, rows: Combinations, context: Context  # noqa: ARG002
    ) -> npt.NDArray[np.int64]:
        return births


@dataclass(frozen=True)
class Invented:
    """Makes the fakes of a schema's tables; see `veil.synthesizers.schemas.Fakes`."""

    locale: str
    key: Key = field(repr=False)

    @classmethod
    def of(cls, schema: Schema, seed: int) -> Invented:
        """Return the fakes of a schema under a seed."""
        return cls(schema.locale, Key("invented", "1", hashlib.sha256(f"veil generate {seed}".encode()).digest()))

    def __call__(self, kind: FakeColumn, whom: str, rows: Rows, related: Mapping[str, Cells]) -> Cells:
        """Return a fake per row."""
        import pandas as pd

        transform = _transform(kind, self.locale)
        names = {name: pd.Series(cells, dtype=object) for name, cells in related.items()}
        people = pd.Series(_numbers(kind, rows), dtype=object)
        by_subject = transform.drawn_by == "subject"
        context = Context(
            Column(f"{whom} {kind.of}"), self.key, f"{whom} {kind.of}", subject=people if by_subject else None,
            subject_keyspace=whom, related=names, distinct=not related,
        )  # fmt: skip
        return np.asarray(transform.apply(people, context).to_numpy(dtype=object))


def _transform(kind: FakeColumn, locale: str) -> Fake:
    given: dict[str, Any] = {"of": kind.of, "locale": kind.locale or locale, "locale_from": kind.locale_from,
                             "sex_from": kind.sex_from, "birth_from": kind.birth_from, "style": kind.style}  # fmt: skip
    said = {name: value for name, value in given.items() if value is not None}
    return _OwnBirth(**said, unique=kind.unique)


def _numbers(kind: FakeColumn, rows: Rows) -> Cells:
    """Write row numbers as the values that fakes are drawn from: cards are permuted among numbers of cards."""
    import pandas as pd

    texts = pd.Series(rows + 1).astype(str)
    if kind.of != "card" or not kind.unique:
        return np.asarray(texts.to_numpy(dtype=object))
    padded = texts.str.zfill(12)
    digits = np.array([list(text) for text in padded], dtype="U1").reshape(len(rows), 12).astype(np.int64)
    doubled = digits[:, 1::2] * 2
    total = digits[:, 0::2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    return np.asarray((padded + pd.Series(-total % 10).astype(str)).to_numpy(dtype=object))


def wrong_fakes(schema: Schema) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what is wrong with the fakes of a schema: place, and what."""
    if schema.locale not in LOCALES:
        yield ("locale",), f"unknown locale `{schema.locale}`; known are {', '.join(LOCALES)}"
        return
    for name, table in schema.tables.items():
        for column, kind in table.columns.items():
            if isinstance(kind, FakeColumn):
                path = ("tables", name, "columns", column)
                yield from ((path, message) for message in _wrong(kind, schema.locale, table.rows or 0))


def _wrong(kind: FakeColumn, locale: str, n_rows: int) -> Iterator[str]:
    if kind.of not in FAKE_KINDS or kind.of == "date_of_birth":
        known = ", ".join(name for name in FAKE_KINDS if name != "date_of_birth")
        born = kind.of == "date_of_birth"
        yield "a date of birth is of `kind: date`" if born else f"unknown fake `{kind.of}`; known are {known}"
        return
    if kind.locale is not None and kind.locale not in LOCALES:
        yield f"unknown locale `{kind.locale}`; known are {', '.join(LOCALES)}"
        return
    try:
        transform = _transform(kind, locale)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        yield str(first["msg"]).removeprefix("Value error, ")
        return
    most = unique_values(transform.of, transform.locale, style=transform.style) if kind.unique else n_rows
    if n_rows > most:
        yield f"`unique` holds for {most:,} rows of `of: {kind.of}`, and the table has {n_rows:,}"
