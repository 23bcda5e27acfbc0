"""Conditions for methods that have none of their own: draw, keep the rows that meet them, and draw again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from veil.errors import SynthesisFailed, few
from veil.model import Column
from veil.synthesizers.conditions import Where, met

if TYPE_CHECKING:
    import pandas as pd

MAX_DRAWN_PER_ROW = 1_000
MIN_BATCH, MAX_BATCH = 1_000, 200_000


def accepted(draw: Callable[[int], pd.DataFrame], n_rows: int, columns: Sequence[Column], where: Where) -> pd.DataFrame:
    """Return `n_rows` rows that meet all conditions.

    Parameters
    ----------
    draw : given a number, returns so many new rows.

    Raises
    ------
    SynthesisFailed : of 1,000 rows drawn for each one that was asked, too few met the conditions; says how many did.
    """
    import pandas as pd

    kept: list[pd.DataFrame] = []
    n_kept = n_drawn = 0
    while n_kept < n_rows:
        if n_drawn >= MAX_DRAWN_PER_ROW * max(n_rows, MIN_BATCH):
            asked = ", ".join(f"`{name}`" for name in where)
            raise SynthesisFailed(f"of {n_drawn} drawn rows {few(n_kept)} met the conditions on {asked}; {n_rows} are asked; "
                                  "ask for fewer, loosen a condition, or use `circuit`, which conditions exactly")
        share = max(n_kept, 1) / max(n_drawn, 1) if n_drawn else 1.0
        size = int(min(max((n_rows - n_kept) / share * 1.1, MIN_BATCH), MAX_BATCH))
        drawn = draw(size)
        rows = drawn[met(drawn, columns, where)]
        kept.append(rows)
        n_drawn, n_kept = n_drawn + size, n_kept + len(rows)
    if not kept:
        return draw(0)
    return pd.concat(kept, ignore_index=True).iloc[:n_rows].reset_index(drop=True)
