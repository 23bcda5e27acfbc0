"""Laws of policies: what lint lets pass never lets personal data pass by forgetting, whatever the rules and the columns."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from veil.policy import Policy, lint, load_policy
from veil.policy.actions import Facts
from veil.policy.coverage import Universe
from veil.recognizers.entities import ENTITIES

KINDS = Universe(ENTITIES).kinds
NAMES = ("customer_id", "note", "AddressLine2")
SPECIAL = [name for name, entity in ENTITIES.items() if entity.special_category]
DROP_PERSONAL = {"when": {"role": ["direct", "quasi", "sensitive"]}, "do": "drop"}

conditions = st.fixed_dictionaries(
    {},
    optional={
        "entity": st.lists(st.sampled_from(["PERSON", "HEALTH", "AGE", "CITY", "FREE_TEXT"]), min_size=1, unique=True),
        "role": st.lists(st.sampled_from(["direct", "quasi", "sensitive", "other"]), min_size=1, unique=True),
        "type": st.lists(st.sampled_from(["text", "integer", "category", "date", "json"]), min_size=1, unique=True),
        "name": st.lists(st.sampled_from(["*_id", "note", "*address*"]), min_size=1, max_size=2, unique=True),
        "unique": st.booleans(),
    },
).filter(bool)
actions = st.sampled_from([
    {"do": "drop"}, {"do": "token"}, {"do": "mask", "keep_last": 2}, {"do": "keep", "reason": "why not"}, {"do": "redact_text"},
    {"do": "mask", "where": {"column": "consent", "is": ["no"]}, "otherwise": {"do": "keep", "reason": "they agreed"}},
])  # fmt: skip
rules = st.tuples(conditions, actions).map(lambda pair: {"when": pair[0], **pair[1]})


def policy_of(listed: list[dict[str, Any]], unmatched: str) -> Policy:
    table = {"match": {"files": "*"}, "rules": listed}
    whole = {"version": 1, "defaults": {"unmatched": unmatched}, "keys": {"k": {"from": "ephemeral"}}, "tables": {"t": table}}
    return load_policy(json.dumps(whole) + "\n")


def kept(policy: Policy, facts: Facts) -> bool | None:
    """Return whether some row of a column would keep its cell; None where no rule decides."""
    rule = next((rule for rule in policy.tables["t"].rules if rule.when.matches(facts)), None)
    if rule is None:
        return None
    return "keep" in {rule.do, rule.otherwise.do if rule.otherwise else ""}


@settings(max_examples=150, deadline=None)
@given(st.lists(rules, max_size=3), st.booleans(), st.sampled_from(["drop", "refuse"]), st.data())
def test_a_sound_policy_keeps_nobody_s_identifier_and_no_text_that_nobody_understood(
    listed: list[dict[str, Any]], closed: bool, unmatched: str, data: st.DataObject
) -> None:
    policy = policy_of([*listed, *([DROP_PERSONAL] if closed else [])], unmatched)
    assume(policy.tables["t"].rules)
    assume(not lint(policy))
    for kind in data.draw(st.lists(st.sampled_from(KINDS), min_size=60, max_size=60)):
        facts = Facts(name=data.draw(st.sampled_from(NAMES)), **kind)
        entity = ENTITIES[facts.entity] if facts.entity else None
        if entity is not None and (entity.role == "direct" or entity.special_category):
            assert not kept(policy, facts)
        if entity is None and facts.type in ("text", "json"):
            assert not kept(policy, facts)


@settings(max_examples=100, deadline=None)
@given(st.lists(rules, max_size=3), st.booleans(), st.sampled_from(["drop", "refuse"]))
def test_a_sound_policy_for_any_drop_answers_what_the_law_protects_and_what_would_hold_it(
    listed: list[dict[str, Any]], closed: bool, unmatched: str
) -> None:
    policy = policy_of([*listed, *([DROP_PERSONAL] if closed else [])], unmatched)
    assume(policy.tables["t"].rules)
    assume(not lint(policy))
    conditions = [rule.when for rule in policy.tables["t"].rules if rule.when.name is None]
    facts = [Facts(name="x", **kind) for kind in KINDS]
    answered = {fact.entity for fact in facts if any(when.matches(fact) for when in conditions)}
    assert set(SPECIAL) <= answered
    assert unmatched == "drop" or set(ENTITIES) <= answered


@settings(max_examples=100, deadline=None)
@given(st.lists(rules, min_size=1, max_size=4), st.data())
def test_a_rule_that_lint_calls_dead_can_go_without_any_change(listed: list[dict[str, Any]], data: st.DataObject) -> None:
    policy = policy_of(listed, "drop")
    dead = {int(problem.path.split("[")[1].split("]")[0]) for problem in lint(policy) if "never reached" in problem.message}
    assume(dead)
    left = [rule for place, rule in enumerate(listed) if place not in dead]
    shorter = policy_of(left, "drop") if left else None
    for kind in data.draw(st.lists(st.sampled_from(KINDS), min_size=60, max_size=60)):
        facts = Facts(name=data.draw(st.sampled_from(NAMES)), **kind)
        before = next((place for place, rule in enumerate(policy.tables["t"].rules) if rule.when.matches(facts)), None)
        assert before not in dead
        assert shorter is None or (kept(policy, facts) == kept(shorter, facts))
