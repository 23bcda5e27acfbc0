"""An attack on `dp_network`: tell a table from its neighbor that has one row more, by all that was told of it.

The attacker knows both tables, every parameter and every noisy answer, and lacks only which of the two was learnt. That is what
(epsilon, delta) bounds, so an epsilon that the attack proves must not be above the one claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.dp_network import DpNetwork
from veil.synthesizers.private.noise import SecureNoise

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.975
COLUMNS = (Column("city", "category"), Column("buys", "boolean", "no|yes"))
DOMAIN = {"city": ["Bruges", "Ghent", "Mons", "Namur", "Nowhere"], "buys": ["no", "yes"]}


class Recorded(SecureNoise):
    """Writes down the true answers; gives them with no noise, with a share of the noise, or as was told before."""

    def __init__(self, answers: Sequence[Any] | None = None, *, share: float | None = None) -> None:
        self.true: list[Counts] = []
        self.told: list[Any] = []
        self.scales: list[float] = []
        self._answers: Iterator[Any] | None = None if answers is None else iter(answers)
        self._share = share

    def gaussian(self, counts: Counts, scale: float) -> Counts:
        """Return counts, and write them down."""
        drawn = None if self._share is None or self._answers else super().gaussian(counts, scale * self._share)
        return np.asarray(self._noted(counts, scale, counts if drawn is None else drawn))

    def highest(self, scores: Counts, n: int, scale: float) -> list[int]:
        """Return places, and write the scores down."""
        drawn = None if self._share is None or self._answers else super().highest(scores, n, scale * self._share)
        return list(self._noted(scores, scale, np.argsort(-scores, kind="stable")[:n].tolist() if drawn is None else drawn))

    def _noted(self, true: Counts, scale: float, answer: Any) -> Any:
        self.true.append(true)
        self.scales.append(scale)
        self.told.append(answer if self._answers is None else next(self._answers))
        return self.told[-1]


def neighbors(n: int = 1_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two tables that differ in one row, the only one with its city."""
    import pandas as pd

    rng = np.random.default_rng(1)
    cities, buys = rng.choice(DOMAIN["city"][:-1], n), rng.choice(DOMAIN["buys"], n)
    table = pd.DataFrame({"city": cities, "buys": buys}, dtype=object)
    return table, pd.concat([table, pd.DataFrame([{"city": "Nowhere", "buys": "yes"}])], ignore_index=True)


def evidence(table: pd.DataFrame, neighbor: pd.DataFrame, *, runs: int, share: float, epsilon: float, delta: float) -> Floats:
    """Return, per run on `table`, the logarithm of how much likelier all that was told is from its neighbor than from itself.

    No attack on what was told is better (Neyman and Pearson). What the neighbor's true answers would have been is found by
    telling it the same, so that it is asked the same.
    """
    found = []
    for _ in range(runs):
        noise = Recorded(share=share)
        other = Recorded(noise.told)
        for each, source in ((table, noise), (neighbor, other)):
            method = DpNetwork(epsilon=epsilon, delta=delta, states=2, starts=1, steps=1, domain=DOMAIN, noise=source)
            method.fit(each, COLUMNS, seed=1, progress=lambda *_: None)
        answers = zip(noise.told, noise.true, other.true, noise.scales, strict=True)
        found.append(sum(float(((told - a) ** 2 - (told - b) ** 2).sum()) / (2 * scale**2) for told, a, b, scale in answers))
    return np.array(found)


def measured_epsilon(*, share: float = 1.0, runs: int = 200, epsilon: float = 1.0, delta: float = 1e-5) -> float:
    """Return the largest epsilon that the attack proves with 95 % confidence, below zero if it proves none.

    Parameters
    ----------
    share : of the noise that the ledger says; below one the mechanism is broken, as a control of the attack.
    runs : per table. The attack's threshold is chosen on the first half and judged on the second, with Clopper-Pearson bounds on
        both rates (Jagielski et al. 2020, arXiv 2006.07709).
    """
    from scipy.stats import beta

    table, more = neighbors()
    given: dict[str, Any] = {"runs": runs, "share": share, "epsilon": epsilon, "delta": delta}
    without, with_row = evidence(table, more, **given), -evidence(more, table, **given)
    half = runs // 2

    def least(hits: int) -> float:
        return float(beta.ppf(1 - CONFIDENCE, hits, half - hits + 1)) if hits else 0.0

    def proven(threshold: float, part: slice) -> float:
        """Both ways: the row is claimed to be there, or not to be."""
        hits, alarms = int((with_row[part] > threshold).sum()), int((without[part] > threshold).sum())
        ways = [(hits, alarms), (half - alarms, half - hits)]
        return max(float(np.log(max(least(yes) - delta, 1e-12) / (1 - least(half - no)))) for yes, no in ways)

    candidates = np.quantile(without[:half], np.linspace(0.05, 1, 40)).tolist()
    return proven(max(candidates, key=lambda each: proven(each, slice(0, half))), slice(half, None))
