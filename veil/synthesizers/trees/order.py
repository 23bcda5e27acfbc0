"""In which order columns are drawn.

Wide categories come first, the widest of all at the start: as a target, hundreds of levels would break a tree's rows into pieces;
as something to look at they cost nothing. Then always the column that the ones before it tell most about (mutual information,
summed), so that every tree has something to go by. Columns that the user puts first come before all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.circuits.variables import Variables

    Floats = npt.NDArray[np.float64]

WIDE = 50


def drawn_order(variables: Variables, information: Floats, first: Sequence[str]) -> tuple[int, ...]:
    """Return all variables in the order in which they are drawn.

    Parameters
    ----------
    information : (n_variables, n_variables) mutual information of pairs.
    first : names of columns to draw before all others.

    Raises
    ------
    SynthesisFailed : a name in `first` that is not a learnt column.
    """
    order = _named(variables, first)
    wide = [place for place in range(len(variables.variables)) if _is_wide(variables, place) and place not in order]
    order += sorted(wide, key=lambda place: (-variables.n_levels[place], place))
    total = information.sum(axis=1)
    rest = [place for place in range(len(variables.variables)) if place not in order]
    while rest:
        told = information[:, order].sum(axis=1) if order else total
        chosen = max(rest, key=lambda place: (told[place], total[place], -place))
        order.append(chosen)
        rest.remove(chosen)
    return tuple(order)


def strongest(information: Floats, target: int, earlier: Sequence[int], n_most: int) -> tuple[int, ...]:
    """Return the earlier variables that tell most about a target, in the order in which they are drawn."""
    chosen = sorted(earlier, key=lambda place: (-information[target, place], place))[:n_most]
    return tuple(place for place in earlier if place in chosen)


def _named(variables: Variables, first: Sequence[str]) -> list[int]:
    order: list[int] = []
    for name in first:
        if name not in variables.names:
            raise SynthesisFailed(f"`{name}` is to be drawn first and was not learnt; name learnt columns")
        column = variables.place(name)
        place = next(place for place, each in enumerate(variables.variables) if column in each.columns)
        order += [place] if place not in order else []
    return order


def _is_wide(variables: Variables, place: int) -> bool:
    columns = variables.variables[place].columns
    return not (len(columns) == 1 and columns[0] in variables.ranges) and variables.n_levels[place] > WIDE
