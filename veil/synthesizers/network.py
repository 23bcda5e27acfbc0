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
from veil.synthesizers.conditions import Where, met
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.gan.support import allowed_members
from veil.synthesizers.rejection import accepted
from veil.synthesizers.spans import Layout

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]
    Singles = npt.NDArray[np.float32]
    Weights = Mapping[str, Singles]

KIND, FORMAT = "network", 1
BATCH_ROWS = 4096
SPREAD = 0.02
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
    drawn, given = torch.from_numpy(noise), torch.from_numpy(places)
    hidden = torch.empty(len(noise), 0)

    def layer(name: str) -> torch.Tensor:
        weight, n_hidden = tensor[f"{name}.weight"], hidden.shape[1]
        seen = torch.cat([hidden, drawn], dim=1)
        made = torch.addmm(tensor[f"{name}.bias"], seen, weight[:, : seen.shape[1]].t())
        return made.add_(weight[:, n_hidden + drawn.shape[1] :].t().index_select(0, given))

    n_layers = sum(name.startswith("hidden") and name.endswith("weight") for name in weights)
    for place in range(n_layers):
        hidden = torch.cat([layer(f"hidden{place}").relu_(), hidden], dim=1)
    return np.asarray(layer("output").numpy())


def draw_logits(weights: Weights, layout: Layout, frequencies: tuple[Floats, ...], n_rows: int,
                rng: np.random.Generator) -> Singles:
    """Return logits of new rows under conditions drawn by their true frequency."""
    spans, members = draw_conditions(frequencies, n_rows, rng)
    return asked_logits(weights, layout, spans, members, rng)


def asked_logits(weights: Weights, layout: Layout, spans: Codes, members: Codes, rng: np.random.Generator) -> Singles:
    """Return logits of new rows of which each is asked for one member of one span."""
    offsets = np.array([span.start for span in layout.spans]) - len(layout.numbers)
    width = weights["hidden0.weight"].shape[1] - layout.width + len(layout.numbers)
    return forward(weights, rng.standard_normal((len(spans), width), dtype=np.float32), offsets[spans] + members)


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
        if not where:
            return self._decoded(n_rows, {}, rng)
        allowed = allowed_members(self.encoder, self.layout, where)
        return accepted(lambda size: self._decoded(size, allowed, rng), n_rows, self.encoder.table_columns, where)

    def hit_rate(self, where: Where, n_rows: int, *, seed: int, chosen: bool = True) -> float:
        """Return the share of the network's own rows, none drawn again, that meet the conditions it was asked for.

        Parameters
        ----------
        chosen : whether noise is chosen by how likely it makes the conditions, as `sample` does; otherwise the network is only
            asked for the rarest.
        """
        rng = generator(seed, "hit rate")
        allowed = allowed_members(self.encoder, self.layout, where)
        drawn = self._decoded(n_rows, allowed, rng, chosen=chosen, obeyed=False)
        return float(met(drawn, self.encoder.table_columns, where).mean())

    def _decoded(
        self, n_rows: int, allowed: Mapping[int, Truth], rng: np.random.Generator, *, chosen: bool = True, obeyed: bool = True
    ) -> pd.DataFrame:
        """Return rows drawn under conditions, at most so many.

        Parameters
        ----------
        allowed : by place of a span, the members that it may have.
        chosen : whether rows are kept by how likely their noise makes the conditions, which leaves fewer.
        obeyed : whether the other members of these spans are not drawn at all.
        """
        width, n_numbers = len(self.layout.spans), len(self.layout.numbers)
        parts = [(np.zeros((0, width), dtype=np.int64), np.zeros((0, n_numbers), dtype=np.float32))]
        with torch_threads(1):
            for start in range(0, n_rows, BATCH_ROWS):
                size = min(BATCH_ROWS, n_rows - start)
                parts.append(self._members(self._logits(size, allowed, rng, chosen), allowed if obeyed else {}, rng))
        members, ranks = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return self.encoder.decode(self.layout.columns(members, ranks), rng)

    def _logits(self, n_rows: int, allowed: Mapping[int, Truth], rng: np.random.Generator, chosen: bool) -> Singles:
        """Return logits of rows that are asked for the rarest condition, kept by how likely they make them all.

        Given its noise, the network draws its columns independently. So a row is kept with the product of its chances, up to the
        largest product in the batch, as if it had been drawn again and again until all conditions were met.
        """
        if not self.layout.spans:
            return np.zeros((n_rows, 0), dtype=np.float32)
        if not allowed:
            return draw_logits(self.weights, self.layout, self.frequencies, n_rows, rng)
        lead = min(allowed, key=lambda place: (float(self.frequencies[place][allowed[place]].sum()), place))
        shares = np.where(allowed[lead], self.frequencies[lead], 0)
        shares = shares if shares.sum() else allowed[lead].astype(np.float64)
        members = rng.choice(len(shares), n_rows, p=shares / shares.sum())
        logits = asked_logits(self.weights, self.layout, np.full(n_rows, lead), members, rng)
        if not chosen:
            return logits
        chances = np.ones(n_rows)
        for place, mask in allowed.items():
            span = self.layout.spans[place]
            chances *= softmax(logits[:, span.start : span.stop])[:, mask].sum(axis=1)
        return np.asarray(logits[rng.random(n_rows) * chances.max(initial=0) < chances])

    def _members(self, logits: Singles, allowed: Mapping[int, Truth], rng: np.random.Generator) -> tuple[Codes, Singles]:
        """Return members and ranks drawn from logits."""
        members = np.zeros((len(logits), len(self.layout.spans)), dtype=np.int64)
        for place, span in enumerate(self.layout.spans):
            noisy = logits[:, span.start : span.stop] + gumbel((len(logits), span.width), rng)
            noisy = np.where(allowed[place], noisy, -np.inf) if place in allowed else noisy
            members[:, place] = noisy.argmax(axis=1)
        ranks = np.empty((len(logits), len(self.layout.numbers)), dtype=np.float32)
        places = [place for place, span in enumerate(self.layout.spans) if span.n_modes]
        for number, place in enumerate(places):
            modes = members[:, place] - (self.layout.spans[place].n_codes - 1)
            scalars, knots = blur(logits[:, number], rng, spread(self.weights, number)), self.weights.get(f"ranks{number}")
            ranks[:, number] = np.clip(scalars / 2 + 0.5, 0, 1) if knots is None else even_ranks(knots, modes, scalars)
        return members, ranks

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        value = {"kind": KIND, "format": FORMAT, "encoder": self.encoder.to_json(), "layout": self.layout.to_json(),
                 "parameters": dict(self.parameters), "history": self.history,
                 "frequencies": [shares.tolist() for shares in self.frequencies]}
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file({name: np.ascontiguousarray(array) for name, array in sorted(self.weights.items())}, folder / FILES[1])


def read_network(folder: Path) -> NetworkModel | None:
    """Read a model that `NetworkModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind", KIND), value.get("format")) != (KIND, FORMAT):
        return None
    return NetworkModel(TableEncoder.from_json(value["encoder"]), Layout.from_json(value["layout"]), load_file(folder / FILES[1]),
                        tuple(np.array(shares) for shares in value["frequencies"]), value["parameters"],
                        tuple(Epoch(**epoch) for epoch in value["history"]))


def gumbel(shape: tuple[int, ...], rng: np.random.Generator) -> Singles:
    """Return noise whose argmax, added to logits, is a draw from their softmax (Gumbel 1954)."""
    return np.asarray(-np.log(np.maximum(rng.standard_exponential(shape, dtype=np.float32), np.float32(1e-30))))


def spread(weights: Weights, number: int) -> float:
    """Return the standard deviation of a scalar around what the network says of it: learnt, or else a little."""
    return float(weights["spread"][number]) if "spread" in weights else SPREAD


def blur(scalars: Singles, rng: np.random.Generator, deviation: float) -> Singles:
    """Return the scalars' tanh with noise, so that a generator that repeats itself still spreads out."""
    noise = rng.standard_normal(len(scalars), dtype=np.float32)
    return np.asarray(np.tanh(scalars) + np.float32(deviation) * noise)


def softmax(logits: Singles) -> Singles:
    """Return chances, for (n_rows, n_members) logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def even_ranks(knots: Singles, modes: Codes, scalars: Singles) -> Singles:
    """Return each scalar's rank in [0, 1] among the generator's own scalars of that mode; zero where `modes` is negative."""
    ranks = np.zeros(len(scalars), dtype=np.float32)
    even = np.linspace(0, 1, knots.shape[1])
    for mode, row in enumerate(knots):
        rows = np.flatnonzero(modes == mode)
        ranks[rows] = np.interp(scalars[rows], row, even)
    return ranks
