"""Runs a transform over a column as the engine does: fitted once on the whole, then applied partition by partition."""

import dataclasses
from itertools import pairwise

import pandas as pd

from veil.model import Column
from veil.transforms import TRANSFORMS, Context, Whole
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
NULLS = [None, "", "NA"]


def transformed(name, values, *, parameters=None, kind="text", form=None, subjects=None, others=None, **engine):
    """Return the transformed cells.

    Parameters
    ----------
    subjects : who each row is about; None where the table has no subject.
    others : further columns of the table.
    engine : `cuts`, the places at which partitions end; `order`, in which the rows of all partitions are handed over, their
        numbers staying what they are; `key` and `keyspace`.
    """
    order = engine.get("order")
    method = TRANSFORMS[name].model_validate(parameters or {})
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in {"c": values, **(others or {})}.items()})
    context = Context(
        Column("c", kind, form),
        key=engine.get("key", KEY),
        keyspace=engine.get("keyspace", "space"),
        subject_keyspace="people",
        null_values=frozenset({"NA"}),
    )
    if method.needs_whole:
        counts = frame["c"].dropna().value_counts().sort_index()
        whole = Whole(lambda: counts, lambda names: frame[list(names)].copy(), {})
        context = dataclasses.replace(context, fitted=method.fit(whole, context))
    rows = frame if order is None else frame.iloc[order]
    borders = [0, *sorted(engine.get("cuts", ())), len(rows)]
    written = {}
    for start, end in pairwise(borders):
        part = rows.iloc[start:end]
        who = None if subjects is None else pd.Series(subjects, dtype=object).iloc[part.index]
        related = {column: part[column] for column in method.columns_needed}
        before = part["c"].copy(deep=True)
        cells = method.apply(part["c"], dataclasses.replace(context, subject=who, related=related, memo={}))
        pd.testing.assert_series_equal(part["c"], before)
        assert list(cells.index) == list(part.index)
        assert (cells.name, cells.dtype) == ("c", object)
        assert all(cell is None or type(cell) is str for cell in cells)
        written |= dict(zip(cells.index, cells, strict=True))
    return [written[row] for row in range(len(values))]
