"""The screen: every distinct value of a column is searched for identifiers, in linear time, whatever the column is taken for.

One expression (RE2, which cannot blow up) sorts out the values that hold nothing of the kind; each kind's own expression sorts
the rest. What remains is read by Python with its check digits: all of it up to `MAX_JUDGED` values a kind, evenly spaced ones
beyond, and the count is scaled.

Chance. Among V values with a form, p V pass its check digits by chance. If V is small (fewer than 10, and fewer than half of the
values) every pass counts. Otherwise the K passes count only if so many are no chance: the Chernoff bound exp(-V KL(K/V || p)) is
under 1 in 10,000. A column of random numbers is no column of card numbers; a single card among them cannot be told from it.

Source: Chernoff 1952, doi 10.1214/aoms/1177729330.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from veil.errors import few
from veil.recognizers.values.strays import KINDS, Kind

MAX_JUDGED: Final = 20_000
FEW: Final = 10
UNLIKELY: Final = 1e-4
LONGEST: Final = 20_000
"""Python reads no more of a cell than so many characters; the linear-time expressions read all of it."""

_ANY: Final = "|".join(f"(?:{kind.gate})" for kind in KINDS)


@dataclass(frozen=True)
class Stray:
    """How many distinct values hold an identifier of an entity; `is_exact` is False where the count is scaled up."""

    entity: str
    title: str
    n_holding: int
    n_values: int
    is_exact: bool = True

    @property
    def reason(self) -> str:
        """The count in words, without any cell."""
        about = "" if self.is_exact else "about "
        return f"{about}{_thousands(self.n_holding)} of {_thousands(self.n_values)} distinct values hold {self.title}"


def screen(values: Sequence[str] | pa.Array | pa.ChunkedArray) -> Mapping[str, Stray]:
    """Return what identifiers stand in the values, by entity in the order of `KINDS`; those that none holds are left out.

    Parameters
    ----------
    values : the distinct values of a column, none null. A value counts once, however many identifiers it holds.
    """
    every = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values, pa.large_string())
    hits = every.filter(pc.match_substring_regex(every, _ANY)) if len(every) else every
    found: dict[str, Stray] = {}
    for kind in KINDS if len(hits) else ():
        stray = _stray(kind, hits.filter(pc.match_substring_regex(hits, kind.gate)), len(every))
        if stray.n_holding > getattr(found.get(kind.entity), "n_holding", 0):
            found[kind.entity] = stray
    return found


def _stray(kind: Kind, candidates: pa.Array | pa.ChunkedArray, n_values: int) -> Stray:
    n_judged = min(len(candidates), MAX_JUDGED)
    places = np.arange(n_judged, dtype=np.int64) * len(candidates) // max(n_judged, 1)
    judged = [kind.judge(value[:LONGEST]) for value in candidates.take(pa.array(places)).to_pylist()]
    scale = len(candidates) / n_judged if n_judged else 1.0
    n_formed, n_passing = (sum(each[part] for each in judged) for part in (0, 1))
    counts = (
        n_passing > 0
        and is_no_chance(n_formed, n_passing, n_values, kind.chance)
        and not (kind.minority and n_formed * scale >= n_values / 2)
    )
    return Stray(kind.entity, kind.title, round(n_passing * scale) if counts else 0, n_values, n_judged == len(candidates))


def is_no_chance(n_formed: int, n_passing: int, n_values: int, chance: float) -> bool:
    """Return whether the passes are to be believed.

    Parameters
    ----------
    n_formed, n_passing : values with the form, and those of them that pass its check; at most `n_formed`.
    n_values : all values of the column.
    chance : the share of made-up values of the form that pass; 0 where none does.
    """
    if chance == 0.0 or (n_formed < FEW and n_formed < n_values / 2):
        return n_passing > 0
    share = n_passing / n_formed if n_formed else 0.0
    return share > chance and n_formed * _divergence(share, chance) > -math.log(UNLIKELY)


def _divergence(share: float, chance: float) -> float:
    """Return the Kullback-Leibler divergence of two shares, in nats."""
    others = (1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return share * math.log(share / chance) + others


def _thousands(count: int) -> str:
    return f"{count:,}" if count >= FEW else few(count)
