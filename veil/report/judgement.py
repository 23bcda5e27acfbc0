"""Results beside what the gates demanded of them: a figure, its limit, its verdict, its sentence and its drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from veil.model import CheckResult, Expectation
from veil.report import numbers, svg, words
from veil.report.content import ReportContent
from veil.report.explanations import Explanation

Shape = Literal["pass", "fail", "none"]
NOT_RUN = "not run"
FAMILIES = ("privacy", "fidelity", "utility")


@dataclass(frozen=True)
class Judged:
    """One check result with what was demanded of it. `output` says which output was looked at, if that is in doubt."""

    result: CheckResult
    demanded: str
    shape: Shape
    verdict: str
    output: str = ""

    @property
    def explanation(self) -> Explanation:
        """What the check asks."""
        return words.explain(self.result.check)

    @property
    def sentence(self) -> str:
        """What the check found."""
        missing = self.verdict == NOT_RUN and self.demanded
        return words.tell(self.result) + (" What is not measured does not pass." if missing else "")

    @property
    def figure(self) -> str:
        """The figure alone."""
        return words.figure_of(self.result)

    @property
    def between(self) -> str:
        """The interval alone; empty where there is none."""
        return numbers.interval(self.result.low, self.result.high, words.unit_of(self.result))

    @property
    def limit(self) -> str:
        """The limit in words."""
        return numbers.write_limit(self.demanded, words.unit_of(self.result)) if self.demanded else "no limit set"

    def drawing(self, width: int = 340) -> Markup | None:
        """Draw the figure against its limit; None where a position would tell a small count, or nothing was measured."""
        result, unit = self.result, words.unit_of(self.result)
        if result.status == "not_run" or result.value is None or unit == "people" or words.is_few(result):
            return None
        low = result.value if result.low is None else result.low
        high = result.value if result.high is None else result.high
        if not all(math.isfinite(number) for number in (result.value, low, high)):
            return None
        title = f"{self.explanation.title}: {self.figure}" + (f", 95% interval {self.between}" if self.between else "")
        return svg.interval(
            result.value, low, high,
            limit=numbers.parse_limit(self.demanded), title=f"{title}; limit: {self.limit}", chance=self.explanation.chance,
            percent=unit == "share", width=width,
        )  # fmt: skip


@dataclass(frozen=True)
class KeyFigure:
    """One of the three figures of the banner; `judged` is None where nothing of the family was measured."""

    family: str
    judged: Judged | None
    n_tables: int


def judge(content: ReportContent, *families: str) -> list[Judged]:
    """Put the results of these families beside what was demanded of them, in their order."""
    early = [_judged(result, _lines(content, "transform"), "transformed") for result in content.transformed]
    lines = _lines(content, "synthesize", "check")
    late = [_judged(result, lines, _output(result)) for result in content.results()[len(early) :]]
    return [each for each in (*early, *late) if words.family_of(each.result) in families]


def key_figures(content: ReportContent) -> list[KeyFigure]:
    """Return privacy, fidelity and utility in one figure each: that of the table which does worst."""
    return [_key_figure(family, judge(content, family)) for family in FAMILIES]


def _output(result: CheckResult) -> str:
    """Say which output a result of the check stage is about: groups are counted on the transformed rows, as far as learnt."""
    if words.family_of(result) != "privacy":
        return ""
    return "learnt columns" if result.check in ("k", "unique_share") else "synthetic"


def _lines(content: ReportContent, *stages: str) -> dict[str, Expectation]:
    return {line.name: line for gate in content.gates if gate.stage in stages for line in gate.expectations}


def _judged(result: CheckResult, demands: dict[str, Expectation], output: str = "") -> Judged:
    line = demands.get(f"{result.table}: {result.check}") or demands.get(result.check)
    demanded = result.threshold or (line.demanded if line else "")
    failed = result.status == "fail" or (line is not None and not line.passed)
    if result.status == "not_run" or result.value is None:
        return Judged(result, demanded, "fail" if failed else "none", NOT_RUN, output)
    if failed:
        return Judged(result, demanded, "fail", "not met", output)
    if not demanded:
        return Judged(result, demanded, "none", "for information", output)
    return Judged(result, demanded, "pass", "met", output)


def _key_figure(family: str, judged: list[Judged]) -> KeyFigure:
    """Choose the check that speaks for the family, but never a check that is met where another is not."""
    open_ones = [each for each in judged if each.shape == "fail"] or judged
    ranked = [each for name in words.HEADLINES[family] for each in open_ones if each.result.check == name]
    chosen = ranked or open_ones
    if not chosen:
        return KeyFigure(family, None, 0)
    same = [each for each in judged if each.result.check == chosen[0].result.check]
    return KeyFigure(family, min(same, key=_goodness), len({each.result.table for each in same}))


def _goodness(judged: Judged) -> tuple[int, float]:
    end = judged.result.bad_end
    if end is None:
        return (0, 0.0)
    return ({"fail": 1, "none": 2, "pass": 2}[judged.shape], end if judged.result.better == "higher" else -end)
