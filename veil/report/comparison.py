"""What compares a synthetic table with its original: columns, pairs of columns, training and models, drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from veil.model import Association, Comparison, Epoch, ModelScore
from veil.report import numbers, svg, words
from veil.report.content import ReportContent

MAX_DRAWN = 120
MAX_MAPPED = 60
MAX_PAIRS = 5


@dataclass(frozen=True)
class Panel:
    """One column's two distributions."""

    comparison: Comparison
    drawing: Markup


@dataclass(frozen=True)
class Pair:
    """Two columns and how strongly they hang together in both tables."""

    first: str
    second: str
    original: float
    synthetic: float

    @property
    def difference(self) -> float:
        """Synthetic minus original."""
        return self.synthetic - self.original


@dataclass(frozen=True)
class Maps:
    """Association of the columns in the original, in the synthetic table, and the difference."""

    columns: tuple[str, ...]
    left_out: int
    original: Markup
    synthetic: Markup
    difference: Markup
    furthest: tuple[Pair, ...]


@dataclass(frozen=True)
class FidelityTable:
    """Everything that compares one synthetic table with its original, column by column."""

    table: str
    panels: tuple[Panel, ...]
    scores_only: tuple[Comparison, ...]
    maps: Maps | None


@dataclass(frozen=True)
class Losses:
    """The training of one table."""

    table: str
    names: tuple[str, ...]
    n_epochs: int
    last: tuple[tuple[str, float], ...]
    drawing: Markup


@dataclass(frozen=True)
class ModelRow:
    """One model trained twice, with its rank among the others; 1 is best."""

    score: ModelScore
    rank_original: int
    rank_synthetic: int
    drawing: Markup

    @property
    def difference(self) -> float:
        """Synthetic minus original."""
        return self.score.trained_on_synthetic - self.score.trained_on_original


@dataclass(frozen=True)
class UtilityTable:
    """The models of one table and target."""

    table: str
    target: str
    metric: str
    rows: tuple[ModelRow, ...]

    @property
    def same_best(self) -> bool:
        """Whether both trainings would choose the same model."""
        return any(row.rank_original == row.rank_synthetic == 1 for row in self.rows)

    @property
    def same_order(self) -> bool:
        """Whether both trainings rank all models alike."""
        return all(row.rank_original == row.rank_synthetic for row in self.rows)


def fidelity(content: ReportContent) -> list[FidelityTable]:
    """Return the comparisons and associations by table."""
    if content.checks is None:
        return []
    comparisons, associations = content.checks.comparisons, content.checks.associations
    tables = dict.fromkeys([each.table for each in comparisons] + [each.table for each in associations])
    return [_fidelity_table(comparisons, associations, table) for table in tables]


def training(content: ReportContent) -> list[Losses]:
    """Return the losses by table; a table without a history is left out."""
    return [_losses(table, history) for table, history in content.histories.items() if history]


def utility(content: ReportContent) -> list[UtilityTable]:
    """Return the models by table and target, the best on the original first."""
    scores = content.checks.models if content.checks else ()
    groups: dict[tuple[str, str, str], list[ModelScore]] = {}
    for score in scores:
        groups.setdefault((score.table, score.target, score.metric), []).append(score)
    return [UtilityTable(*group, rows=_model_rows(members)) for group, members in groups.items()]


def _fidelity_table(comparisons: Sequence[Comparison], associations: Sequence[Association], table: str) -> FidelityTable:
    ours = [each for each in comparisons if each.table == table]
    lowest = set(sorted(range(len(ours)), key=lambda index: (ours[index].score, index))[:MAX_DRAWN])
    panels = tuple(_panel(each) for index, each in enumerate(ours) if index in lowest)
    rest = tuple(each for index, each in enumerate(ours) if index not in lowest)
    maps = next((_maps(each) for each in associations if each.table == table and each.columns), None)
    return FidelityTable(table, panels, rest, maps)


def _panel(comparison: Comparison) -> Panel:
    numeric = comparison.kind == "numeric"
    shares = f"shares in {len(comparison.original)} {'bins' if numeric else 'levels by rank'}"
    title = f"{words.visible(comparison.column)}: {shares}, score {numbers.score(comparison.score)}"
    return Panel(comparison, svg.distribution(comparison.original, comparison.synthetic, numeric=numeric, title=title))


def _maps(association: Association) -> Maps:
    original, synthetic = association.original, association.synthetic
    count = len(association.columns)
    gaps = [[synthetic[row][column] - original[row][column] for column in range(count)] for row in range(count)]
    mapped = _most_changed(gaps)
    furthest = sorted(_pairs(association), key=lambda pair: (-abs(pair.difference), pair.first, pair.second))[:MAX_PAIRS]
    return Maps(
        columns=tuple(association.columns[index] for index in mapped),
        left_out=count - len(mapped),
        original=_map(original, mapped, "association", "in the original"),
        synthetic=_map(synthetic, mapped, "association", "in the synthetic table"),
        difference=_map(gaps, mapped, "difference", "synthetic minus original"),
        furthest=tuple(furthest),
    )


def _map(matrix: Sequence[Sequence[float]], chosen: Sequence[int], scale: svg.Heat, where: str) -> Markup:
    cells = [[matrix[row][column] for column in chosen] for row in chosen]
    return svg.heat_map(cells, scale=scale, title=f"Association between {len(chosen)} columns, {where}")


def _most_changed(gaps: Sequence[Sequence[float]]) -> list[int]:
    """Return the columns to draw, in order: all of them, or those that changed most where there are too many."""
    change = [sum(abs(gap) for gap in row if math.isfinite(gap)) for row in gaps]
    return sorted(sorted(range(len(gaps)), key=lambda index: (-change[index], index))[:MAX_MAPPED])


def _pairs(association: Association) -> list[Pair]:
    pairs = [
        Pair(first, second, association.original[row][column], association.synthetic[row][column])
        for row, second in enumerate(association.columns)
        for column, first in enumerate(association.columns[:row])
    ]
    return [pair for pair in pairs if math.isfinite(pair.difference)]


def _losses(table: str, history: tuple[Epoch, ...]) -> Losses:
    names = tuple(sorted({name for epoch in history for name in epoch.losses}))
    series = {name: [epoch.losses.get(name, math.nan) for epoch in history] for name in names}
    last = tuple((name, series[name][-1]) for name in names)
    told = ", ".join(f"{name} {value:.2f}" for name, value in last)
    title = f"Losses over {len(history)} epochs in {words.visible(table)}; at the end: {told}"
    return Losses(table, names, len(history), last, svg.line_chart(series, first=history[0].epoch, title=title))


def _model_rows(scores: Sequence[ModelScore]) -> tuple[ModelRow, ...]:
    rows = [
        ModelRow(
            score,
            _rank(score.trained_on_original, [each.trained_on_original for each in scores]),
            _rank(score.trained_on_synthetic, [each.trained_on_synthetic for each in scores]),
            svg.bar_pair(score.trained_on_original, score.trained_on_synthetic, title=_model_title(score)),
        )
        for score in scores
    ]
    return tuple(sorted(rows, key=lambda row: (row.rank_original, row.score.model)))


def _model_title(score: ModelScore) -> str:
    original, synthetic = numbers.score(score.trained_on_original), numbers.score(score.trained_on_synthetic)
    return f"{score.model}: {original} trained on the original, {synthetic} trained on the synthetic table"


def _rank(score: float, scores: Iterable[float]) -> int:
    return 1 + sum(other > score for other in scores)
