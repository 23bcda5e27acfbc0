"""The synthesizers, by the name that a policy uses for them. Importing this loads neither torch nor ctgan nor pandas."""

from veil.synthesizers.base import Model, Synthesizer
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.ctgan import Ctgan
from veil.synthesizers.keys import assign_parents
from veil.synthesizers.saved import load_model
from veil.synthesizers.split import coarse_levels, holdout_split

SYNTHESIZERS: dict[str, type[Circuit] | type[Ctgan]] = {synthesizer.name: synthesizer for synthesizer in (Circuit, Ctgan)}

__all__ = ["SYNTHESIZERS", "Model", "Synthesizer", "assign_parents", "coarse_levels", "holdout_split", "load_model"]
