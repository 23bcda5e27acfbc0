"""`where` and `subset`: a closed grammar, refused where it says nothing, and in the plan as one frozen value."""

import pytest

from tests.unit.test_plan import findings_of, profiles_of, table_of
from veil.errors import PolicyInvalid, UnknownColumn
from veil.explain import explain
from veil.model import Branch, Plan, RowTest
from veil.plan import ColumnKeyspace, build_transform, keyspace_of, make_plan
from veil.policy import lint, load_policy
from veil.policy.lint_rows import reached_tables
from veil.transforms import TRANSFORMS

POLICY = """\
version: 1
keys: {main: {from: ephemeral}}
keyspaces: {person: {key: main}, phone: {key: main, canonical: phone, region: BE}}
tables:
  t:
    match: {files: "*"}
    subject: id
    columns:
      id: {do: token, in: person}
      consent: {do: keep, reason: what decides}
      age: {do: age_band}
      name: {do: fake, of: person_name, locale: nl_BE}
      mail: {do: keep, reason: they agreed, where: {column: consent, is: [yes]}, otherwise: {do: fake, of: email, from: name}}
      phone: {do: hash, in: phone, where: {column: age, at_most: 17, null: true}, otherwise: {do: mask, keep_last: 2}}
"""
COLUMNS: dict[str, tuple[str | None, str]] = {
    "id": ("CUSTOMER_ID", "integer"), "consent": (None, "category"), "age": ("AGE", "integer"), "name": ("PERSON", "text"),
    "mail": ("EMAIL_ADDRESS", "text"), "phone": ("PHONE_NUMBER", "text"),
}  # fmt: skip


def planned(text: str) -> Plan:
    policy = load_policy(text)
    return make_plan(policy, policy.tables["t"], table_of(COLUMNS, "t"), findings_of(COLUMNS, "t"), profiles_of(COLUMNS, set()))


def changed(old: str, new: str) -> str:
    assert POLICY.count(old) == 1
    return POLICY.replace(old, new)


def test_no_transform_has_a_parameter_that_is_a_word_of_the_language() -> None:
    """A line would lose one of the two meanings without a word."""
    words = {"do", "in", "keyspace", "when", "where", "otherwise", "nulls", "fill"}
    taken = {f"{name}.{key}" for name, transform in TRANSFORMS.items() for key in words & set(transform.model_fields)}
    assert not taken


def test_sound_conditions_have_no_problem() -> None:
    assert lint(load_policy(POLICY)) == ()


REFUSED = [
    ("is: [yes]", "is: []", "mail.where.is: an empty list"),
    ("is: [yes]", "is: [null]", "where.is[0]: input should be a valid string; for cells that hold nothing, write `null: true`"),
    ("is: [yes]", "equals: yes", "mail.where.equals: unknown key `equals`; known are `column`, `is`, `not`, `null`"),
    ("is: [yes]", "is: [yes], not: [no]", "mail.where: `is` and `not` do not go together"),
    ("column: consent, is: [yes]", "column: consent", "mail.where: `where` has no condition"),
    ("column: consent, is: [yes]", "is: [yes]", "mail.where.column: missing"),
    ("column: consent, is: [yes]", "column: consent, is: [yes], and: {column: age, is: ['18']}", "unknown key `and`"),
    ("where: {column: consent, is: [yes]}", "where: \"this.consent == 'yes'\"", "mail.where: keys and values expected"),
    (", otherwise: {do: fake, of: email, from: name}", "", "mail: `where` needs `otherwise: {do: …}`"),
    ("where: {column: consent, is: [yes]}, ", "", "mail: `otherwise` needs `where: {column: …, is: …}`"),
    ("otherwise: {do: fake, of: email, from: name}", "otherwise: fake", "mail.otherwise: keys and values expected"),
    ("do: fake, of: email, from: name}", "do: keep}", "mail.otherwise.reason: missing; say why the cells may stay as they are"),
    ("at_most: 17, null: true", "at_most: seventeen", "phone.where.at_most: write a number, or a day such as 2026-01-31"),
    ("at_most: 17, null: true", "at_most: 17, at_least: 18", "`at_least` is more than `at_most`, so it never holds"),
    ("at_most: 17, null: true", "at_most: 17, at_least: 1999-01-01", "both numbers or both days"),
]


@pytest.mark.parametrize(("old", "new", "words"), REFUSED, ids=[words[:50] for *_, words in REFUSED])
def test_a_condition_outside_the_grammar_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(changed(old, new))
    assert words in str(caught.value)
    assert ", line 1" in str(caught.value)


WRONG = [
    ("do: keep, reason: they agreed, where", "do: drop, where", "mail.do: `drop` is for all rows of a column or for none; write"),
    ("otherwise: {do: mask, keep_last: 2}", "otherwise: {do: drop}", "phone.otherwise.do: `drop` is for all rows"),
    ("otherwise: {do: mask, keep_last: 2}", "otherwise: {do: mask, keep_last: 5}", "phone.otherwise: the mask leaves 5"),
    ("otherwise: {do: mask, keep_last: 2}", "otherwise: {do: hash, in: phone}", "phone.otherwise: says the same as the line"),
    ("otherwise: {do: mask, keep_last: 2}", "otherwise: {do: hash, in: fone}", "phone.otherwise.in: unknown keyspace `fone`"),
    ("do: fake, of: email, from: name}", "do: fake, of: email, from: nme}", "mail.otherwise: column `nme` is not among"),
    ("column: consent, is", "column: consnt, is", "where.column: column `consnt` is not among the table's columns; did you mean"),
]


@pytest.mark.parametrize(("old", "new", "words"), WRONG, ids=[words[:50] for *_, words in WRONG])
def test_a_weak_or_empty_condition_is_found(old: str, new: str, words: str) -> None:
    told = [str(problem) for problem in lint(load_policy(changed(old, new)))]
    assert any(words in one for one in told), told


def test_a_rule_that_keeps_some_rows_of_direct_identifiers_is_refused() -> None:
    rule = "where: {column: consent, is: [yes]}, otherwise: {do: keep, reason: they agreed}"
    text = POLICY + f"    rules:\n      - {{when: {{entity: PERSON}}, do: hash, {rule}}}\n"
    assert "`keep` would leave `PERSON` as they are" in str(lint(load_policy(text))[0])


def test_a_step_holds_the_rows_and_what_the_others_get() -> None:
    plan = planned(POLICY)
    step = plan.step("mail")
    assert step.branch == Branch(RowTest("consent", values=("yes",)), step.actions[1])
    assert [each.transform for each in step.actions] == ["keep", "fake"]
    assert step.effect == "fake"
    assert step.actions[1].decided_by == "columns.mail (line 13), otherwise"
    assert step.actions[1].parameters["locale"] == "nl_BE"
    assert [build_transform(each).name for each in step.actions] == ["keep", "fake"]
    assert plan.step("id").actions == (plan.step("id"),)


def test_both_ways_of_a_step_have_their_own_keyspace() -> None:
    policy, plan = load_policy(POLICY), planned(POLICY)
    hashed, masked = plan.step("phone").actions
    assert keyspace_of(policy, hashed) == ColumnKeyspace("phone", "main", "phone", "BE")
    assert keyspace_of(policy, masked).name == "entity:PHONE_NUMBER"


def test_explain_says_for_which_rows() -> None:
    told = explain(planned(POLICY), "phone")
    assert 'becomes `hash` (in: "phone") where `age` is at most 17 or is null, and otherwise `mask` (keep_last: 2), by' in told
    assert 'where `consent` is one of ["yes"], and otherwise `fake`' in explain(planned(POLICY), "mail")


def test_a_column_that_the_table_lacks_is_refused_in_columns_and_in_rules() -> None:
    with pytest.raises(UnknownColumn, match=r"line 13: columns.mail: table `t` has no column `consnt`; did you mean"):
        planned(changed("column: consent, is", "column: consnt, is"))
    rule = "{when: {entity: PERSON}, do: hash, where: {column: age_group, is: x}, otherwise: {do: mask}}"
    text = changed("      name: {do: fake, of: person_name, locale: nl_BE}\n", "").replace("of: email, from: name", "of: email")
    with pytest.raises(UnknownColumn, match=r"column `name`, rules\[0\] \(line 15\): `where` names `age_group`"):
        planned(f"{text}    rules:\n      - {rule}\n")


TABLES = """\
version: 1
keys: {main: {from: ephemeral}}
subset: {of: customers, share: 0.1, whole: [products]}
tables:
  customers: {match: {files: "c*"}, subject: id, columns: {id: {do: token}}}
  orders: {match: {files: "o*"}, references: {customer: customers.id}, columns: {customer: {do: token}, id: {do: token}}}
  lines:
    match: {files: "l*"}
    references: {order: orders.id, product: products.id}
    columns: {order: {do: token}, product: {do: token}}
  products: {match: {files: "p*"}, columns: {id: {do: token}}}
"""


def test_a_subset_reaches_children_of_children() -> None:
    policy = load_policy(TABLES)
    assert lint(policy) == ()
    assert reached_tables(policy.tables, "customers") == ("customers", "orders", "lines")
    assert reached_tables(policy.tables, "orders") == ("orders", "lines")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("share: 0.1", "share: 0.1, subjects: 10", "write either `share: 0.1` or `subjects: 1000`"),
        ("share: 0.1, ", "", "write either `share: 0.1` or `subjects: 1000`"),
        ("share: 0.1", "share: 1", "subset.share: input should be less than 1"),
        ("share: 0.1", "subjects: 0", "subset.subjects: input should be greater than or equal to 1"),
    ],
)
def test_a_subset_has_one_size(old: str, new: str, words: str) -> None:
    with pytest.raises(PolicyInvalid, match=words):
        load_policy(TABLES.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("of: customers", "of: custmers", "subset.of: unknown table `custmers`; did you mean `customers`?"),
        ("subject: id", "subject: null", "subset.of: table `customers` has no data subject to draw"),
        (", whole: [products]", "", "subset: table `products` does not refer to the subset of `customers`"),
        ("whole: [products]", "whole: [products, orders]", "table `orders` refers to the subset, so it cannot stay whole"),
        ("whole: [products]", "whole: [products, customers]", "table `customers` is the one that is drawn"),
        ("whole: [products]", "whole: [products, prodcts]", "subset.whole: unknown table `prodcts`"),
        ("share: 0.1", "share: 0.1, key: mian", "subset.key: unknown key `mian`; did you mean `main`?"),
        ("keys: {main: {from: ephemeral}}", "keys: {}", "subset: subjects are drawn by a key; add"),
        ("main: {from: ephemeral}}", "main: {from: ephemeral}, b: {from: ephemeral}}", "there are several; name it with `key`"),
    ],
)
def test_a_subset_that_would_leave_something_out_is_found(old: str, new: str, words: str) -> None:
    told = [str(problem) for problem in lint(load_policy(TABLES.replace(old, new, 1)))]
    assert any(words in one for one in told), told
