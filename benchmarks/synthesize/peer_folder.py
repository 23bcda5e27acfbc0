r"""What the peers' scripts share: the folder with the training rows, typed as favorably as Veil types its own, and the laps.

Runs in the peers' environments, with pandas alone, whatever its version; it must not import Veil. In the folder lie

- `train.csv`: the cells as written; null is `\N`, the empty string is empty;
- `columns.json`: `[{"name", "type", "format"}]`, as ingest finds them.

Left there are `synthetic.csv`, written the same way, and `told.json`: CPU and wall seconds of fit and sample, peak in MiB.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NULL = "\\N"
MIN_DISTINCT_NUMBERS = 21
UNITS = {"date": "D", "datetime": "s"}


@dataclass
class PeerFolder:
    """One run of one peer."""

    folder: Path
    seed: int
    threads: int
    max_epochs: int
    told: dict[str, float] = field(default_factory=dict)

    @classmethod
    def open(cls, *, max_epochs: int = 0) -> PeerFolder:
        """Read what the command line says."""
        parser = argparse.ArgumentParser()
        parser.add_argument("folder", type=Path)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--threads", type=int, default=1)
        parser.add_argument("--max-epochs", type=int, default=max_epochs)
        given = parser.parse_args()
        return cls(given.folder.resolve(), given.seed, given.threads, given.max_epochs)

    def cells(self) -> Any:
        """Return the training rows: strings and None."""
        import pandas as pd

        table = pd.read_csv(self.folder / "train.csv", dtype=str, keep_default_na=False, na_values=[]).astype(object)
        return table.where(table != NULL, None)

    @property
    def columns(self) -> list[dict[str, str | None]]:
        """Names, types and formats."""
        found: list[dict[str, str | None]] = json.loads((self.folder / "columns.json").read_text(encoding="utf-8"))
        return found

    @property
    def n_rows(self) -> int:
        """As many rows are sampled as were learnt."""
        return len(self.cells())

    @property
    def discrete(self) -> list[str]:
        """Columns without an order, or of few different numbers."""
        cells = self.cells()
        kinds = {str(each["name"]): each["type"] for each in self.columns}
        numeric = ("integer", "decimal", *UNITS)
        return [name for name in cells if kinds[name] not in numeric or cells[name].nunique() < MIN_DISTINCT_NUMBERS]

    def typed(self) -> Any:
        """Return the training rows with numbers as numbers and dates as timestamps."""
        import pandas as pd

        cells, discrete = self.cells(), set(self.discrete)
        for each in self.columns:
            name = str(each["name"])
            if name in discrete:
                continue
            if each["type"] in UNITS:
                cells[name] = pd.to_datetime(cells[name], format=str(each["format"]).replace("%-", "%"), errors="coerce")
            else:
                numbers = cells[name].str.replace(",", ".") if "," in (each["format"] or "") else cells[name]
                cells[name] = pd.to_numeric(numbers, errors="coerce")
        return cells

    def write(self, made: Any) -> None:
        """Write the sampled rows in the columns' formats, and the laps."""
        kinds = {str(each["name"]): each for each in self.columns}
        cells = {name: [_written(value, kinds[name]) for value in made[name]] for name in kinds}
        import pandas as pd

        pd.DataFrame(cells).to_csv(self.folder / "synthetic.csv", index=False)
        self.told["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        (self.folder / "told.json").write_text(json.dumps(self.told), encoding="utf-8")

    @contextlib.contextmanager
    def laps(self, name: str) -> Iterator[None]:
        """Measure CPU seconds, those of child processes included, and wall seconds."""
        before = _cpu(), time.monotonic()
        yield
        self.told[f"{name}_cpu"], self.told[f"{name}_wall"] = _cpu() - before[0], time.monotonic() - before[1]


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _written(value: Any, column: dict[str, str | None]) -> str:
    import pandas as pd

    if pd.isna(value):
        return NULL
    pattern = column["format"] or ""
    if column["type"] in UNITS and not isinstance(value, str):
        return str(value.strftime(pattern))
    if column["type"] == "integer" and not isinstance(value, str):
        return str(round(value))
    if column["type"] == "decimal" and not isinstance(value, str):
        return f"{value:.{len(pattern) - 2}f}".replace(".", pattern[1])
    return str(value)
