"""The holdout: whole data subjects set aside, the same ones in every table of a drop, before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks import store
from tasks.classify import Classification
from tasks.subjects import table_subjects
from veil import rng
from veil.columns import factorize
from veil.model import Plan, Table
from veil.plan import keyspaces
from veil.synthesizers import coarse_levels, holdout_split

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.policy import Policy


@dataclass(frozen=True)
class Split:
    """Per row of a table, in order: which subject it is about, as a number, and whether that subject is held out."""

    subject_codes: npt.NDArray[np.int64] = field(repr=False)
    in_holdout: npt.NDArray[np.bool_] = field(repr=False)
    n_subjects: int


def split_by_subject(
    policy: Policy, classified: Sequence[Classification], plans: Sequence[Plan], transformed: Sequence[Table], seed: int
) -> dict[str, Split]:
    """Return the split of each table. Subjects that tables have in common are on the same side in all of them.

    Parameters
    ----------
    transformed : what the raw tables became, row by row; the columns that people share make the two sides comparable.

    Raises
    ------
    SynthesisFailed : too few subjects to set some aside.
    """
    import pandas as pd

    per_table = [_subjects(policy, each, plan) for each, plan in zip(classified, plans, strict=True)]
    together = pd.concat(per_table, ignore_index=True)
    codes, _ = factorize(together.to_numpy(dtype=object))
    profiles = _profiles(transformed)
    held_out = holdout_split(together, policy.synthesize.holdout, rng.generator(seed, "holdout"), profiles=profiles)
    splits, start = {}, 0
    for each, subjects in zip(classified, per_table, strict=True):
        rows = slice(start, start + len(subjects))
        start += len(subjects)
        splits[each.table.name] = Split(codes[rows], held_out[rows], len(np.unique(codes[rows])))
    return splits


def _profiles(tables: Sequence[Table]) -> list[tuple[slice, npt.NDArray[np.int64]]]:
    """Return the levels of every column that is neither an identifier nor a text, with its rows among those of all tables."""
    profiles, start = [], 0
    for table in tables:
        rows = slice(start, start + table.n_rows)
        start += table.n_rows
        for column in table.columns:
            if column.type not in ("text", "json"):
                cells = store.read_table(table, columns=[column.name])[column.name]
                profiles.append((rows, coarse_levels(cells, column)))
    return profiles


def _subjects(policy: Policy, each: Classification, plan: Plan) -> pd.Series[Any]:
    import pandas as pd

    keyspace = keyspaces(policy, plan)[plan.subject] if plan.subject else None
    return pd.concat(list(table_subjects(each.table, plan, keyspace, each.null_values)), ignore_index=True)
