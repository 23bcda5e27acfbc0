"""A frame with gaps: which cells are given, as codes, and given cells put back where rows were completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.synthesizers.circuits.variables import NOT_GIVEN, Variables
from veil.synthesizers.encoding import TableEncoder

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Truth = npt.NDArray[np.bool_]
    Cells = tuple[npt.NDArray[np.object_], Truth]
    """A column's cells, and which of them are given."""


def given_codes(
    given: pd.DataFrame, missing: pd.DataFrame | None, encoder: TableEncoder, variables: Variables
) -> tuple[Codes, Mapping[str, Cells]]:
    """Return the codes of the given cells, (n_rows, n_columns) with -1 in every gap, and per column its cells.

    Raises
    ------
    SynthesisFailed : a column that was not learnt, a mask of another shape, or cells that no row of the fitted table had.
    """
    _require_alike(given, missing, variables)
    codes = np.full((len(given), len(variables.names)), NOT_GIVEN, dtype=np.int64)
    cells: dict[str, Cells] = {}
    for place, column in enumerate(encoder.columns):
        if column.name not in given.columns:
            continue
        series = given[column.name].astype(object)
        series = series.where(series.notna(), None)
        there = np.ones(len(given), dtype=bool)
        if missing is not None and column.name in missing.columns:
            there = ~missing[column.name].to_numpy(dtype=bool)
        codes[there, place] = variables.column_codes(place, column.encode(series[there]))
        cells[column.name] = (series.to_numpy(dtype=object), there)
    return codes, cells


def _require_alike(given: pd.DataFrame, missing: pd.DataFrame | None, variables: Variables) -> None:
    asked = [given.columns] if missing is None else [given.columns, missing.columns]
    unknown = [name for names in asked for name in names if name not in variables.names]
    if unknown:
        raise SynthesisFailed(f"{len(unknown)} given columns were not learnt, `{unknown[0]}` first; give learnt columns only")
    if len(set(given.columns)) < len(given.columns):
        raise SynthesisFailed("a column is given twice; give each once")
    if missing is None:
        return
    if len(missing) != len(given) or any(name not in given.columns for name in missing.columns):
        raise SynthesisFailed(f"the mask of missing cells has {len(missing)} rows and the given cells {len(given)}; "
                              "it needs the same rows, and no column that is not given")  # fmt: skip


def kept(drawn: pd.DataFrame, cells: Mapping[str, Cells], index: Any) -> pd.DataFrame:
    """Return completed rows with the given cells as they were given."""
    columns = {name: drawn[name].to_numpy(dtype=object) for name in drawn.columns}
    for name, (own, there) in cells.items():
        columns[name] = np.where(there, own, columns[name])
    import pandas as pd

    return pd.DataFrame(columns, columns=list(drawn.columns), index=index, dtype=object)
