"""A fitted generator network: its forward pass, its model, and the folder it is saved in. Needs torch, not ctgan.

Batch normalization is folded into the weights, so each synthetic row depends on its own noise and condition only.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Epoch, to_json
from veil.rng import generator
from veil.synthesizers.conditions import Where
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.rejection import accepted
from veil.synthesizers.spans import Layout

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]
    Weights = Mapping[str, Singles]

FORMAT = 1
BATCH_ROWS = 4096
FILES = ("model.json", "weights.safetensors")


@contextlib.contextmanager
def torch_threads(n_threads: int) -> Iterator[None]:
    """Let torch use that many threads inside the block, and flush denormals, which slow a trained softmax threefold."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(before)


def draw_conditions(frequencies: tuple[Floats, ...], n_rows: int, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """Return a span and one of its members for each row: spans evenly, members by their share of the training rows."""
    spans = rng.integers(len(frequencies), size=n_rows)
    members = np.zeros(n_rows, dtype=np.int64)
    for span, shares in enumerate(frequencies):
        rows = np.flatnonzero(spans == span)
        members[rows] = rng.choice(len(shares), rows.size, p=shares)
    return spans, members


def forward(weights: Weights, noise: Singles, places: Codes) -> Singles:
    """Return logits, (n_rows, width), for noise and the place of each row's condition among all members."""
    import torch

    tensor = {name: torch.from_numpy(value) for name, value in weights.items()}
    given = torch.zeros(len(noise), tensor["hidden0.weight"].shape[1] - noise.shape[1])
    given[torch.arange(len(noise)), torch.from_numpy(places)] = 1
    rows = torch.cat([torch.from_numpy(noise), given], dim=1)
    layer = 0
    while f"hidden{layer}.weight" in tensor:
        hidden = torch.addmm(tensor[f"hidden{layer}.bias"], rows, tensor[f"hidden{layer}.weight"].t()).relu_()
        rows = torch.cat([hidden, rows], dim=1)
        layer += 1
    return np.asarray(torch.addmm(tensor["output.bias"], rows, tensor["output.weight"].t()).numpy())


def draw_logits(weights: Weights, layout: Layout, frequencies: tuple[Floats, ...], n_rows: int,
                rng: np.random.Generator) -> Singles:
    """Return logits of new rows under conditions drawn by their true frequency."""
    spans, members = draw_conditions(frequencies, n_rows, rng)
    offsets = np.array([span.start for span in layout.spans]) - len(layout.numbers)
    width = weights["hidden0.weight"].shape[1] - layout.width + len(layout.numbers)
    return forward(weights, rng.standard_normal((n_rows, width), dtype=np.float32), offsets[spans] + members)


@dataclass(frozen=True)
class NetworkModel:
    """A fitted generator that samples tables.

    Attributes
    ----------
    weights : of the layers, and `ranks{i}`, (modes, knots), which map the i-th scalar's quantiles to even ones.
    frequencies : per span, the share of training rows that each member has.
    """

    encoder: TableEncoder = field(repr=False)
    layout: Layout = field(repr=False)
    weights: Weights = field(repr=False)
    frequencies: tuple[Floats, ...] = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows that meet the conditions; see `Model.sample`."""
        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        rng = generator(seed, "sample")
        if where:
            return accepted(lambda size: self._sampled(size, rng), n_rows, self.encoder.table_columns, where)
        return self._sampled(n_rows, rng)

    def _sampled(self, n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
        members = np.zeros((n_rows, len(self.layout.spans)), dtype=np.int64)
        ranks = np.zeros((n_rows, len(self.layout.numbers)), dtype=np.float32)
        if self.layout.spans:
            with torch_threads(1):
                for start in range(0, n_rows, BATCH_ROWS):
                    rows = slice(start, min(start + BATCH_ROWS, n_rows))
                    members[rows], ranks[rows] = self._draw(rows.stop - rows.start, rng)
        return self.encoder.decode(self.layout.columns(members, ranks), rng)

    def _draw(self, n_rows: int, rng: np.random.Generator) -> tuple[Codes, Singles]:
        logits = draw_logits(self.weights, self.layout, self.frequencies, n_rows, rng)
        spans = [logits[:, span.start : span.stop] for span in self.layout.spans]
        members = np.stack([(span + gumbel(span.shape, rng)).argmax(axis=1) for span in spans], axis=1)
        ranks = np.empty((n_rows, len(self.layout.numbers)), dtype=np.float32)
        places = [place for place, span in enumerate(self.layout.spans) if span.n_modes]
        for number, place in enumerate(places):
            modes = members[:, place] - (self.layout.spans[place].n_codes - 1)
            ranks[:, number] = even_ranks(self.weights[f"ranks{number}"], modes, blur(logits[:, number], rng))
        return members, ranks

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        value = {"format": FORMAT, "encoder": self.encoder.to_json(), "layout": self.layout.to_json(),
                 "parameters": dict(self.parameters), "history": self.history,
                 "frequencies": [shares.tolist() for shares in self.frequencies]}
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file({name: np.ascontiguousarray(array) for name, array in sorted(self.weights.items())}, folder / FILES[1])


def read_network(folder: Path) -> NetworkModel | None:
    """Read a model that `NetworkModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if value.get("format") != FORMAT:
        return None
    return NetworkModel(TableEncoder.from_json(value["encoder"]), Layout.from_json(value["layout"]), load_file(folder / FILES[1]),
                        tuple(np.array(shares) for shares in value["frequencies"]), value["parameters"],
                        tuple(Epoch(**epoch) for epoch in value["history"]))


def gumbel(shape: tuple[int, ...], rng: np.random.Generator) -> Singles:
    """Return noise whose argmax, added to logits, is a draw from their softmax (Gumbel 1954)."""
    return np.asarray(-np.log(np.maximum(rng.standard_exponential(shape, dtype=np.float32), np.float32(1e-30))))


def blur(scalars: Singles, rng: np.random.Generator) -> Singles:
    """Return the scalars' tanh with a little noise, so that a generator that repeats itself still spreads out."""
    noise = rng.standard_normal(len(scalars), dtype=np.float32)
    return np.asarray(np.tanh(scalars) + np.float32(0.02) * noise)


def even_ranks(knots: Singles, modes: Codes, scalars: Singles) -> Singles:
    """Return each scalar's rank in [0, 1] among the generator's own scalars of that mode; zero where `modes` is negative."""
    ranks = np.zeros(len(scalars), dtype=np.float32)
    even = np.linspace(0, 1, knots.shape[1])
    for mode, row in enumerate(knots):
        rows = np.flatnonzero(modes == mode)
        ranks[rows] = np.interp(scalars[rows], row, even)
    return ranks
