"""Firms, jobs and license plates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from veil.transforms.fakes.digits import filled, pattern_sizes
from veil.transforms.fakes.draw import Draw, whole, written_unlike
from veil.transforms.fakes.packs import Pack

if TYPE_CHECKING:
    import numpy.typing as npt

    Strings = npt.NDArray[Any]


def companies(draw: Draw, pack: Pack) -> Strings:
    """Write invented firms."""
    return np.asarray(pack.companies.written[whole(pack.companies, draw)])


def jobs(draw: Draw, pack: Pack) -> Strings:
    """Write occupations."""
    return np.asarray(pack.jobs.written[whole(pack.jobs, draw)])


def license_plates(draw: Draw, pack: Pack) -> Strings:
    """Write plates of the country's form, with letters or places that it does not give out as far as we know."""
    size = sum(pattern_sizes(pack.plates))
    return written_unlike(draw, lambda source, _: filled(pack.plates, source.take(size)))
