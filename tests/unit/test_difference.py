"""`policy diff`: exactly the columns whose outputs would change, and why; over policies alone and over the columns of a drop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.cli import main
from tests.unit.test_plan import findings_of, profiles_of, table_of
from veil.difference import Change, gate_changes, plan_changes, policy_changes
from veil.model import Plan
from veil.plan import make_plan
from veil.policy import Policy, load_policy

POLICY = """\
version: 1
defaults: {unmatched: refuse, null_values: [NA]}
keys: {main: {from: env:VEIL_KEY, epoch: "1"}}
keyspaces: {person: {key: main}, phone: {key: main, canonical: phone, region: BE}}
tables:
  t:
    match: {files: "*"}
    subject: id
    columns:
      id: {do: token, in: person}
      name: {do: fake, of: person_name}
      phone: {do: hash, in: phone, where: {column: plan, is: [gold]}, otherwise: {do: mask}}
      born: {do: age_band, as_of: 2026}
      seen: {do: date_shift}
      plan: {do: keep, reason: coarse}
    rules:
      - {when: {entity: CITY}, do: drop}
      - {when: {entity: SALARY}, do: band, width: 10000}
gates: {transform: {k: 5}}
"""
COLUMNS: dict[str, tuple[str | None, str]] = {
    "id": ("CUSTOMER_ID", "integer"), "name": ("PERSON", "text"), "phone": ("PHONE_NUMBER", "text"),
    "born": ("BIRTH_DATE", "date"), "seen": ("EVENT_DATE", "date"),
    "plan": (None, "category"), "pay": ("SALARY", "integer"), "city": ("CITY", "text"),
}  # fmt: skip

# What is replaced, and what changes: columns with the aspects that differ.
CHANGES: list[tuple[str, str, dict[str, set[str]]]] = [
    ("width: 10000", "width: 5000", {"pay": {"parameters"}}),
    ("do: band, width: 10000", "do: top_bottom, top: 1", {"pay": {"transform", "parameters"}}),
    ('epoch: "1"', 'epoch: "2"', {"id": {"epoch"}, "name": {"epoch"}, "phone": {"epoch"}, "seen": {"epoch"}}),
    ("from: env:VEIL_KEY", "from: ephemeral", {"id": {"key"}, "name": {"key"}, "phone": {"key"}, "seen": {"key"}}),
    ("region: BE", "region: NL", {"phone": {"canonical form"}}),
    ("person: {key: main}", "person: {key: main, canonical: numeric-id}", {"id": {"canonical form"}}),
    ("person: {key: main}", "person: {key: main, erasable: true}", {"id": {"erasable"}}),
    ("do: token, in: person", "do: token", {"id": {"keyspace"}}),
    ("subject: id", "subject: name", {"name": {"subject"}, "seen": {"subject"}}),
    ("is: [gold]", "is: [silver]", {"phone": {"where"}}),
    ("otherwise: {do: mask}", "otherwise: {do: mask, keep_last: 2}", {"phone": {"otherwise"}}),
    ("do: age_band, as_of: 2026", "do: age_band, as_of: 2026, nulls: fill, fill: unknown", {"born": {"nulls"}}),
    ("reason: coarse", "reason: four plans", {}),
    ("k: 5", "k: 11", {}),
    ("entity: CITY}, do: drop", "entity: CITY}, do: drop, reason: small", {}),
]


def planned(policy: Policy) -> Plan:
    return make_plan(policy, policy.tables["t"], table_of(COLUMNS, "t"), findings_of(COLUMNS, "t"), profiles_of(COLUMNS, set()))


def by_column(changes: tuple[Change, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for change in changes:
        found.setdefault(change.column, set()).add(change.aspect)
    return found


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES, ids=[new[:40] for _, new, _ in CHANGES])
def test_the_columns_that_change_and_why(old: str, new: str, expected: dict[str, set[str]]) -> None:
    assert POLICY.count(old) == 1
    one, other = load_policy(POLICY), load_policy(POLICY.replace(old, new))
    assert by_column(plan_changes((one, planned(one)), (other, planned(other)))) == expected


def test_other_words_for_null_change_every_column() -> None:
    one, other = load_policy(POLICY), load_policy(POLICY.replace("[NA]", "[NA, none]"))
    changed = by_column(plan_changes((one, planned(one)), (other, planned(other))))
    assert changed.pop("phone") == {"null values", "otherwise"}
    assert all(aspects == {"null values"} for aspects in changed.values())
    assert set(changed) == set(COLUMNS) - {"phone", "plan", "city"}, "a column that is dropped or kept has no nulls that matter"


def test_nothing_changes_from_a_policy_to_itself() -> None:
    policy = load_policy(POLICY)
    assert plan_changes((policy, planned(policy)), (policy, planned(policy))) == ()
    assert policy_changes(policy, policy) == gate_changes(policy, policy) == ()


def test_without_a_drop_named_columns_rules_and_tables_are_compared() -> None:
    one = load_policy(POLICY)
    ruled = load_policy(POLICY.replace("width: 10000", "width: 5000").replace("      plan: {do: keep, reason: coarse}\n", ""))
    found = by_column(policy_changes(one, ruled))
    assert found[""] == {"rules"}
    assert found["plan"] >= {"transform"}
    renamed = load_policy(POLICY.replace("  t:\n", "  people:\n"))
    assert [(change.table, change.aspect) for change in policy_changes(one, renamed)] == [("t", "table"), ("people", "table")]
    drawn = load_policy(POLICY.replace("tables:", "subset: {of: t, share: 0.1}\ntables:"))
    assert by_column(policy_changes(one, drawn)) == {"": {"subset"}}


def test_gates_are_told_apart_from_outputs() -> None:
    (change,) = gate_changes(load_policy(POLICY), load_policy(POLICY.replace("k: 5", "k: 11")))
    assert (change.aspect, change.before, change.after) == ("gates.transform.k", ">= 5", ">= 11")


def test_columns_that_are_made_anonymous_together_change_together() -> None:
    kept, banded, joint = "{do: keep, reason: coarse}", "{do: age_band, as_of: 2026}", "{do: k_anonymize, k: 5}"
    both = POLICY.replace(kept, joint).replace(banded, joint)
    before, after = load_policy(both), load_policy(POLICY.replace(banded, joint))
    assert by_column(plan_changes((before, planned(before)), (after, planned(after))))["born"] == {"other columns"}


@pytest.fixture
def policies(tmp_path: Path) -> tuple[str, str, str]:
    files = {"a": POLICY, "b": POLICY.replace("width: 10000", "width: 5000"), "c": POLICY.replace("do: token,", "do: hash,")}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    a, b, c = (str(tmp_path / f"{name}.yaml") for name in files)
    return a, b, c


def test_diff_tells_a_line_per_column_and_counts_them(
    policies: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "diff", policies[0], policies[2]]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("t.id: transform token -> hash; parameters ")
    assert told[-1].startswith("1 named columns change; give `--drop`")
    assert main(["policy", "diff", policies[0], policies[0]]) == 0
    assert capsys.readouterr().out == "The two policies say the same.\n"
    assert main(["policy", "diff", policies[0], policies[1]]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "t: rules [1] gone and [1] new"


def test_diff_over_a_drop_is_exact_and_machine_readable(
    policies: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VEIL_HOME", str(tmp_path / "home"))
    drop = tmp_path / "t.csv"
    days = [f"{row % 28 + 1:02d}" for row in range(40)]
    rows = "".join(f"{row},Ann Lee {row},04701234{row:02d},1970-01-{day},2024-05-{day},gold,{3000 + row}\n"
                   for row, day in enumerate(days))  # fmt: skip
    drop.write_text("id,name,phone,born,seen,plan,salary\n" + rows)
    assert main(["policy", "diff", policies[0], policies[1], "--drop", str(drop), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(change["column"], change["aspect"]) for change in told["outputs"]] == [("salary", "parameters")]
    assert told["columns_compared"] == 7
    assert not told["same_outputs"]
    assert "Ann Lee" not in json.dumps(told)
