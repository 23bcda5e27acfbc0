"""Gates: what a stage must have met before the next one may start, evaluated by Great Expectations.

Column demands are expectations on the stage's table. Joint checks (k, risk, fidelity) are computed elsewhere and asserted here on
a metrics frame of one row with one column per check: a check that is missing is a missing column, which fails; a check that did
not run is a null, which fails too. (In a frame of one row per check, an absent row would let its expectation pass.)

Results can hold cells, so only a whitelist of numbers leaves this module, and Data Docs stay off.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from veil.model import Expectation, GateResult

if TYPE_CHECKING:
    import pandas as pd

RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Demand:
    """One figure and the bounds it must keep. `observed` None means that it was not measured, and that fails."""

    name: str
    observed: float | None
    at_least: float | None = None
    at_most: float | None = None
    reason: str = ""

    @property
    def bounds(self) -> str:
        """The bounds in words."""
        if self.at_least is not None and self.at_least == self.at_most:
            return f"= {self.at_least:g}"
        parts = [f">= {self.at_least:g}"] if self.at_least is not None else []
        parts += [f"<= {self.at_most:g}"] if self.at_most is not None else []
        return " and ".join(parts) or "measured"


@dataclass(frozen=True)
class TableDemand:
    """An expectation on a table itself, by its Great Expectations name, for instance `expect_table_row_count_to_equal`.

    `table` is the key of the frames among those given to `evaluate`; it must hold for each of them.
    """

    name: str
    table: str
    expectation: str
    arguments: Mapping[str, Any] = field(repr=False)
    demanded: str = ""


def evaluate(
    stage: str,
    demands: Sequence[Demand],
    *,
    table_demands: Sequence[TableDemand] = (),
    tables: Mapping[str, Iterable[pd.DataFrame]] | None = None,
) -> GateResult:
    """Evaluate one gate.

    Parameters
    ----------
    stage : the stage that just ended.
    demands : figures and bounds; names must differ.
    table_demands : expectations on the stage's tables.
    tables : those tables, by the name that the table demands use, partition by partition: one is in memory at a time.

    Returns
    -------
    GateResult : passed only if every demand was measured and met, and there was at least one.
    """
    outcomes: list[Expectation] = []
    if demands:
        outcomes += _assert_metrics(stage, demands)
    for name, frames in (tables or {}).items():
        chosen = [demand for demand in table_demands if demand.table == name]
        outcomes += _assert_table(stage, chosen, frames) if chosen else []
    if len(outcomes) != len(demands) + len(table_demands):
        raise ValueError(f"{stage} gate: a table demand without its table")
    return GateResult(stage, bool(outcomes) and all(outcome.passed for outcome in outcomes), tuple(outcomes))


def _assert_metrics(stage: str, demands: Sequence[Demand]) -> list[Expectation]:
    import pandas as pd

    if len({demand.name for demand in demands}) != len(demands):
        raise ValueError(f"{stage} gate: two demands of one name")
    frame = pd.DataFrame({demand.name: [demand.observed] for demand in demands}).astype("float64")
    configurations: list[tuple[str, dict[str, Any], str]] = []
    for demand in demands:
        configurations.append(("expect_column_values_to_not_be_null", {"column": demand.name}, demand.name))
        if demand.at_least is not None or demand.at_most is not None:
            between = {"column": demand.name, "min_value": demand.at_least, "max_value": demand.at_most}
            configurations.append(("expect_column_values_to_be_between", between, demand.name))
    passed = _validate(f"{stage}-metrics", frame, configurations)
    return [
        Expectation(
            name=demand.name,
            passed=all(success for name, success in passed if name == demand.name),
            demanded=demand.bounds,
            observed=demand.observed,
            reason=demand.reason if demand.observed is not None else (demand.reason or "was not measured"),
        )
        for demand in demands
    ]


def _assert_table(stage: str, demands: Sequence[TableDemand], frames: Iterable[pd.DataFrame]) -> list[Expectation]:
    configurations = [(demand.expectation, dict(demand.arguments), demand.name) for demand in demands]
    passed = [dict(_validate(f"{stage}-table", frame, configurations)) for frame in frames]
    # A result that is missing is a demand that was not met, and so is one without a frame.
    met = {demand.name: bool(passed) and all(outcome.get(demand.name, False) for outcome in passed) for demand in demands}
    return [Expectation(demand.name, met[demand.name], demand.demanded, None) for demand in demands]


def _validate(
    name: str, frame: pd.DataFrame, configurations: Sequence[tuple[str, dict[str, Any], str]]
) -> list[tuple[str, bool]]:
    """Return each configuration's name and success; an expectation that cannot be evaluated counts as failed."""
    from great_expectations import ExpectationSuite, ValidationDefinition
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context, source = _context()
    asset = source.add_dataframe_asset(name)
    definition = asset.add_batch_definition_whole_dataframe("whole")
    suite = ExpectationSuite(name=name)
    for order, (kind, arguments, label) in enumerate(configurations):
        meta = {"name": label, "order": order}
        suite.add_expectation_configuration(ExpectationConfiguration(type=kind, kwargs=arguments, meta=meta))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            validation = ValidationDefinition(name=name, data=definition, suite=context.suites.add(suite))
            result = context.validation_definitions.add(validation).run(
                batch_parameters={"dataframe": frame}, result_format=RESULT_FORMAT
            )
            return [(outcome.expectation_config.meta["name"], bool(outcome.success)) for outcome in result.results]
        finally:
            context.validation_definitions.delete(name)
            context.suites.delete(name)
            source.delete_asset(name)


@cache
def _context() -> tuple[Any, Any]:
    """Return one ephemeral context per process: each makes a temporary folder of its own."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    for name in ("great_expectations", "great_expectations.data_context.types.base"):  # the second sets a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context, context.data_sources.add_pandas("veil")
