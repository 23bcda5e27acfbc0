"""A model that mostlyai-engine fitted: it samples in a process of its own, and is saved as JSON and safetensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veil.errors import SynthesisFailed
from veil.model import Epoch, to_json
from veil.rng import generator, integer
from veil.synthesizers.conditions import Where
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.engines.frames import table_of
from veil.synthesizers.engines.process import private_folder, run
from veil.synthesizers.rejection import accepted

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

KIND, FORMAT = "argn", 1
FILES = ("model.json", "weights.safetensors")
BATCH_ROWS = 10_000
SEED_RANGE = 2**32


@dataclass(frozen=True)
class ArgnModel:
    """What the engine left: its own statistics of the encoded table, and weights.

    Attributes
    ----------
    files : the engine's JSON files, as it wrote them, by their path in its workspace. They know columns and levels by number.
    """

    encoder: TableEncoder = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    weights: Mapping[str, npt.NDArray[Any]] = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows that meet the conditions, by rejection; see `Model.sample`.

        Raises
        ------
        SynthesisFailed : the engine is not installed here.
        """
        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        if not where:
            return self._sampled(n_rows, seed, "0")
        drawn = iter(range(1_000_000))
        return accepted(lambda size: self._sampled(size, seed, str(next(drawn))), n_rows, self.encoder.table_columns, where)

    def _sampled(self, n_rows: int, seed: int, step: str) -> pd.DataFrame:
        import pandas as pd

        rng = generator(seed, "sample", step)
        if n_rows == 0:
            return pd.DataFrame({each.name: [] for each in self.encoder.columns}, dtype=object)
        with private_folder() as folder:
            self._write(folder)
            job = {"do": "sample", "n_rows": n_rows, "batch_size": BATCH_ROWS, "seed": engine_seed(seed, "sample", step),
                   "threads": self.parameters["threads"], "device": self.parameters["device"]}  # fmt: skip
            run(folder, job, self.parameters["python"], lambda _: True)
            made = pd.read_parquet(folder / "made.parquet")
        return table_of(self.encoder, made, rng)

    def _write(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        (folder / "files.json").write_text(json.dumps(dict(self.files)), encoding="utf-8")
        save_file(dict(sorted(self.weights.items())), folder / FILES[1])

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        value = {"kind": KIND, "format": FORMAT, "encoder": self.encoder.to_json(), "files": dict(self.files),
                 "parameters": dict(self.parameters), "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file(dict(sorted(self.weights.items())), folder / FILES[1])


def engine_seed(seed: int, *names: str) -> int:
    """Return a seed as small as the engine's generators take."""
    return integer(seed, *names) % SEED_RANGE


def read_argn(folder: Path) -> ArgnModel | None:
    """Read a model that `ArgnModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    encoder = TableEncoder.from_json(value["encoder"])
    history = tuple(Epoch(**epoch) for epoch in value["history"])
    return ArgnModel(encoder, value["files"], load_file(folder / FILES[1]), value["parameters"], history)
