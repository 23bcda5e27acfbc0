"""`control` in a policy: a strict grammar, refused with the place and a way out, and read as what the synthesizers know."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from veil.policy.control import TableControl
from veil.policy.document import read_document
from veil.policy.lint_control import control
from veil.policy.load import load_policy
from veil.synthesizers.control import (
    Balance,
    Control,
    Criterion,
    Determines,
    Extremes,
    OneFilled,
    Order,
    Oversample,
    Parity,
    Quota,
    Total,
    Unique,
    Within,
)

SAID = """\
quotas:
  - {where: {income: ">50K"}, share: 0.3}
  - {where: {age: {at_least: 65}, city: [Ghent, null]}, share: 0.05}
oversample: [{where: {fraud: "yes"}, factor: 10}]
balance:
  - {column: segment}
  - {column: grade, shares: {a: 0.25, b: 0.75}}
parity: [{outcome: {hired: "yes"}, across: sex, rate: 0.4}]
extremes: [{column: amount, share: 0.01, bound: 100000}]
mark: is_extreme
constraints:
  - {order: [signup, first_order], strict: true}
  - {total: gross, of: [net, tax]}
  - {unique: [customer, day]}
  - {one_filled: [email, phone]}
  - {within: {state: [NY, 12]}, repair: true}
  - {within: {born: {at_least: 1900-01-01, at_most: 2020-12-31}}}
  - {determines: region, by: city}
exclude: {weight: empty, code: drop}
"""

POLICY = """\
version: 1
keys: {main: {from: ephemeral}}
tables:
  people:
    match: {files: "*"}
    subject: id
    columns:
      id: {do: token}
      name: {do: fake, of: person_name}
      note: {do: redact_text}
      gone: {do: drop}
      country: {do: keep, reason: a reference to countries}
      age: {do: keep, reason: needed}
      income: {do: keep, reason: needed}
      sex: {do: keep, reason: needed}
    references: {country: countries.code}
  countries:
    match: {files: "c*.x"}
    subject: null
    rules: [{when: {role: other}, do: keep, reason: public}]
"""


def read(text: str) -> TableControl:
    return TableControl.model_validate_json(json.dumps(read_document(text, "policy").data))


def test_all_of_it_is_read_as_what_the_synthesizers_know():
    assert read(SAID).control() == Control(
        quotas=(
            Quota((Criterion("income", (">50K",)),), 0.3),
            Quota((Criterion("age", at_least=65), Criterion("city", ("Ghent", None))), 0.05),
        ),
        oversample=(Oversample((Criterion("fraud", ("yes",)),), 10),),
        balance=(Balance("segment"), Balance("grade", {"a": 0.25, "b": 0.75})),
        parity=(Parity(Criterion("hired", ("yes",)), "sex", 0.4),),
        extremes=(Extremes("amount", 0.01, "upper", 100000),),
        constraints=(
            Order(("signup", "first_order"), True), Total("gross", ("net", "tax")), Unique(("customer", "day")),
            OneFilled(("email", "phone")), Within(Criterion("state", ("NY", "12")), repair=True),
            Within(Criterion("born", at_least="1900-01-01", at_most="2020-12-31")), Determines(("city",), ("region",)),
        ),
        exclude={"weight": "empty", "code": "drop"},
        mark="is_extreme",
    )  # fmt: skip


def test_nothing_said_is_nothing_asked():
    assert TableControl().control().is_empty
    assert not read(SAID).control().is_empty


def test_what_is_resolved_is_read_back_as_it_was():
    said = read(SAID)
    assert TableControl.model_validate_json(said.model_dump_json(by_alias=True)) == said


REFUSED = [
    ("quotas: [{where: {income: x}, share: 1.5}]", "quotas.0.share", "a share is a part of all rows"),
    ("quotas: [{where: {income: x}, share: 30}]", "quotas.0.share", "write 0.3 for 30 %"),
    ("quotas: [{where: {income: x}, share: 0}]", "quotas.0.share", "a share is a part of all rows"),
    ("quotas: [{where: {}, share: 0.5}]", "quotas.0.where", "at least 1"),
    ("quotas: [{where: {vip: true}, share: 0.5}]", "quotas.0.where.vip", "put it in quotes"),
    ("quotas: [{where: {price: 1.50}, share: 0.5}]", "quotas.0.where.price", "put it in quotes"),
    ("quotas: [{where: {age: {at_least: 9, at_most: 3}}, share: 0.5}]", "quotas.0.where.age", "it never holds"),
    ("quotas: [{where: {age: {at_least: 9, at_most: 2020-01-01}}, share: 0.5}]", "quotas.0.where.age", "both days"),
    ("quotas: [{where: {age: {at_least: soon}}, share: 0.5}]", "quotas.0.where.age.at_least", "write a number, or a day"),
    ("quotas: [{where: {age: {}}, share: 0.5}]", "quotas.0.where.age", "write a cell, a list of cells, or"),
    ("quotas: [{where: {age: {is: [3], at_least: 3}}, share: 0.5}]", "quotas.0.where.age", "write a cell, a list of cells, or"),
    ("quotas: [{where: {age: {more: 3}}, share: 0.5}]", "quotas.0.where.age.more", "Extra inputs"),
    ("quota: []", "quota", "Extra inputs"),
    ("oversample: [{where: {fraud: y}, factor: 0}]", "oversample.0.factor", "greater than 0"),
    ("balance: [{column: sex, shares: {m: 2}}]", "balance.0.shares.m", "a share is a part of all rows"),
    ("balance: [{column: sex, shares: {}}]", "balance.0.shares", "at least 1"),
    ("parity: [{outcome: {a: x, b: y}, across: sex}]", "parity.0.outcome", "at most 1"),
    ("extremes: [{column: a, share: 0.1, side: top}]", "extremes.0.side", "'upper' or 'lower'"),
    ("constraints: [{order: [a, b], unique: a}]", "constraints.0", "`order` and `unique` are two"),
    ("constraints: [{repair: true}]", "constraints.0", "it says none"),
    ("constraints: [{total: a}]", "constraints.0", "`total` and `of` belong together"),
    ("constraints: [{order: [a, b], of: [c]}]", "constraints.0", "`total` and `of` belong together"),
    ("constraints: [{determines: a}]", "constraints.0", "`determines` and `by` belong together"),
    ("constraints: [{unique: a, strict: true}]", "constraints.0", "`strict` belongs to `order`"),
    ("constraints: [{unique: []}]", "constraints.0.unique", "an empty list"),
    ("exclude: {a: null}", "exclude.a", "'empty' or 'drop'"),
]


@pytest.mark.parametrize(("text", "place", "words"), REFUSED, ids=[f"{place}: {words}" for _, place, words in REFUSED])
def test_what_is_outside_the_grammar_is_refused_at_its_place(text: str, place: str, words: str):
    with pytest.raises(ValidationError) as caught:
        read(text)
    found = [(".".join(map(str, error["loc"])), error["msg"]) for error in caught.value.errors()]
    assert any(where == place and words in message for where, message in found), found


LINTED = [
    ("quotas: [{where: {agee: 3}, share: 0.5}]", "quotas.0.where", "`agee` is not among", "did you mean `age`?"),
    ("quotas: [{where: {gone: x}, share: 0.5}]", "quotas.0.where", "`gone` is dropped", "keep it"),
    ("balance: [{column: id}]", "balance.0.column", "`id` is made anew by `token`", "another column"),
    ("balance: [{column: name}]", "balance.0.column", "`name` is made anew by `fake`", "another column"),
    ("balance: [{column: country}]", "balance.0.column", "`country` is drawn from the table that it refers to", "another"),
    ("constraints: [{unique: [note, age]}]", "constraints.0", "`note` is text, which is withheld", "another column"),
    ("constraints: [{one_filled: [gone, age]}]", "constraints.0", "`gone` is dropped", "keep it"),
    ("exclude: {incme: empty}", "exclude.incme", "not among", "did you mean `income`?"),
    ("extremes: [{column: age, share: 0.1}]\nmark: sex", "mark", "`sex` is a column of the table", "another name"),
    ("mark: extreme", "mark", "marks extremes, and none are asked", "take it out"),
    ("quotas: [{where: {sex: m}, share: 0.7}, {where: {sex: f}, share: 0.7}]", "quotas.1", "add up to more than 1", "smaller"),
    ("constraints: [{order: [age, income], strict: true}, {order: [income, age], strict: true}]", "constraints.1",
     "`income` < `age` contradicts `age` <= `income`", "take one of them out"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "message", "repair"), LINTED, ids=[message for _, _, message, _ in LINTED])
def test_lint_finds_what_is_not_learnt_and_what_contradicts(text: str, place: str, message: str, repair: str):
    found = list(control({"people": read(text)}, load_policy(POLICY).tables, lambda table: "circuit"))
    assert len(found) == 1, found
    path, told, way_out = found[0]
    assert ".".join(map(str, path)) == f"synthesize.tables.people.control.{place}"
    assert message in told
    assert repair in way_out


def test_sound_control_has_no_problem():
    said = read("quotas: [{where: {sex: f}, share: 0.5}]\n"
                "constraints: [{within: {age: {at_least: 0}}}]\nexclude: {income: empty}")
    assert not list(control({"people": said}, load_policy(POLICY).tables, lambda table: "circuit"))


def test_a_table_with_rules_may_have_columns_that_the_policy_does_not_name():
    said = read("balance: [{column: continent}]")
    assert not list(control({"countries": said}, load_policy(POLICY).tables, lambda table: "ctgan"))


def test_whether_a_cell_is_there_can_be_asked_of_columns_that_are_made_anew():
    said = read("constraints: [{one_filled: [name, note]}]")
    assert not list(control({"people": said}, load_policy(POLICY).tables, lambda table: "circuit"))


@pytest.mark.parametrize("method", ["sequence", "relational"])
def test_methods_that_make_rows_together_are_not_steered_in_silence(method: str):
    found = list(control({"people": read("balance: [{column: sex}]")}, load_policy(POLICY).tables, lambda table: method))
    assert [f"`{method}` makes rows that belong together" in message for _, message, _ in found] == [True]


def test_a_stand_in_that_is_not_made_cannot_be_steered():
    found = list(control({"people": read("balance: [{column: sex}]")}, load_policy(POLICY).tables, lambda table: "none"))
    assert "`synthesizer: none` makes none" in found[0][1]


def test_the_schema_lets_a_cell_stand_alone_and_knows_the_keys():
    schema = TableControl.model_json_schema(by_alias=True)
    cells = schema["$defs"]["Cells"]
    assert set(cells["type"]) == {"object", "array", "string", "integer", "null"}
    assert set(cells["properties"]) == {"is", "at_least", "at_most"}
