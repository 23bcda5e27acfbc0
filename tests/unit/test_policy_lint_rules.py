"""Lint of rules: dead and shadowed ones, entities that nobody answers, special categories, and what `keep` would let through."""

import pytest

from veil.policy import lint, load_policy
from veil.policy.actions import When
from veil.policy.coverage import reaches, unanswered
from veil.recognizers.entities import ENTITIES

HEAD = """\
version: 1
keys: {main: {from: ephemeral}}
defaults: {unmatched: %s}
tables:
  t:
    match: {files: "*"}
    rules:
"""
SPECIAL = "HEALTH, RELIGION, POLITICS, UNION_MEMBERSHIP, ETHNICITY, SEXUAL_ORIENTATION, BIOMETRIC, GENETIC, NRP, CRIMINAL_RECORD"
DROP_SPECIAL = f"{{when: {{entity: [{SPECIAL}]}}, do: drop}}"
DROP_PERSONAL = "{when: {role: [direct, quasi, sensitive]}, do: drop}"


def told(*rules: str, unmatched: str = "drop", columns: str = "") -> list[str]:
    text = HEAD % unmatched + "".join(f"      - {rule}\n" for rule in rules)
    text += f"    columns:\n      {columns}\n" if columns else ""
    policy = load_policy(text)
    return [problem.at("p") for problem in lint(policy)]


@pytest.mark.parametrize("unmatched", ["drop", "refuse"])
def test_a_special_category_without_a_rule_is_refused_whatever_becomes_of_the_rest(unmatched: str) -> None:
    problems = told("{when: {role: [direct, quasi]}, do: drop}", "{when: {entity: SALARY}, do: drop}", unmatched=unmatched)
    words = "p, line 7: tables.t.rules: no rule decides `HEALTH`, `RELIGION`, `POLITICS` and 7 more"
    assert any(words in one for one in problems)
    assert "add a rule with `do: drop`; to use a column, name it under `columns` with its ground" in problems[-1]
    assert told(DROP_PERSONAL, unmatched=unmatched) == []


def test_one_special_category_that_was_forgotten_is_told_by_name() -> None:
    problems = told(DROP_SPECIAL.replace("GENETIC, ", ""), unmatched="drop")
    assert problems[0].startswith("p, line 7: tables.t.rules: no rule decides `GENETIC`, special categories")


def test_entities_without_a_rule_count_where_a_drop_would_be_held() -> None:
    rules = [DROP_SPECIAL, "{when: {role: direct}, do: drop}", "{when: {entity: SALARY}, do: drop}"]
    assert told(*rules, unmatched="drop") == []
    (problem,) = told(*rules, unmatched="refuse")
    assert "no rule answers `TITLE`, `SUFFIX`, `GENDER` and" in problem
    assert "a drop with one would be held; add rules for them, or say `defaults: {unmatched: drop}`" in problem
    assert told(*rules, "{when: {role: [quasi, sensitive]}, do: drop}", unmatched="refuse") == []


def test_a_table_that_names_its_columns_may_leave_the_rest_to_the_gate() -> None:
    assert told("{when: {entity: IBAN_CODE}, do: token}", unmatched="refuse", columns="a: {do: drop}") == []


def test_a_rule_for_some_names_answers_no_entity() -> None:
    named, all_names = When(role=("direct",), name=("x_*",)), When(role=("direct",))
    assert "PERSON" in unanswered([named], ENTITIES)
    assert "PERSON" not in unanswered([named, all_names], ENTITIES)


SHADOWS = [
    (("*address*",), ("*address*line*2",), True),
    (("*address*",), ("AddressLine2",), True),
    (("address*",), ("*address",), False),
    (("*_id",), ("customer_id", "order_id"), True),
    (("*_id",), ("customer_id", "order"), False),
    (("a?",), ("a*",), False),
    (("a[bc]",), ("ab",), False),
    (("A[bc]",), ("a[bc]",), True),
    (("*",), ("*x*",), True),
    (("x",), ("*",), False),
]


@pytest.mark.parametrize(("earlier", "later", "dead"), SHADOWS)
def test_a_name_pattern_shadows_a_narrower_one(earlier: tuple[str, ...], later: tuple[str, ...], dead: bool) -> None:
    first, second = reaches([When(name=earlier), When(name=later)], ENTITIES)
    assert (first.dead, second.dead) == (False, dead)


def test_a_rule_for_a_column_that_is_named_is_never_reached() -> None:
    rule = "{when: {name: iban}, do: token}"
    assert "rules[0]: is never reached: `columns` decides `iban`" in told(rule, columns="iban: {do: drop}")[0]
    assert told(rule, columns="ibans: {do: drop}") == []


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("", True),
        (", type: [integer, text]", True),
        (", type: json", True),
        (", type: [integer, decimal, boolean, category]", False),
        (", type: date", False),
    ],
)
def test_keeping_texts_in_which_nothing_was_found_is_refused(kind: str, refused: bool) -> None:
    problems = told(DROP_PERSONAL, f"{{when: {{role: other{kind}}}, do: keep, reason: nothing found}}")
    assert [("texts in which nothing was found" in problem) for problem in problems] == [True] * refused
