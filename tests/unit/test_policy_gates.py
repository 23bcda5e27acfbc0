"""Thresholds: one good direction per check, judged at the boundary; defaults that hold rather than let pass."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.errors import PolicyInvalid
from veil.policy import Gates, Policy, Threshold, load_policy

TABLES = "version: 1\ntables: {t: {match: {files: a.csv}}}\n"


def policy_with(gates: str) -> Policy:
    return load_policy(f"{TABLES}gates: {gates}\n")


@pytest.mark.parametrize(
    ("threshold", "figure", "holds"),
    [
        (Threshold(">=", 0.85), 0.85, True),
        (Threshold(">=", 0.85), 0.8499999, False),
        (Threshold("<=", 0.05), 0.05, True),
        (Threshold("<=", 0.05), 0.0500001, False),
        (Threshold(">=", 11), 11, True),
        (Threshold(">=", 11), 10, False),
        (Threshold("<=", 0), 0, True),
        (Threshold("<=", 1), math.nan, False),
        (Threshold(">=", 0), math.nan, False),
        (Threshold(">=", 0), None, False),
        (Threshold("<=", 1), None, False),
    ],
)
def test_threshold_holds_up_to_its_value_and_never_without_a_figure(
    threshold: Threshold, figure: float | None, holds: bool
) -> None:
    assert threshold.holds(figure) is holds


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_worse_figure_never_turns_held_into_released(value: float, figure: float, worse_by: float) -> None:
    at_least, at_most = Threshold(">=", value), Threshold("<=", value)
    assert at_least.holds(figure) or not at_least.holds(figure - worse_by)
    assert at_most.holds(figure) or not at_most.holds(figure + worse_by)


@pytest.mark.parametrize("written", ["0.9", '">= 0.9"', '">=0.9"', '" >=  0.90 "'])
def test_spellings_of_one_threshold_are_one_policy(written: str) -> None:
    assert policy_with(f"{{check: {{fidelity: {written}}}}}").sha256 == policy_with("{check: {fidelity: 0.9}}").sha256
    assert policy_with(f"{{check: {{fidelity: {written}}}}}").gates.check.fidelity == Threshold(">=", 0.9)


@given(st.floats(0, 1))
def test_a_threshold_is_written_as_it_is_read(value: float) -> None:
    gates = Gates.model_validate_json(f'{{"check": {{"fidelity": {value!r}}}}}')
    assert Gates.model_validate_json(gates.model_dump_json()).check.fidelity == Threshold(">=", value)


@pytest.mark.parametrize("check", ["fidelity", "utility_kept", "correlation_difference", "k"])
def test_likeness_can_be_off(check: str) -> None:
    assert getattr(policy_with(f"{{check: {{{check}: off}}}}").gates.check, check) is None


@pytest.mark.parametrize("check", ["membership_auc", "exact_copies", "nearest_share", "residual_identifiers"])
@pytest.mark.parametrize("off", ["off", "null"])
def test_risk_cannot_be_off(check: str, off: str) -> None:
    with pytest.raises(PolicyInvalid, match=f"gates.check.{check}: write a number"):
        policy_with(f"{{check: {{{check}: {off}}}}}")


@pytest.mark.parametrize(
    ("gates", "words"),
    [
        ("{check: {membership_auc: '>= 0.5'}}", 'lower is better here, so the demand is written "<= 0.5"'),
        ("{check: {fidelity: '<= 0.5'}}", 'higher is better here, so the demand is written ">= 0.5"'),
        ("{check: {fidelity: 85}}", "this is a share, between 0 and 1"),
        ("{check: {fidelity: '>= 85'}}", "this is a share, between 0 and 1"),
        ("{check: {fidelity: '> 0.85'}}", "write a number of at least 0"),
        ("{check: {fidelity: '>= 0.8 and <= 0.9'}}", "write a number of at least 0"),
        ("{check: {exact_copies: -1}}", "write a number of at least 0"),
        ("{check: {exact_copies: [0]}}", "write a number of at least 0"),
        ("{plan: {max_unresolved: true}}", "write a number of at least 0"),
        ("{transform: {referential: exakt}}", "unknown word `exakt`; did you mean `exact`?"),
        ("{classify: {require_models: 1}}", "input should be a valid boolean"),
        ("{release: {approval: on_hold}}", "unknown key `release`"),
    ],
)
def test_a_demand_that_means_nothing_is_refused(gates: str, words: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        policy_with(gates)
    assert "line 3" in str(caught.value)
    assert words in str(caught.value)


def test_without_a_word_the_gates_hold_what_must_hold() -> None:
    gates = load_policy(TABLES).gates
    assert gates.classify.max_unresolved == gates.plan.max_unresolved == Threshold("<=", 0)
    assert gates.transform.residual_identifiers == gates.check.residual_identifiers == Threshold("<=", 0)
    assert gates.transform.row_loss == Threshold("<=", 0)
    assert gates.transform.referential == "exact"
    assert gates.synthesize.validity == gates.synthesize.structure == Threshold(">=", 1)
    assert gates.classify.require_models
    assert {name for name, demand in gates.check if demand is None} == {"k", "retraining_drift"}
