"""The synthesizers, by the name that a policy uses for them. Importing this loads neither torch nor ctgan nor pandas."""

from collections.abc import Callable

from veil.synthesizers.argn import Argn
from veil.synthesizers.base import EnoughLearnt, Model, Synthesizer
from veil.synthesizers.cart import Cart
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.ctgan import Ctgan
from veil.synthesizers.dp_network import DpNetwork
from veil.synthesizers.gaussian_copula import GaussianCopula
from veil.synthesizers.keys import assign_parents
from veil.synthesizers.marginal import Marginal
from veil.synthesizers.saved import load_model
from veil.synthesizers.split import coarse_levels, holdout_split
from veil.synthesizers.tvae import Tvae

SYNTHESIZERS: dict[str, Callable[..., Synthesizer]] = {
    Argn.name: Argn,
    Cart.name: Cart,
    Circuit.name: Circuit,
    Ctgan.name: Ctgan,
    DpNetwork.name: DpNetwork,
    GaussianCopula.name: GaussianCopula,
    Marginal.name: Marginal,
    Tvae.name: Tvae,
}

__all__ = [
    "SYNTHESIZERS",
    "EnoughLearnt",
    "Model",
    "Synthesizer",
    "assign_parents",
    "coarse_levels",
    "holdout_split",
    "load_model",
]
