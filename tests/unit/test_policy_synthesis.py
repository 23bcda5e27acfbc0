"""How the policy says which synthesizer a table has, with which parameters, and what it refuses."""

from __future__ import annotations

import pytest

from veil.errors import PolicyInvalid
from veil.policy import load_policy
from veil.policy.synthesis import METHODS, parameters_of

BASE = "version: 1\ntables:\n  t: {match: {files: 't*.csv'}}\n  u: {match: {files: 'u*.csv'}}\nsynthesize: "


def policy(tmp_path, written):
    path = tmp_path / "policy.yaml"
    path.write_text(BASE + written + "\n", encoding="utf-8")
    return load_policy(path).synthesize


@pytest.mark.parametrize("name", [*sorted(METHODS), "auto", "none"])
def test_every_synthesizer_can_be_named(tmp_path, name):
    assert policy(tmp_path, f"{{synthesizer: {name}}}").method("t") == name


def test_a_table_says_what_differs(tmp_path):
    wanted = policy(tmp_path, "{synthesizer: auto, rows: 50, tables: {u: {synthesizer: none, rows: same}}}")
    assert [wanted.method(table) for table in ("t", "u")] == ["auto", "none"]
    assert [wanted.n_rows(table, 7) for table in ("t", "u")] == [50, 7]


def test_options_reach_the_method_and_the_table_has_the_last_word(tmp_path):
    own = "{u: {options: {circuit: {states: 4, epochs: 2}}}}"
    wanted = policy(tmp_path, f"{{epochs: 9, options: {{circuit: {{states: 8}}}}, tables: {own}}}")
    assert wanted.parameters("t", "circuit") == {"epochs": 9, "states": 8}
    assert wanted.parameters("u", "circuit") == {"epochs": 2, "states": 4}
    assert wanted.parameters("u", "ctgan") == {"epochs": 9}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{options: {circuit: {state: 8}}}", "`circuit` has no parameter `state`; did you mean `states`?"),
        ("{options: {circuit: {states: many}}}", "`circuit.states` is to be a whole number"),
        ("{options: {circuit: {states: true}}}", "`circuit.states` is to be a whole number"),
        ("{options: {circuit: {focus: 3}}}", "`circuit.focus` is to be a word or null"),
        ("{synthesizer: auto, candidates: [circuit, circuit]}", "`circuit` is a candidate twice"),
        ("{synthesizer: auto, candidates: []}", "candidates"),
        ("{tables: {u: {options: {circuit: {states: 1.5}}}}}", "`circuit.states` is to be a whole number"),
        ("{synthesizer: circit}", "unknown synthesizer `circit`; did you mean `circuit`?"),
        ("{candidates: [circuit, none]}", "unknown synthesizer `none`"),
        ("{candidates: [circuit, sequence]}", "unknown synthesizer `sequence`"),
        ("{tables: {u: {row: 3}}}", "rows"),
        ("{rows: 0}", "rows"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, written, told):
    with pytest.raises(PolicyInvalid) as caught:
        policy(tmp_path, written)
    assert told in str(caught.value)
    assert "line 5" in str(caught.value)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_parameter_has_a_type_that_a_policy_can_write(method):
    assert parameters_of(method)
