"""What a word could be by its letters alone: a person's name, a place or an ordinary word. For names that are on no list.

A frozen linear model over groups of one to four letters, taught by `teach` on the lists and word files of this package. It errs
on single words; of a column of words it says how they are mostly spelled.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from veil.recognizers.words.letters import folded

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

KINDS: Final = ("given", "family", "place", "word")
FILE: Final = "spelling.txt"
BUCKETS: Final = 1 << 13
LONGEST_GROUP: Final = 4
LONGEST_WORD: Final = 30


def places_of(word: str) -> list[int]:
    """Return the buckets of a folded word's groups of letters, its ends marked."""
    marked = f"^{word[:LONGEST_WORD]}$"
    groups = {marked[low : low + size] for size in range(1, LONGEST_GROUP + 1) for low in range(len(marked) - size + 1)}
    return sorted(zlib.crc32(group.encode()) % BUCKETS for group in groups)


def spelled(values: Sequence[str]) -> dict[str, float]:
    """Return, for each of `KINDS`, its mean probability over the words of the values.

    Parameters
    ----------
    values : single words; hyphens and spaces part them further. Nothing of them is kept.

    Returns
    -------
    shares : in [0, 1], adding up to 1; empty if there is no word.
    """
    import numpy as np

    words = [word for value in values for word in folded(value).split() if len(word) > 1 and word.isalpha()]
    if not words:
        return {}
    scores = np.stack([_scores(word) for word in words])
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    means = (exponents / exponents.sum(axis=1, keepdims=True)).mean(axis=0)
    return dict(zip(KINDS, map(float, means), strict=True))


def _scores(word: str) -> npt.NDArray[np.float64]:
    weights, biases = _model()
    places = places_of(word)
    scores: npt.NDArray[np.float64] = weights[places].sum(axis=0) / len(places) ** 0.5 + biases
    return scores


@lru_cache(maxsize=1)
def _model() -> tuple[Any, Any]:
    """Return weights, a row per bucket, and biases; read once per process."""
    import numpy as np

    lines = files("veil.recognizers.words").joinpath("taught", FILE).read_text("utf-8").splitlines()
    scale, *biases = map(float, next(line for line in lines if not line.startswith("#")).split())
    packed = base64.b85decode(lines[-1])
    return np.frombuffer(packed, np.int8).reshape(BUCKETS, len(KINDS)) * scale, np.array(biases)
