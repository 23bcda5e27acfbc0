"""What each gate demands: known checks only, each with a threshold and a default that holds rather than lets pass."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema

Operator = Literal[">=", "<="]

_COMPARE: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}
_WRITTEN = re.compile(r"\s*(>=|<=)\s*([0-9]+(?:\.[0-9]+)?)\s*")


@dataclass(frozen=True)
class Threshold:
    """A demand on one figure, such as `>= 0.85`. A figure equal to the value holds."""

    op: Operator
    value: float

    def holds(self, figure: float | None) -> bool:
        """Return whether the figure meets the demand; a figure that is missing or not a number never does."""
        return figure is not None and _COMPARE[self.op](figure, self.value)

    def __str__(self) -> str:
        plain = f"{Decimal(repr(self.value)):f}"
        return f"{self.op} {plain.rstrip('0').rstrip('.') if '.' in plain else plain}"


def _threshold(op: Operator, *, may_be_off: bool = False, whole: bool = False) -> tuple[Any, ...]:
    """Return the field type of a demand whose good direction is `op`; a bare number means that direction."""

    def parse(value: Any) -> Threshold | None:
        if may_be_off and (value is None or value == "off"):
            return None
        threshold = value if isinstance(value, Threshold) else _read(value, op, example="8" if whole else "0.85")
        if threshold.value > 1 and not whole:
            raise ValueError("this is a share, between 0 and 1")
        return threshold

    number = {"type": "number", "minimum": 0} if whole else {"type": "number", "minimum": 0, "maximum": 1}
    text = {"type": "string", "pattern": rf"^\s*{op}\s*[0-9]+(\.[0-9]+)?\s*$"}
    off = [{"const": "off"}] if may_be_off else []
    written = PlainSerializer(lambda threshold: threshold and str(threshold), when_used="json")
    return PlainValidator(parse), written, WithJsonSchema({"anyOf": [number, text, *off]})


def _read(value: Any, op: Operator, *, example: str) -> Threshold:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return Threshold(op, float(value))
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'write a number of at least 0 or a demand such as "{op} {example}"')
    if match[1] != op:
        raise ValueError(f'{"higher" if op == ">=" else "lower"} is better here, so the demand is written "{op} {match[2]}"')
    return Threshold(op, float(match[2]))


MinCount = Annotated[Threshold, *_threshold(">=", whole=True)]
MaxCount = Annotated[Threshold, *_threshold("<=", whole=True)]
MaxShare = Annotated[Threshold, *_threshold("<=")]
MinShare = Annotated[Threshold, *_threshold(">=")]
OptionalMinCount = Annotated[Threshold | None, *_threshold(">=", may_be_off=True, whole=True)]
OptionalMinShare = Annotated[Threshold | None, *_threshold(">=", may_be_off=True)]
OptionalMaxShare = Annotated[Threshold | None, *_threshold("<=", may_be_off=True)]

_NONE = Threshold("<=", 0)
_ALL = Threshold(">=", 1)


class Gate(BaseModel):
    """Base of all gates."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class IngestGate(Gate):
    """After ingest. `min_rows`: rows that each table must have at least."""

    min_rows: MinCount = Threshold(">=", 1)


class ClassifyGate(Gate):
    """After classify.

    `max_unresolved`: columns about which the recognizers could not say anything, for instance because one failed.
    `require_models`: whether a language model that is not installed holds the run; false lowers the report's claim instead.
    `drift`: what happens when a column's content is of another kind than was approved: `refuse` holds the run, `report` only
    says so. `min_confidence`: a column that was found with less, and that nobody approved, goes to review; off by default.
    `singled_out`: share of rows that up to three of the columns that the policy keeps as they are may single out together,
    judged by the bad end of its interval; identifiers and free text are not among these columns; off by default.
    `scan`: `full` demands that every distinct value of the text columns that pass for harmless was read for names of persons;
    `sample` is content with a sample of them, and the findings say what it can miss.
    """

    max_unresolved: MaxCount = _NONE
    require_models: bool = True
    drift: Literal["refuse", "report"] = "refuse"
    min_confidence: OptionalMinShare = None
    singled_out: OptionalMaxShare = None
    scan: Literal["sample", "full"] = "sample"


class PlanGate(Gate):
    """After plan. `max_unresolved`: columns that no line of the policy decides."""

    max_unresolved: MaxCount = _NONE


class TransformGate(Gate):
    """After transform.

    `residual_identifiers`: source identifiers found in any output cell. `row_loss`: rows fewer than before.
    `quarantined`: rows set aside because a cell could not be transformed, where `defaults.on_error` is `quarantine`.
    `referential`: whether every reference must still point to a row. `k`: size of the smallest equivalence class over
    the quasi-identifiers. `unique_share`: share of rows that are alone in their class. `attack_singling_out`: the same with its
    interval. `attack_frequency`: share of rows whose pseudonym an attacker matches to its value who knows how often each occurs.
    `attack_dates`: share of people whom two of their true dates lead to. The last five are off by default, and measured anyway.
    """

    residual_identifiers: MaxCount = _NONE
    row_loss: MaxCount = _NONE
    quarantined: MaxCount = _NONE
    referential: Literal["exact", "off"] = "exact"
    k: OptionalMinCount = None
    unique_share: OptionalMaxShare = None
    attack_singling_out: OptionalMaxShare = None
    attack_frequency: OptionalMaxShare = None
    attack_dates: OptionalMaxShare = None


class SynthesizeGate(Gate):
    """After synthesize, as shares of cells and columns: `validity` of values, types and nulls; `structure` of the table."""

    validity: MinShare = _ALL
    structure: MinShare = _ALL


class CheckGate(Gate):
    """After check, on the synthetic tables; each figure is judged by the bad end of its interval.

    `fidelity`: likeness of columns and pairs. `utility_kept`: holdout score of models trained on the stand-in over that
    of models trained on the original. `correlation_difference`: mean distance of the two correlation matrices.
    `membership_auc`: how well an attacker tells a subject that was learnt from one that was not; 0.5 is guessing.
    `membership_tpr`: share of the learnt subjects whom such an attacker finds while wrongly accusing 1 % of the others.
    `exact_copies`: share of synthetic rows that repeat a training row. `nearest_share`: share of synthetic rows that lie
    nearer to the training rows than to the holdout; 0.5 is fair. `residual_identifiers`: as in the transform gate.
    `k`: as in the transform gate. `retraining_drift`: mean distance of the columns from the stand-in that was released before, if
    there was one. Both are off by default. The first three can be set to `off`: not demanded, still measured.
    """

    fidelity: OptionalMinShare = Threshold(">=", 0.8)
    utility_kept: OptionalMinShare = Threshold(">=", 0.8)
    correlation_difference: OptionalMaxShare = Threshold("<=", 0.15)
    membership_auc: MaxShare = Threshold("<=", 0.6)
    membership_tpr: MaxShare = Threshold("<=", 0.1)
    exact_copies: MaxShare = Threshold("<=", 0.01)
    nearest_share: MaxShare = Threshold("<=", 0.6)
    residual_identifiers: MaxCount = _NONE
    k: OptionalMinCount = None
    retraining_drift: OptionalMaxShare = None


class Gates(Gate):
    """The gates by stage."""

    ingest: IngestGate = Field(default_factory=IngestGate)
    classify: ClassifyGate = Field(default_factory=ClassifyGate)
    plan: PlanGate = Field(default_factory=PlanGate)
    transform: TransformGate = Field(default_factory=TransformGate)
    synthesize: SynthesizeGate = Field(default_factory=SynthesizeGate)
    check: CheckGate = Field(default_factory=CheckGate)
