"""Saved models of any synthesizer: JSON and safetensors, never pickle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from veil.errors import SynthesisFailed
from veil.synthesizers.base import Model
from veil.synthesizers.circuits.model import read_circuit
from veil.synthesizers.copulas.model import read_copula
from veil.synthesizers.engines.model import read_argn
from veil.synthesizers.gan.library_model import read_library
from veil.synthesizers.marginal import read_marginal
from veil.synthesizers.network import FILES, read_network
from veil.synthesizers.private.model import read_private
from veil.synthesizers.trees.model import read_cart

READERS: tuple[Callable[[Path], Model | None], ...] = (
    read_circuit, read_marginal, read_cart, read_copula, read_argn, read_private, read_library, read_network,
)  # fmt: skip
"""Each reads the models of one format from `model.json` and `weights.safetensors`, and returns None for the others'.

The network's files have no kind, so it is asked last.
"""


def load_model(folder: Path) -> Model:
    """Read a model that its `save` wrote: it samples the same bytes for the same seed.

    Raises
    ------
    SynthesisFailed : a file is missing, damaged or of no known format.
    """
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        raise SynthesisFailed(f"model folder {folder.name}: {absent[0]} is missing; give the folder that a run saved")
    model: Model | None = None
    failed = ""
    try:
        model = next((read for read in (reader(folder) for reader in READERS) if read is not None), None)
    except Exception as error:  # noqa: BLE001 a parser's text can hold a cell: told by its type only, below
        failed = type(error).__name__
    if model is None:
        reason = failed or "another format"
        raise SynthesisFailed(f"model folder {folder.name}: cannot be read ({reason}); fit again")
    return model
