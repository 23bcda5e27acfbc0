"""Differentially private marginals on a network with one hidden state; the only synthesizer here with a proof about each person.

What may be told is bounded by (epsilon, delta) for two tables that differ in one unit, a row or a data subject, that is
added to or taken from the rest. Everything that depends on the rows is noisy and in the ledger: how many there are, which
levels a column has, where its numbers lie, and counts of pairs of columns. Names, types and formats of columns, the declared
domain, the target and all parameters are taken as public. The noise comes from a secure source and from no seed, so two runs
with the same seed learn different models; one model, saved or not, samples the same bytes for the same seed.

The claim is about the model and what is sampled from it. It is not about a refusal (`SynthesisFailed` tells of a cell
outside the declared domain), nor about other parts of a release that look at rows: transformed tables, checks against a
holdout, identifiers.

Sources: Canonne, Kamath and Steinke 2020 (arXiv 2004.00010) for noise and accounting; McKenna et al. 2021 (arXiv 2108.04978)
and 2022 (arXiv 2201.12677) for selecting, measuring and generating; Aydore et al. 2021 (arXiv 2103.06641) for fitting a
relaxed table.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.private.accounting import delta_of, epsilon_of, rho_of
from veil.synthesizers.private.contributions import counted_rows
from veil.synthesizers.private.domain import Declared, read_domain, require_within
from veil.synthesizers.private.learning import (
    TARGET_BINS,
    LearntColumn,
    learn_levels,
    learn_numbers,
    learnt_as_numbers,
    n_questions,
)
from veil.synthesizers.private.ledger import Account, shares, whole
from veil.synthesizers.private.marginals import Rows, measure
from veil.synthesizers.private.mechanisms import Mechanisms
from veil.synthesizers.private.model import PrivateModel
from veil.synthesizers.private.network import STEPS_PER_EPOCH, fit
from veil.synthesizers.private.noise import Noise, SecureNoise

if TYPE_CHECKING:
    import pandas as pd

    from veil.synthesizers.base import Progress

ROWS_SHARE, COLUMNS_SHARE = 0.01, 0.24
"""Of the budget: for how many rows there are, and for the columns one by one. The rest goes to pairs of columns."""

LEVELS_DELTA_SHARE = 0.25
"""Of delta, where a column's levels are not declared: for telling which there are."""

MIN_ROWS_IN_NOISE = 10.0
"""A table is learnt if it has so many times the rows that the noise of a column's counts is large."""


@dataclass(frozen=True)
class DpNetwork:
    """Parameters of `dp_network`.

    Attributes
    ----------
    epsilon, delta : the claim; delta must be below one over the number of rows.
    unit : what one neighbor has more than the other: a record, or all the records of a data subject.
    rows_per_subject : with unit `subject`, at most so many rows of each are counted, chosen by the seed.
    subjects : with unit `subject`, whose row it is, per row; in no manifest.
    target : the column that models are to predict, public knowledge; others are then counted by its levels.
    domain : per column a list of levels, `{levels, other}` or `{low, high, outside: refuse | clip}`; what is not declared
        is learnt privately, and paid for.
    states, starts : hidden states of a network, and how many networks are fitted from random starts and averaged.
    steps : of fitting each, at most.
    noise : where noise comes from; only audits of a broken mechanism give another one.
    """

    name: ClassVar[str] = "dp_network"
    conditions: ClassVar[HowMet] = "exact"

    epsilon: float = 1.0
    delta: float = 1e-5
    unit: Literal["record", "subject"] = "record"
    rows_per_subject: int = 1
    subjects: Sequence[Any] | None = field(default=None, repr=False, compare=False)
    target: str | None = None
    domain: Mapping[str, Any] = field(default_factory=dict, repr=False)
    states: int = 128
    starts: int = 4
    steps: int = 300
    noise: Noise = field(default_factory=SecureNoise, repr=False, compare=False)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest; of the declared domain only which columns have one."""
        hidden = {"subjects", "noise", "domain"}
        told = {each.name: getattr(self, each.name) for each in dataclasses.fields(self) if each.name not in hidden}
        return {**told, "declared": sorted(self.domain)}

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> PrivateModel:
        """Learn a table of strings and None. Noise is not seeded; `seed` chooses contributions and starts the fitting.

        Raises
        ------
        SynthesisFailed : parameters that make no claim, a cell outside its declared domain, or a budget too small for this table;
            says what would be enough.
        """
        if isinstance(self.noise, SecureNoise) and importlib.util.find_spec("opendp") is None:
            raise SynthesisFailed("dp_network takes its noise from OpenDP, which is not installed: pip install 'veil-data[dp]'")
        declared = self._checked(table, columns)
        if self.unit == "subject":
            assert self.subjects is not None
            table = table.iloc[counted_rows(np.asarray(self.subjects, dtype=object), self.rows_per_subject, seed)]
        mechanisms, delta = self._mechanisms(columns, declared)
        n_rows = self._rows(len(table), columns, declared, mechanisms)
        learnt = self._columns(table, columns, declared, mechanisms, delta, n_rows)
        names = tuple(column.name for column in columns)
        target = names.index(self.target) if self.target is not None and len(columns) > 1 else None
        bins = tuple(own.cells.encode(table[own.cells.column.name]) for own in learnt)
        rows = Rows(bins, tuple(own.cells.n_bins for own in learnt), names, target)
        marginals = measure(rows, learnt, mechanisms, n_rows)
        history: list[Epoch] = []

        def told(miss: float) -> None:
            history.append(Epoch(len(history) + 1, {"misfit": miss}))
            progress(history[-1], self.starts * math.ceil(self.steps / STEPS_PER_EPOCH))

        rng = generator(seed, "fit")
        size = {"n_states": self.states, "starts": self.starts, "steps": self.steps}
        network = fit(learnt, marginals, target, n_rows, **size, rng=rng, told=told)
        return PrivateModel(tuple(own.cells for own in learnt), network, self._claim(mechanisms, n_rows), tuple(history))

    def _checked(self, table: pd.DataFrame, columns: tuple[Column, ...]) -> dict[str, Declared]:
        """Refuse what can be refused before any noise is drawn, and return the declared domains."""
        absent = [column.name for column in columns if column.name not in table.columns]
        if absent:
            raise UnknownColumn(f"column `{absent[0]}` is to be learnt but the table does not have it")
        names = {column.name for column in columns}
        if not columns or len(names) < len(columns):
            raise SynthesisFailed(f"dp_network: {len(columns)} columns to learn; give at least one, and each once")
        if self.target is not None and self.target not in names:
            raise SynthesisFailed(f"dp_network: the target `{self.target}` is not learnt; name one of the learnt columns")
        self._check_numbers(len(table))
        declared = read_domain(self.domain, columns)
        for column in columns:
            own = declared.get(column.name)
            require_within(table[column.name], column, own, learnt_as_numbers(column, own))
        return declared

    def _check_numbers(self, n_rows: int) -> None:
        if not (math.isfinite(self.epsilon) and self.epsilon > 0):
            raise SynthesisFailed("dp_network: epsilon must be above 0 and finite; 1 is usual")
        if not 0 < self.delta < 1:
            raise SynthesisFailed("dp_network: delta must be between 0 and 1, below one over the number of rows; 1e-5 is usual")
        if self.unit not in ("record", "subject"):
            raise SynthesisFailed("dp_network: unit is `record` or `subject`")
        if min(self.states, self.starts, self.steps, self.rows_per_subject) < 1:
            raise SynthesisFailed("dp_network: states, starts, steps and rows_per_subject must be at least 1")
        if self.unit == "record" and (self.rows_per_subject != 1 or self.subjects is not None):
            raise SynthesisFailed("dp_network: rows_per_subject and subjects are for unit `subject`")
        if self.unit == "subject" and (self.subjects is None or len(self.subjects) != n_rows):
            raise SynthesisFailed("dp_network: unit `subject` needs to know whose each row is; name the table's subject")

    def _mechanisms(self, columns: Sequence[Column], declared: Mapping[str, Declared]) -> tuple[Mechanisms, float]:
        """Return the account, open, and the delta for the levels of each column that is not declared."""
        undeclared = [each for each in columns if each.name not in declared and not learnt_as_numbers(each, None)]
        for_levels = self.delta * LEVELS_DELTA_SHARE if undeclared else 0.0
        rho = rho_of(self.epsilon, self.delta - for_levels)
        each = for_levels / len(undeclared) if undeclared else 0.0
        return Mechanisms(Account(rho, for_levels), self.noise, rows_per_unit=self._rows_per_unit), each

    @property
    def _rows_per_unit(self) -> int:
        return self.rows_per_subject if self.unit == "subject" else 1

    def _rows(self, n_rows: int, columns: Sequence[Column], declared: Mapping[str, Declared], mechanisms: Mechanisms) -> float:
        """Return about how many rows there are; refuse a table that such a budget tells nothing of."""
        account = mechanisms.account
        told, _ = mechanisms.counts("rows", (), np.zeros(n_rows, dtype=np.int64), 1, rho=account.rho * ROWS_SHARE)
        found = float(told[0])
        n = sum(n_questions(column, declared.get(column.name)) for column in columns)
        least = MIN_ROWS_IN_NOISE * mechanisms.scale(account.rho * COLUMNS_SHARE / n)
        if found < least:
            way = f"{self._enough(found, least, account)}, learn fewer columns, or add rows"
            raise SynthesisFailed(f"dp_network: epsilon {self.epsilon:g} and {n} questions need about {math.ceil(least)} rows; "
                                  f"there are {self._about(found)}; {way}")  # fmt: skip
        if self.delta >= 1 / found:
            raise SynthesisFailed(f"dp_network: delta {self.delta:g} is not below one over the rows, of which there are "
                                  f"{self._about(found)}; take a smaller one")  # fmt: skip
        return found

    def _about(self, found: float) -> str:
        return f"about {found:.0f}" if found >= 10 else "about 10 or fewer"

    def _enough(self, found: float, least: float, account: Account) -> str:
        if found < 1:
            return "give a table that has rows"
        enough = epsilon_of(account.rho * (least / found) ** 2, self.delta - account.delta)
        return f"epsilon {enough * 1.1:.2g} would be enough for these rows"

    def _columns(
        self, table: pd.DataFrame, columns: Sequence[Column], declared: Mapping[str, Declared], mechanisms: Mechanisms,
        delta: float, n_rows: float,
    ) -> list[LearntColumn]:  # fmt: skip
        numbers = [learnt_as_numbers(column, declared.get(column.name)) for column in columns]
        asked = [n_questions(column, declared.get(column.name)) for column in columns]
        costs = iter(shares(whole(mechanisms.account.rho * COLUMNS_SHARE), [1.0] * sum(asked)))
        learnt = []
        for column, by_number, n in zip(columns, numbers, asked, strict=True):
            own, rhos = declared.get(column.name), [next(costs) for _ in range(n)]
            cells = table[column.name]
            bins = {"max_bins": TARGET_BINS} if column.name == self.target else {}
            if by_number:
                learnt.append(learn_numbers(cells, column, own, mechanisms, rhos=rhos, n_rows=n_rows, **bins))
            else:
                told = learn_levels(cells, column, own, mechanisms, rho=rhos[0], delta=0 if own else delta, n_rows=n_rows, **bins)
                learnt.append(told)
        return learnt

    def _claim(self, mechanisms: Mechanisms, n_rows: float) -> Mapping[str, Any]:
        account = mechanisms.account
        who = "record" if self.unit == "record" else f"data subject, of whom at most {self.rows_per_subject} records are counted"
        return {
            **self.parameters,
            "neighbors": f"add or remove one {who}",
            "rows_about": n_rows,
            "accounting": {
                "rho": account.rho,
                "spent": account.spent,
                "delta_levels": account.delta,
                "delta_conversion": delta_of(account.spent, self.epsilon),
                "conversion": "zCDP to (epsilon, delta), Canonne, Kamath and Steinke 2020, proposition 12",
            },
            "ledger": account.to_json(),
        }
