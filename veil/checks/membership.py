"""Membership: can an attacker who has the synthetic table tell who was in the training data?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.checks.base import CheckInput, not_run
from veil.checks.distance import embed, nearest
from veil.checks.intervals import clopper_pearson, hanley_mcneil
from veil.checks.view import shared_views
from veil.model import CheckResult
from veil.rng import generator

if TYPE_CHECKING:
    from veil.checks.view import Floats

MIN_ROWS = 50
FALSE_POSITIVES = 0.01


@dataclass(frozen=True)
class MembershipAuc:
    """How well distance to the nearest synthetic row tells train from holdout: area under the ROC curve, 0.5 by chance.

    The distance is divided by the distance to the nearest other real row, of whichever side: an attacker who knows the
    population does not mistake a person in a crowd for a member. Equally many rows of each side are asked,
    at most `max_queries`, each against all synthetic and all real rows.

    `membership_tpr` is the share of members found at 1 % false alarms (chance: 0.01): a few people fully exposed are worse than
    many a little, and the area hardly sees them.

    Source: calibrated distance attacks, e.g. DOMIAS, van Breugel et al. 2023, arXiv 2302.12580; rates at low false alarms,
    Carlini et al. 2022, arXiv 2112.03570.
    """

    name: ClassVar[str] = "membership_auc"
    measures: ClassVar[tuple[str, ...]] = ("membership_auc", "membership_tpr")

    max_queries: int = 5_000

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return the area and the rate, both better when lower."""
        if not tables.columns or min(len(tables.train), len(tables.holdout), len(tables.synthetic)) < MIN_ROWS:
            reason = f"needs a column and {MIN_ROWS} rows in each table"
            return tuple(not_run(name, "privacy", tables, reason, better="lower") for name in self.measures)
        raw, density = self._distances(tables)
        calibrated = [-(distance / (near + _small(density))) for distance, near in zip(raw, density, strict=True)]
        area, plain = auc(calibrated[0], calibrated[1]), auc(-raw[0], -raw[1])
        n = len(raw[0])
        names = tuple(column.name for column in tables.columns)
        found, false_alarms = rates_at(calibrated[0], calibrated[1], FALSE_POSITIVES, generator(tables.seed, self.name, "ties"))
        detail = f"{n} rows of each side; not calibrated: {plain:.4f}; found at 1 % false alarms: {found / n:.4f}"
        return (
            CheckResult("membership_auc", "privacy", tables.table, names, area, *hanley_mcneil(area, n, n), "lower", detail=detail, n=n),
            CheckResult("membership_tpr", "privacy", tables.table, names, found / n, *clopper_pearson(found, n), "lower",
                        detail=f"members found at {false_alarms / n:.4f} false alarms", n=n),
        )

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


def _small(distances: list[Floats]) -> float:
    return max(0.1 * float(np.median(np.concatenate(distances))), 1e-6)


def auc(members: Floats, others: Floats) -> float:
    """Return the probability that a member scores higher than another, ties counted half (Mann-Whitney)."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([members, others]))[: len(members)]
    return float((ranks.sum() - len(members) * (len(members) + 1) / 2) / (len(members) * len(others)))


def rates_at(members: Floats, others: Floats, false_positives: float, rng: np.random.Generator) -> tuple[int, int]:
    """Return members found and others falsely accused at the strictest threshold that accuses `false_positives` of the others.

    Equal scores are told apart at random.
    """
    scores = np.concatenate([members, others])
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[np.lexsort((rng.random(len(scores)), scores))] = np.arange(len(scores))
    others_ranked = np.sort(ranks[len(members) :])[::-1]
    accused = max(1, int(false_positives * len(others)))
    return int((ranks[: len(members)] >= others_ranked[accused - 1]).sum()), accused
