"""The plan: one step per column, decided by name, then by rule, then by default, and every step says which line did it."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.errors import PolicyInvalid, UnknownColumn
from veil.explain import explain
from veil.model import Column, ColumnProfile, Finding, LogicalType, Plan, Table
from veil.plan import ColumnKeyspace, build_transform, keyspaces, make_plan, resolve_subject
from veil.policy import Policy, load_policy
from veil.recognizers.entities import ENTITIES
from veil.transforms import TRANSFORMS

POLICIES = Path(__file__).parents[2] / "policies"
OPEN = ("analytics", "gdpr", "hipaa-safe-harbor", "strict", "test-data")
SHIPPED = {name: load_policy(POLICIES / f"{name}.yaml") for name in OPEN}
SPECIAL = {name for name, entity in ENTITIES.items() if entity.special_category}
POLICY = """\
version: 1
keys: {main: {from: ephemeral}}
keyspaces: {person: {key: main, canonical: numeric-id}, email: {key: main, canonical: email}}
tables:
  customers:
    match: {files: "*"}
    subject: auto
    columns:
      email: {do: fake, of: email, in: email, from: name, reason: direct identifier}
      name: {do: fake, of: person_name, locale: nl_BE, sex_from: sex}
      sex: {do: drop}
    rules:
      - {when: {entity: CUSTOMER_ID}, do: token, in: person, prefix: C}
      - {when: {name: "born*"}, do: age_band, as_of: 2026, width: 10}
      - {when: {type: date}, do: date_shift}
      - {when: {role: other, type: integer, unique: true}, do: token, reason: looks like an identifier}
      - {when: {role: other, type: [integer, category]}, do: keep, reason: no personal data found}
      - {when: {role: quasi}, do: keep, reason: coarse}
"""
COLUMNS = {
    "id": ("CUSTOMER_ID", "integer"),
    "email": ("EMAIL_ADDRESS", "text"),
    "name": ("PERSON", "text"),
    "sex": ("GENDER", "category"),
    "born_on": ("BIRTH_DATE", "date"),
    "seen": ("EVENT_DATE", "date"),
    "n": (None, "integer"),
    "serial": (None, "integer"),
    "country": ("COUNTRY", "category"),
    "remark": (None, "text"),
}


def table_of(columns: dict[str, tuple[str | None, str]], name: str = "customers_2026") -> Table:
    typed = tuple(Column(column, logical_type) for column, (_, logical_type) in columns.items())
    return Table(name, "uri", "0" * 64, 100, typed, "ingest")


def findings_of(columns: dict[str, tuple[str | None, str]], table: str = "customers_2026") -> list[Finding]:
    return [
        Finding(table, column, entity, ENTITIES[entity].role if entity else "other", "names", 0.9, 1.0, 100,
                f"reason for {column}", special_category=entity in SPECIAL, free_text=entity == "FREE_TEXT")
        for column, (entity, _) in columns.items()
    ]  # fmt: skip


def profiles_of(columns: dict[str, tuple[str | None, str]], unique: set[str]) -> list[ColumnProfile]:
    return [ColumnProfile(column, "text", None, 100, 0, 100, 0.95 if column in unique else 0.94, 5, 9, 1) for column in columns]


def planned(policy: Policy, columns: dict[str, tuple[str | None, str]], unique: set[str] = frozenset({"serial"})) -> Plan:  # type: ignore[assignment]
    (table_policy,) = policy.tables.values()
    return make_plan(policy, table_policy, table_of(columns), findings_of(columns), profiles_of(columns, unique))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(POLICY)


@pytest.fixture(scope="module")
def plan(policy: Policy) -> Plan:
    return planned(policy, COLUMNS)


@pytest.mark.parametrize(
    ("column", "transform", "effect", "decided_by"),
    [
        ("id", "token", "pseudonymize", "rules[0] (line 13)"),
        ("email", "fake", "fake", "columns.email (line 9)"),
        ("name", "fake", "fake", "columns.name (line 10)"),
        ("sex", "drop", "suppress", "columns.sex (line 11)"),
        ("born_on", "age_band", "generalize", "rules[1] (line 14)"),
        ("seen", "date_shift", "perturb", "rules[2] (line 15)"),
        ("serial", "token", "pseudonymize", "rules[3] (line 16)"),
        ("n", "keep", "keep", "rules[4] (line 17)"),
        ("country", "keep", "keep", "rules[5] (line 18)"),
        ("remark", None, "none", "defaults.unmatched"),
    ],
)
def test_name_then_first_rule_then_default_decides(
    plan: Plan, column: str, transform: str | None, effect: str, decided_by: str
) -> None:
    step = plan.step(column)
    assert (step.transform, step.effect, step.decided_by) == (transform, effect, decided_by)
    assert step.entity == COLUMNS[column][0]


def test_a_plan_covers_each_column_once_in_column_order(policy: Policy, plan: Plan) -> None:
    assert [step.column for step in plan.steps] == list(COLUMNS)
    assert (plan.table, plan.policy_sha256, plan.table_sha256) == ("customers_2026", policy.sha256, "0" * 64)


columns = st.dictionaries(
    st.text("abc_ é", min_size=1, max_size=6),
    st.tuples(st.none() | st.sampled_from(sorted(ENTITIES)), st.sampled_from(get_args(LogicalType))),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(OPEN), columns, st.data())
def test_shipped_policies_decide_every_column_of_a_drop_never_seen_before(
    name: str, columns: dict[str, tuple[str | None, str]], data: st.DataObject
) -> None:
    unique = data.draw(st.sets(st.sampled_from(sorted(columns))))
    plan = planned(SHIPPED[name], columns, unique)
    assert [step.column for step in plan.steps] == list(columns)
    for step in plan.steps:
        special = step.entity in SPECIAL
        assert step.transform is not None
        assert build_transform(step).name == step.transform
        assert not (step.effect == "keep" and (step.role == "direct" or special))
        assert step.transform == "drop" or not special


def test_unmatched_column_is_dropped_only_where_the_policy_says_so() -> None:
    drops = planned(load_policy(POLICY.replace("version: 1", "version: 1\ndefaults: {unmatched: drop}")), COLUMNS)
    assert (drops.step("remark").transform, drops.step("remark").effect) == ("drop", "suppress")
    assert drops.step("remark").decided_by == "defaults.unmatched (line 2)"


def test_reason_is_the_policy_s_or_else_the_finding_s(plan: Plan) -> None:
    assert plan.step("email").reason == "direct identifier"
    assert plan.step("name").reason == "reason for name"
    assert "add a rule" in plan.step("remark").reason


def test_parameters_are_those_written_and_the_keyspace(plan: Plan) -> None:
    assert plan.step("id").parameters == {"prefix": "C", "in": "person"}
    assert plan.step("born_on").parameters == {"as_of": "2026-12-31", "width": 10}
    assert plan.step("seen").parameters == {"in": "entity:EVENT_DATE"}
    assert plan.step("serial").parameters == {"in": "column:serial"}
    assert plan.step("sex").parameters == {}


def test_an_address_built_from_a_name_agrees_with_the_name_s_fake(plan: Plan) -> None:
    inherited = {"locale": "nl_BE", "sex_from": "sex", "by": "subject"}
    assert plan.step("email").parameters == {"of": "email", "from": ["name"], "in": "email", **inherited}
    own = planned(load_policy(POLICY.replace("from: name,", "from: name, locale: fr_FR,")), COLUMNS)
    assert own.step("email").parameters["locale"] == "fr_FR"


def test_steps_build_the_transforms_that_they_name(plan: Plan) -> None:
    for step in plan.steps[:-1]:
        transform = build_transform(step)
        assert type(transform) is TRANSFORMS[step.transform or ""]
        assert transform.declared.effect == step.effect
    assert build_transform(plan.step("id")) == TRANSFORMS["token"](prefix="C")
    with pytest.raises(PolicyInvalid, match="column `remark`: no line of the policy decides it"):
        build_transform(plan.step("remark"))


def test_keyspaces_are_declared_ones_or_one_per_entity_or_column(policy: Policy, plan: Plan) -> None:
    spaces = keyspaces(policy, plan)
    assert set(spaces) == set(COLUMNS)
    assert spaces["id"] == ColumnKeyspace("person", "main", "numeric-id")
    assert spaces["email"] == ColumnKeyspace("email", "main", "email")
    assert spaces["name"] == ColumnKeyspace("entity:PERSON", "main")
    assert spaces["serial"] == ColumnKeyspace("column:serial", "main")


def test_without_a_key_or_with_several_an_undeclared_keyspace_has_none() -> None:
    for keys in ("{}", "{a: {from: ephemeral}, main: {from: ephemeral}}"):
        several = load_policy(POLICY.replace("{main: {from: ephemeral}}", keys, 1))
        assert keyspaces(several, planned(several, COLUMNS))["serial"].key is None


@pytest.mark.parametrize(
    ("columns", "subject"),
    [
        ({"a": "PERSON", "b": "EMAIL_ADDRESS", "c": "CUSTOMER_ID"}, "c"),
        ({"a": "PERSON", "b": "EMAIL_ADDRESS"}, "b"),
        ({"a": "RECORD_ID", "b": "PERSON"}, "b"),
        ({"a": "EMAIL_ADDRESS", "b": "EMAIL_ADDRESS"}, "a"),
        ({"a": "RECORD_ID", "b": "URL", "c": "AGE", "d": None, "e": "FREE_TEXT"}, None),
        ({}, None),
    ],
)
def test_auto_takes_the_best_direct_identifier(policy: Policy, columns: dict[str, str | None], subject: str | None) -> None:
    findings = findings_of({name: (entity, "text") for name, entity in columns.items()})
    assert resolve_subject(policy.tables["customers"], findings) == subject


def test_of_two_equal_identifiers_the_surer_one_is_the_subject(policy: Policy) -> None:
    unsure = Finding("t", "a", "EMAIL_ADDRESS", "direct", "names", 0.6, 1, 1, "")
    sure = Finding("t", "b", "EMAIL_ADDRESS", "direct", "names", 0.9, 1, 1, "")
    assert resolve_subject(policy.tables["customers"], [unsure, sure]) == "b"


def test_of_two_equal_identifiers_the_one_of_more_people_is_the_subject(policy: Policy) -> None:
    organizer = Finding("t", "organizer", "EMAIL_ADDRESS", "direct", "names", 0.9, 1, 1, "")
    participant = Finding("t", "participant", "EMAIL_ADDRESS", "direct", "names", 0.6, 1, 1, "")
    profiles = [ColumnProfile(name, "text", None, 100, 0, n, 0, 5, 9, 1) for name, n in (("organizer", 10), ("participant", 90))]
    assert resolve_subject(policy.tables["customers"], [organizer, participant], profiles) == "participant"


@pytest.mark.parametrize(("written", "subject"), [("auto", "id"), ("email", "email"), ("null", None)])
def test_subject_is_the_policy_s_where_it_names_one(written: str, subject: str | None) -> None:
    plan = planned(load_policy(POLICY.replace("subject: auto", f"subject: {written}")), COLUMNS)
    assert plan.subject == subject
    assert ("each row is treated as its own" in plan.step("seen").reason) is (subject is None)


@pytest.mark.parametrize(
    ("written", "quasi"),
    [
        ("", ("born_on", "seen", "country")),
        ("quasi_identifiers: [country, n]", ("n", "country")),
        ("quasi_identifiers: [sex, n]", ("n",)),
        ("quasi_identifiers: []", ()),
    ],
)
def test_quasi_identifiers_are_declared_or_found_and_in_the_output(written: str, quasi: tuple[str, ...]) -> None:
    policy = load_policy(POLICY.replace("    columns:", f"    {written}\n    columns:"))
    assert planned(policy, COLUMNS).quasi_identifiers == quasi


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("      sex: {do: drop}", "      sexe: {do: drop}", 11, "columns.sexe: table `customers_2026` has no column `sexe`; did"),
        ("sex_from: sex", "sex_from: sx", 10, "columns.name: table `customers_2026` has no column `sx`; did you mean `sex`?"),
        ("from: name", "from: [name, family]", 9, "has no column `family`"),
        ("subject: auto", "subject: customer", 7, "subject: table `customers_2026` has no column `customer`"),
        ("subject: auto", "target: revenue", 7, "target: table `customers_2026` has no column `revenue`"),
        ("subject: auto", "quasi_identifiers: [n, city]", 7, "quasi_identifiers: table `customers_2026` has no column `city`"),
        ("subject: auto", "references: {shop: customers.id}", 7, "references.shop: table `customers_2026` has no column `shop`"),
    ],
)
def test_a_column_that_the_table_lacks_is_refused_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert POLICY.count(old) == 1
    with pytest.raises(UnknownColumn) as caught:
        planned(load_policy(POLICY.replace(old, new)), COLUMNS)
    assert f"policy, line {line}: " in str(caught.value)
    assert words in str(caught.value)


def test_a_column_without_a_finding_is_refused(policy: Policy) -> None:
    with pytest.raises(PolicyInvalid, match="column `remark` of table `customers_2026` has no finding"):
        make_plan(policy, policy.tables["customers"], table_of(COLUMNS), findings_of(COLUMNS)[:-1])


def test_findings_of_another_table_do_not_count(policy: Policy) -> None:
    with pytest.raises(PolicyInvalid, match="has no finding"):
        make_plan(policy, policy.tables["customers"], table_of(COLUMNS), findings_of(COLUMNS, "orders"))


def test_a_rule_about_unique_needs_the_profile(policy: Policy) -> None:
    with pytest.raises(PolicyInvalid, match=r"rules\[3\] asks whether column `n` is unique"):
        make_plan(policy, policy.tables["customers"], table_of(COLUMNS), findings_of(COLUMNS))


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (
            "id",
            'Column `id` of `customers_2026` holds `CUSTOMER_ID` (role direct) and becomes `token` (prefix: "C", in: "person"), '
            "by rules[0] (line 13): reason for id.",
        ),
        (
            "n",
            "Column `n` of `customers_2026` holds nothing personal that was found (role other) and becomes `keep`, "
            "by rules[4] (line 17): no personal data found.",
        ),
        (
            "remark",
            "Column `remark` of `customers_2026` holds nothing personal that was found (role other) and is not decided, "
            "by defaults.unmatched: no line of the policy decides it; name it under `columns` or add a rule.",
        ),
    ],
)
def test_explain_says_what_and_why_in_one_sentence(plan: Plan, column: str, sentence: str) -> None:
    assert explain(plan, column) == sentence


def test_explain_knows_the_columns_only(plan: Plan) -> None:
    with pytest.raises(UnknownColumn, match=r"table `customers_2026` has no column `emial`; did you mean `email`\?"):
        explain(plan, "emial")


def test_demo_policy_decides_every_column_of_the_demo_drop(tmp_path: Path) -> None:
    demo = load_policy(POLICIES / "demo.yaml")
    from tasks.demo import make_drop

    for path in make_drop(tmp_path, n_customers=20):
        name, table_policy = demo.table_for(path.name)
        columns = dict.fromkeys(path.read_text(encoding="utf-8").split("\n")[0].split(","), (None, "text"))
        plan = make_plan(demo, table_policy, table_of(columns, name), findings_of(columns, name))
        assert all(step.transform and step.decided_by.startswith("columns.") for step in plan.steps)
        assert plan.subject == "customer_id"


WEAK = POLICY.replace("      sex: {do: drop}\n", "      sex: {do: drop}\n      n: {do: band, width: 1}\n")


def test_a_step_that_changes_nothing_in_the_column_that_came_is_a_weakness() -> None:
    plan = planned(load_policy(WEAK), COLUMNS)
    assert plan.weaknesses == ("`n`: a step of 1 leaves numbers with steps of 1 as they are; widen it",)
    assert planned(load_policy(WEAK.replace("width: 1}", "width: 2}")), COLUMNS).weaknesses == ()


def test_fakes_are_judged_by_the_values_that_came(policy: Policy) -> None:
    films = "{do: fake, of: phone, style: fictional, locale: de_DE,"
    crowded = load_policy(POLICY.replace("{do: fake, of: email, in: email, from: name,", films))
    profiles = [ColumnProfile(name, "text", None, 10**6, 0, 10**6, 1.0, 5, 9, 1) for name in COLUMNS]
    table = crowded.tables["customers"]
    (weak,) = make_plan(crowded, table, table_of(COLUMNS), findings_of(COLUMNS), profiles).weaknesses
    assert weak.startswith("`email`: 5,000 fakes for 1,000,000 values: 100% of them would share one")
    few = [ColumnProfile(name, "text", None, 40, 0, 40, 1.0, 5, 9, 1) for name in COLUMNS]
    assert make_plan(crowded, table, table_of(COLUMNS), findings_of(COLUMNS), few).weaknesses == ()
