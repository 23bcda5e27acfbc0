"""A worker process: reads an order and then numbers of partitions from its standard input, draws, and answers by lines of JSON.

Started by `tasks.generated`; nothing of it is Prefect's. It ends when its input ends, so none outlives its parent.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.generated import Drawing, Order
from veil.errors import VeilError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def main() -> None:
    """Answer for each partition; an error is told by its type, and by our own words only."""
    warnings.simplefilter("ignore")
    source, answers, folder = sys.stdin.buffer, sys.stdout, Path(sys.argv[1])
    drawing: Drawing | None = None
    order = Order.from_json(source.readline())
    for line in source:
        number = int(line)
        try:
            drawing = drawing or Drawing(order)
            _write(folder, number, drawing.partition(number))
            answer: dict[str, Any] = {}
        except VeilError as error:
            answer = {"refused": str(error)}
        except Exception as error:  # noqa: BLE001 - the boundary: a library's text can hold a cell
            answer = {"failed": type(error).__name__}
        answers.write(json.dumps({"partition": number, **answer}) + "\n")
        answers.flush()


def _write(folder: Path, number: int, rows: pd.DataFrame) -> None:
    import pyarrow as pa

    from tasks.engine.scratch import write_scratch

    write_scratch(folder, number, pa.table({name: _cells(rows[name]) for name in rows.columns}))


def _cells(cells: pd.Series[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(cells.to_numpy(dtype=object), pa.string(), from_pandas=True)


if __name__ == "__main__":
    main()
