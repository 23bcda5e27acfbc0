"""A table as mostlyai-engine sees it: levels as numbered categories, numbers as numbers, dates as timestamps; no name, no cell.

A column of numbers that has levels beside them (null, empty, spikes) is two columns: which of them a row has, and the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.synthesizers.encoding import EncodedColumn, NumberColumn, TableEncoder

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

UNITS = {"date": "D", "datetime": "s"}
CATEGORY, NUMBER, TIMESTAMP = "TABULAR_CATEGORICAL", "TABULAR_NUMERIC_AUTO", "TABULAR_DATETIME"


def engine_frame(encoder: TableEncoder, encoded: Sequence[EncodedColumn]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the training rows and how the engine is to encode each column.

    Raises
    ------
    SynthesisFailed : every column has one level only.
    """
    import pandas as pd

    cells: dict[str, Any] = {}
    encodings: dict[str, str] = {}
    for place, (column, each) in enumerate(zip(encoder.columns, encoded, strict=True)):
        if each.n_codes > 1:
            cells[f"c{place}"] = np.char.add("v", each.codes.astype(str)).astype(object)
            encodings[f"c{place}"] = CATEGORY
        if isinstance(column, NumberColumn) and each.numbers is not None:
            numbers = np.where(each.codes == each.n_codes - 1, each.numbers, np.nan)
            unit = UNITS.get(column.column.type)
            cells[f"n{place}"] = pd.to_datetime(pd.Series(numbers), unit=unit) if unit else pd.Series(numbers)
            if column.column.type == "integer":
                cells[f"n{place}"] = cells[f"n{place}"].astype("Int64")
            encodings[f"n{place}"] = TIMESTAMP if unit else NUMBER
    if not cells:
        raise SynthesisFailed("there is nothing to learn: every column has one value only; use `marginal`")
    return pd.DataFrame(cells), encodings


def table_of(encoder: TableEncoder, made: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the engine's rows as cells; what it leaves open is drawn from what it drew for other rows."""
    encoded = []
    for place, column in enumerate(encoder.columns):
        codes = _codes(made, f"c{place}", column.n_codes, rng)
        numbers = None
        if isinstance(column, NumberColumn):
            is_number = codes == column.n_codes - 1
            numbers = np.full(len(made), column.low)
            numbers[is_number] = _numbers(made[f"n{place}"], UNITS.get(column.column.type), column.low, rng)[is_number]
        encoded.append(EncodedColumn(column.name, column.n_codes, codes, numbers))
    return encoder.decode(encoded, rng)


def _codes(made: pd.DataFrame, name: str, n_codes: int, rng: np.random.Generator) -> Codes:
    if name not in made:
        return np.zeros(len(made), dtype=np.int64)
    known = {f"v{code}": code for code in range(n_codes)}
    codes = made[name].map(known).fillna(-1).to_numpy(dtype=np.int64)
    return np.asarray(_filled(codes, codes >= 0, np.int64(0), rng))


def _numbers(cells: pd.Series[Any], unit: str | None, low: float, rng: np.random.Generator) -> Floats:
    import pandas as pd

    if unit:
        apart = pd.to_datetime(cells) - pd.Timestamp(0)
        numbers = np.asarray(apart / pd.Timedelta(1, unit=unit), dtype=np.float64)
    else:
        numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(_filled(numbers, np.isfinite(numbers), np.float64(low), rng))


def _filled(values: Any, known: Any, otherwise: Any, rng: np.random.Generator) -> Any:
    if known.all():
        return values
    given = values[known] if known.any() else np.array([otherwise])
    return np.where(known, values, rng.choice(given, len(values)))
