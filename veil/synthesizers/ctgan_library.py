"""The only file that imports the `ctgan` package (Business Source License 1.1): its CTGAN as it is, on types as it wants them.

Discrete columns are named, numbers are floats; null and the empty string of a column of numbers are a discrete column beside it.
What it learnt is read off its trained parts into arrays, so that the model can be saved without pickle and sampled without it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from ctgan import CTGAN

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.gan.library_model import LibraryModel, Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.encoding import EncodedColumn

    Singles = npt.NDArray[np.float32]

NUMBERS_ONLY = 1.0
NOTE = "the ctgan package, under the Business Source License 1.1: not open source; see NOTICE"


def fit(
    table: pd.DataFrame, columns: tuple[Column, ...], settings: Mapping[str, Any], *, parameters: Mapping[str, Any], seed: int,
    max_levels: int,
) -> LibraryModel:  # fmt: skip
    """Train the package on a table of strings and None.

    Parameters
    ----------
    settings : arguments of `ctgan.CTGAN`.
    seed : in [0, 2**32).

    Raises
    ------
    SynthesisFailed : the package failed, told by the type of its error only, or its losses are no numbers.
    """
    encoder = TableEncoder.fit(table, columns, max_levels=max_levels, spike_share=NUMBERS_ONLY)
    encoded = encoder.encode(table)
    frame, discrete = _frame(encoded)
    package, failed = CTGAN(**settings, enable_gpu=False, verbose=False), ""
    package.set_random_state(seed)
    try:
        package.fit(frame, discrete)
    except Exception as error:  # noqa: BLE001 its text can hold a cell: told by its type only, below
        failed = type(error).__name__
    if failed:
        raise SynthesisFailed(f"the ctgan package stopped with {failed}; use `engine: fast`")
    losses = package.loss_values[["Generator Loss", "Discriminator Loss"]].astype(float).to_numpy()
    if not np.isfinite(losses).all():
        raise SynthesisFailed("the ctgan package diverged; lower the learning rates or change the seed")
    history = tuple(Epoch(place + 1, {"generator": float(made), "discriminator": float(judged)})
                    for place, (made, judged) in enumerate(losses))  # fmt: skip
    parts = _parts(package._transformer._column_transform_info_list, frame)
    return LibraryModel(encoder, parts, _folded(package._generator.state_dict(), parts), {**parameters, "note": NOTE}, history)


def _frame(encoded: tuple[EncodedColumn, ...]) -> tuple[pd.DataFrame, list[str]]:
    """Return the table as the package wants it, columns named by their place, and which of them are discrete."""
    import pandas as pd

    cells: dict[str, Any] = {}
    for place, column in enumerate(encoded):
        if column.numbers is not None:
            cells[f"{place} number"] = column.numbers
        if column.numbers is None or column.n_codes > 1:
            cells[f"{place} level"] = column.codes.astype(str)
    return pd.DataFrame(cells), [name for name in cells if name.endswith("level")]


def _parts(learnt: Any, frame: pd.DataFrame) -> tuple[Part, ...]:
    """Return where each column stands in the network's output, and what its members are."""
    parts, start = [], 0
    for info in learnt:
        width = int(info.output_dimensions)
        place, kind = info.column_name.split(" ")
        if kind == "level":
            members = [int(code) for code in info.transform.dummies]
            counts = frame[info.column_name].astype(int).value_counts()
            parts.append(Part(int(place), start, tuple(members), tuple(int(counts[code]) / len(frame) for code in members)))
        else:
            mixture, valid = info.transform._bgm_transformer, info.transform.valid_component_indicator
            means = mixture.means_[valid].ravel().tolist()
            deviations = np.sqrt(mixture.covariances_[valid]).ravel().tolist()
            parts.append(Part(int(place), start, (), (), tuple(means), tuple(deviations)))
        start += width
    return tuple(parts)


def _folded(state: Mapping[str, Any], parts: tuple[Part, ...]) -> dict[str, Singles]:
    """Return the layers with the running statistics of batch normalization folded in, as `network.forward` reads them."""
    arrays = {name: value.detach().numpy() for name, value in state.items()}
    n_layers = sum(name.endswith("fc.weight") for name in arrays)
    unasked = 0 if any(part.members for part in parts) else 1
    weights: dict[str, Any] = {}
    for layer in range(n_layers + 1):
        last = layer == n_layers
        weight = arrays[f"seq.{layer}.{'weight' if last else 'fc.weight'}"]
        bias = arrays[f"seq.{layer}.{'bias' if last else 'fc.bias'}"]
        if not last:
            scale = arrays[f"seq.{layer}.bn.weight"] / np.sqrt(arrays[f"seq.{layer}.bn.running_var"] + 1e-5)
            bias = (bias - arrays[f"seq.{layer}.bn.running_mean"]) * scale + arrays[f"seq.{layer}.bn.bias"]
            weight = weight * scale[:, None]
        name = "output" if last else f"hidden{layer}"
        weights |= {f"{name}.weight": np.pad(weight, ((0, 0), (0, unasked))), f"{name}.bias": bias}
    return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in weights.items()}


def steps_to_epochs(steps: int, n_rows: int, batch_size: int) -> int:
    """Return the epochs that amount to so many updates."""
    return math.ceil(steps / max(n_rows // batch_size, 1))
