"""Seeded generators: one per step, derived from the run's seed and the step's name, so that no step disturbs another.

Seeds are for samples, splits, attacks and training. Keys and differential-privacy noise never come from here.
"""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the generator of one step of a run.

    Parameters
    ----------
    seed : the run's seed, any integer.
    names : the path of the step, for instance `"synthesize", "customers"`; another path gives an independent stream.
    """
    return np.random.default_rng(integer(seed, *names))


def integer(seed: int, *names: str) -> int:
    """Return a 63-bit seed for a library that wants an integer, derived like `generator`."""
    material = "\x1f".join([str(seed), *names]).encode()
    return int.from_bytes(hashlib.sha256(material).digest()[:8], "big") >> 1
