"""ARGN: an adapter to mostlyai-engine (Apache-2.0), an autoregressive network, also for GPUs. An optional extra.

The engine works on numbered columns and levels in a process of its own, without network, in a private folder that is removed.
Rows are seeded, but its training depends on the build of torch, and in the limit of minutes on the machine.

Its differentially private training is not offered here: which levels and ranges a table has is read by our encoder, outside its
ledger, so that its epsilon would not be that of the stand-in. `dp_network` has a ledger of everything.

Source: Tiwald et al. 2025, TabularARGN, arXiv 2501.12012.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.encoding import TableEncoder, rows_to_learn
from veil.synthesizers.engines.frames import engine_frame
from veil.synthesizers.engines.model import ArgnModel, engine_seed
from veil.synthesizers.engines.process import private_folder, run

if TYPE_CHECKING:
    import pandas as pd

    from veil.synthesizers.base import Progress

Size = Literal["small", "medium", "large"]

MIN_ROWS = 100
SPIKE_SHARE = 0.01
MIN_BATCH, MAX_BATCH, BATCHES = 8, 512, 64
ENGINE_FILES = ("ModelStore/tgt-stats/stats.json", "ModelStore/model-data/model-configs.json")


@dataclass(frozen=True)
class Argn:
    """Parameters of `argn`.

    Attributes
    ----------
    max_epochs : at most; the engine ends earlier where validation rows become no likelier for four epochs.
    max_minutes : wall time of training; a result that it cuts short depends on the machine.
    model : size of the engine's network.
    device : where it runs, as torch names it.
    max_rows : a larger table is learnt from a random sample of that many rows.
    max_levels : most levels that a column is learnt with; the rarest others are pooled.
    threads : that torch may use; more than one may change the last digits.
    python : the interpreter of an environment that has the engine; None for this one.
    """

    name: ClassVar[str] = "argn"
    conditions: ClassVar[HowMet] = "rejected"

    max_epochs: int = 100
    max_minutes: float = 60.0
    model: Size = "medium"
    device: str = "cpu"
    max_rows: int = 1_000_000
    max_levels: int = 1_000
    threads: int = 1
    python: str | None = None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> ArgnModel:
        """Learn a table of strings and None.

        Raises
        ------
        SynthesisFailed : the engine is not installed or failed, fewer than 100 rows, or a column that cannot be learnt.
        """
        from safetensors.numpy import load_file

        self._require(len(table))
        encoder = TableEncoder.fit(table, columns, max_levels=self.max_levels, spike_share=SPIKE_SHARE)
        rows = rows_to_learn(len(table), self.max_rows, generator(seed, "rows"))
        frame, encodings = engine_frame(encoder, encoder.encode(table if rows is None else table.iloc[rows]))
        history: list[Epoch] = []

        def heard(message: dict[str, Any]) -> bool:
            history.append(Epoch(len(history) + 1, {"train": message["train"], "validation": message["validation"]}))
            try:
                progress(history[-1], self.max_epochs)
            except EnoughLearnt:
                return False
            return True

        with private_folder() as folder:
            frame.to_parquet(folder / "table.parquet")
            run(folder, self._job(len(frame), encodings, seed), self.python, heard)
            files = json.loads((folder / "files.json").read_text(encoding="utf-8"))
            weights = load_file(folder / "weights.safetensors")
        return ArgnModel(encoder, files, weights, self.parameters, tuple(history))

    def _require(self, n_rows: int) -> None:
        if self.model not in get_args(Size):
            raise SynthesisFailed(f"argn has no model of that size; say one of {', '.join(get_args(Size))}")
        if self.max_epochs < 1 or self.max_minutes <= 0:
            raise SynthesisFailed("argn needs at least one epoch, and more than no minutes")
        if n_rows < MIN_ROWS:
            raise SynthesisFailed(f"argn needs at least {MIN_ROWS} rows to learn from and has {n_rows}; "
                                  "add rows or leave this table out of the synthesis")  # fmt: skip

    def _job(self, n_rows: int, encodings: dict[str, str], seed: int) -> dict[str, Any]:
        """Return what the engine is to do. It would choose the batch by the memory that is free, another on every machine."""
        batch = int(np.clip(2 ** int(np.log2(max(n_rows / BATCHES, 1))), MIN_BATCH, MAX_BATCH))
        training = {"model": f"MOSTLY_AI/{self.model.capitalize()}", "max_epochs": self.max_epochs,
                    "max_training_time": self.max_minutes, "batch_size": batch, "device": self.device}  # fmt: skip
        return {"do": "fit", "encodings": encodings, "training": training, "threads": self.threads, "files": ENGINE_FILES,
                "seed": engine_seed(seed, "train")}  # fmt: skip
