"""Foreign keys of a synthetic child table: which synthetic parent each child row belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]


def assign_parents(
    children_per_parent: Sequence[int] | Codes, n_parents: int, n_children: int, rng: np.random.Generator,
) -> Codes:
    """Draw a parent for each child row, so that families are as large as the original ones and no child is an orphan.

    Parameters
    ----------
    children_per_parent : (n_original_parents,) child rows of each original parent, zeros included.
    n_parents, n_children : rows of the synthetic tables.
    rng : draws families and who gets them.

    Returns
    -------
    parents : (n_children,) place of each child row's parent, in [0, n_parents), in random order.

    Raises
    ------
    SynthesisFailed : there are children to place but no parent, or no original family to learn from.
    """
    families = np.asarray(children_per_parent, dtype=np.int64)
    if n_children and (not n_parents or not families.sum()):
        raise SynthesisFailed(f"{n_children} child rows and {n_parents} parents with {int(families.sum())} original child rows "
                              "to learn from; synthesize parents first, and leave out a child table that is empty")
    if not n_children:
        return np.empty(0, dtype=np.int64)
    sizes = _sizes(families, n_parents, n_children, rng)
    return rng.permutation(np.repeat(np.arange(n_parents), sizes))


def _sizes(families: Codes, n_parents: int, n_children: int, rng: np.random.Generator) -> Codes:
    """Draw family sizes by evenly spaced quantiles of the original ones, then bring their sum to `n_children`."""
    places = (np.arange(n_parents) + rng.random()) / n_parents * len(families)
    sizes = np.sort(families)[np.minimum(places.astype(np.int64), len(families) - 1)]
    scaled = sizes * (n_children / max(sizes.sum(), 1)) if sizes.any() else np.full(n_parents, n_children / n_parents)
    sizes = np.floor(scaled).astype(np.int64)
    lacking = rng.choice(n_parents, n_children - int(sizes.sum()), replace=False, p=_shares(scaled - sizes, scaled))
    sizes[lacking] += 1
    return rng.permutation(sizes)


def _shares(remainders: npt.NDArray[np.float64], scaled: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    weights = remainders + 1e-9 * (scaled > 0) + 1e-15
    return np.asarray(weights / weights.sum())
