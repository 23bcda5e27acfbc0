"""What a condition on cells allows of each variable's levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import OneOf, Where
from veil.synthesizers.encoding import LevelColumn, TableEncoder

if TYPE_CHECKING:
    import numpy.typing as npt

    Singles = npt.NDArray[np.float32]
    Truth = npt.NDArray[np.bool_]


def allowed_levels(encoder: TableEncoder, variables: Variables, where: Where) -> dict[int, Singles]:
    """Return, per variable that a condition speaks of, 1 for each level that meets it and 0 for the others.

    Raises
    ------
    SynthesisFailed : a column that was not learnt, a column of numbers, or a cell that no row had or that is pooled as rare.
    """
    known = {column.name: column for column in encoder.columns}
    allowed_codes: dict[int, Truth] = {}
    for name, condition in where.items():
        column = known.get(name)
        if not isinstance(column, LevelColumn) or not isinstance(condition, OneOf):
            raise SynthesisFailed(f"a condition on `{name}`, which was not learnt as levels; band it first to condition on it")
        cells = condition.cells
        missing = [cell for cell in cells if cell not in column.levels]
        if missing or not cells:
            raise SynthesisFailed(f"a condition on `{name}` asks for {len(missing)} values that no or too few rows had")
        place = variables.names.index(name)
        allowed_codes[place] = np.isin(np.arange(variables.n_codes[place]), [column.levels.index(cell) for cell in cells])
    found = {}
    for at, variable in enumerate(variables.variables):
        spoken = [(own, place) for own, place in enumerate(variable.columns) if place in allowed_codes]
        if spoken:
            met = np.all([allowed_codes[place][variable.combinations[:, own]] for own, place in spoken], axis=0)
            found[at] = np.append(met, np.zeros(int(len(variable.pool) > 0), dtype=bool)).astype(np.float32)
            if not met.any():
                raise SynthesisFailed("the conditions contradict each other: no combination that was learnt meets them all")
    return found
