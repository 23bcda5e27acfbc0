"""Membership: can an attacker who has the synthetic table tell who was in the training data?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.checks.base import CheckInput, Family, not_run
from veil.checks.distance import embed, nearest
from veil.checks.intervals import Interval, clopper_pearson, hanley_mcneil
from veil.checks.view import shared_views
from veil.errors import few
from veil.model import CheckResult
from veil.rng import generator

if TYPE_CHECKING:
    from veil.checks.view import Codes, Floats

MIN_ROWS = 50
FALSE_POSITIVES = 0.01
N_BOOTSTRAPS = 200


@dataclass(frozen=True)
class MembershipAuc:
    """How well distance to the nearest synthetic row tells train from holdout: area under the ROC curve, 0.5 by chance.

    Two attacks, and the stronger one counts, for each result on its own: the plain distance; and the distance over that to the
    nearest other real row, of whichever side, with which an attacker who knows the population does not mistake a
    person in a crowd for a member. Equally many rows of each side are asked, at most `max_queries`, each against
    all synthetic and all real rows.

    `membership_tpr` is the share of members found at 1 % false alarms (chance: 0.01): a few people fully exposed are
    worse than many a little, and the area hardly sees them.

    Source: calibrated distance attacks, e.g. DOMIAS, van Breugel et al. 2023, arXiv 2302.12580; rates at low false alarms,
    Carlini et al. 2022, arXiv 2112.03570; the strongest of several attacks, Synth-MIA, arXiv 2509.18014.
    """

    name: ClassVar[str] = "membership_auc"
    family: ClassVar[Family] = "privacy"
    measures: ClassVar[tuple[str, ...]] = ("membership_auc", "membership_tpr")

    max_queries: int = 5_000

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return the area and the rate, both better when lower."""
        if not tables.columns or min(len(tables.train), len(tables.holdout), len(tables.synthetic)) < MIN_ROWS:
            reason = f"needs a column and {MIN_ROWS} rows in each table"
            return tuple(not_run(name, "privacy", tables, reason, better="lower") for name in self.measures)
        raw, density = self._distances(tables)
        attacks = {
            "distance": (-raw[0], -raw[1]),
            "distance by density": tuple(-far / (near + _small(density)) for far, near in zip(raw, density, strict=True)),
        }
        return self._area(tables, attacks), self._rate(tables, attacks)

    def _area(self, tables: CheckInput, attacks: Mapping[str, tuple[Floats, ...]]) -> CheckResult:
        areas = {attack: auc(members, others) for attack, (members, others) in attacks.items()}
        best = max(areas, key=lambda attack: areas[attack])
        n = len(attacks[best][0])
        detail = f"{n} rows of each side; " + ", ".join(f"{attack}: {area:.4f}" for attack, area in areas.items())
        return CheckResult("membership_auc", "privacy", tables.table, _names(tables), areas[best],
                           *hanley_mcneil(areas[best], n, n), "lower", detail=detail, n=n)

    def _rate(self, tables: CheckInput, attacks: Mapping[str, tuple[Floats, ...]]) -> CheckResult:
        rng = generator(tables.seed, self.name, "rate")
        ranks = {attack: untied(members, others, rng) for attack, (members, others) in attacks.items()}
        found = {attack: found_at(members, others, FALSE_POSITIVES) for attack, (members, others) in ranks.items()}
        best = max(found, key=lambda attack: found[attack])
        members, others = ranks[best]
        counts = ", ".join(f"{attack}: {few(count)} found" for attack, count in found.items())
        return CheckResult("membership_tpr", "privacy", tables.table, _names(tables), found[best] / len(members),
                           *rate_interval(members, others, FALSE_POSITIVES, rng), "lower",
                           detail=f"at {FALSE_POSITIVES:.0%} false alarms; {counts}", n=len(members))

    def _distances(self, tables: CheckInput) -> tuple[list[Floats], list[Floats]]:
        views = shared_views(tables.columns, tables.train, tables.holdout, tables.synthetic)
        train, holdout, synthetic = embed(views, 2, tables.seed)
        real = np.concatenate([train, holdout])
        n = min(len(train), len(holdout), self.max_queries)
        rng = generator(tables.seed, self.name)
        asked = [rng.permutation(len(train))[:n], len(train) + rng.permutation(len(holdout))[:n]]
        to_synthetic = [nearest(real[rows], synthetic)[0] for rows in asked]
        to_real = [nearest(real[rows], real, own=rows)[0] for rows in asked]
        return to_synthetic, to_real


def _names(tables: CheckInput) -> tuple[str, ...]:
    return tuple(column.name for column in tables.columns)


def _small(distances: list[Floats]) -> float:
    return max(0.1 * float(np.median(np.concatenate(distances))), 1e-6)


def auc(members: Floats, others: Floats) -> float:
    """Return the probability that a member scores higher than another, ties counted half (Mann-Whitney)."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([members, others]))[: len(members)]
    return float((ranks.sum() - len(members) * (len(members) + 1) / 2) / (len(members) * len(others)))


def untied(members: Floats, others: Floats, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """Return ranks from 0 in the order of the scores, equal scores in random order."""
    scores = np.concatenate([members, others])
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[np.lexsort((rng.random(len(scores)), scores))] = np.arange(len(scores))
    return ranks[: len(members)], ranks[len(members) :]


def found_at(members: Codes, others: Codes, false_positives: float) -> int:
    """Return members found at the strictest threshold that accuses a share of `false_positives` of the others, one at least."""
    accused = max(1, int(false_positives * len(others)))
    return int((members >= np.partition(others, -accused)[-accused]).sum())


def rate_interval(members: Codes, others: Codes, false_positives: float, rng: np.random.Generator) -> Interval:
    """Return the interval of the rate of members found: bootstrap of both sides, and never inside the exact binomial one.

    The threshold is estimated from few others, so the binomial interval alone is too narrow (measured: by 30 %).
    """
    n = len(members)
    rates = [found_at(rng.choice(members, n), rng.choice(others, len(others)), false_positives) / n for _ in range(N_BOOTSTRAPS)]
    exact = clopper_pearson(found_at(members, others, false_positives), n)
    low, high = np.quantile(rates, [0.025, 0.975])
    return min(exact[0], float(low)), max(exact[1], float(high))
