"""The policy's values: which file is which table, what the digest depends on, and what does not change it."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from veil.errors import PolicyInvalid
from veil.policy import Policy, load_policy
from veil.policy.actions import Facts, When
from veil.transforms import TRANSFORMS

POLICIES = Path(__file__).parents[2] / "policies"


def policy_matching(**patterns: str) -> Policy:
    tables = "".join(f"  {name}: {{match: {{files: '{pattern}'}}}}\n" for name, pattern in patterns.items())
    return load_policy(f"version: 1\ntables:\n{tables}")


@pytest.mark.parametrize(
    ("pattern", "file", "matches"),
    [
        ("*", "anything.csv.gz", True),
        ("customers_*.{csv,parquet}", "customers_2026.csv", True),
        ("customers_*.{csv,parquet}", "customers_2026.parquet", True),
        ("customers_*.{csv,parquet}", "customers_2026.csv.gz", False),
        ("customers_*.{csv,parquet}", "Customers_2026.csv", False),
        ("{a,b}_{c,d}.csv", "b_c.csv", True),
        ("{a,b}_{c,d}.csv", "b_e.csv", False),
        ("{a,}x.csv", "x.csv", True),
        ("x[0-9].csv", "x7.csv", True),
        ("x.csv", "x_csv", False),
        ("plain{.csv", "plain{.csv", True),
    ],
)
def test_a_table_matches_files_by_pattern(pattern: str, file: str, matches: bool) -> None:
    assert policy_matching(t=pattern).tables["t"].matches(file) is matches


def test_each_file_is_exactly_one_table() -> None:
    policy = policy_matching(customers="c*.csv", orders="o*.csv", letters="{l,c}etters.*")
    assert policy.table_for("orders.csv") == ("orders", policy.tables["orders"])
    assert policy.name_of(policy.tables["orders"]) == "orders"
    with pytest.raises(PolicyInvalid, match=r"line 2: tables: no table matches the file `stock\.csv`; add a table"):
        policy.table_for("stock.csv")
    with pytest.raises(PolicyInvalid, match=r"tables `customers` and `letters` both match the file `cetters\.csv`"):
        policy.table_for("cetters.csv")


BASE = """\
version: 1
keys:
  main: {from: ephemeral}
tables:
  t:
    match: {files: "*"}
    columns:
      a: {do: token}
      b: {do: mask, keep_last: 2}
    rules:
      - {when: {role: direct}, do: drop}
      - {when: {role: quasi}, do: drop}
"""


@pytest.mark.parametrize(
    "same",
    [
        "# a comment\n" + BASE.replace("columns:", "columns:   # named"),
        BASE.replace("      a: {do: token}\n", "").replace("    rules:", "      a: {do: token}\n    rules:"),
        BASE.replace("do: mask, keep_last: 2", "keep_last: 2, do: mask"),
        BASE.replace("role: direct", "role: [direct]"),
        BASE.replace("do: token}", "do: token, prefix: '', length: 19}"),
        BASE + "gates: {plan: {max_unresolved: 0}}\nretain: {work: 7d}\ndefaults: {unmatched: refuse}\n",
        BASE.replace('files: "*"', "files: '*'").replace("\n", "\r\n"),
    ],
    ids=["comments", "column order", "key order", "one or many", "defaults of a transform", "defaults", "spelling"],
)
def test_layout_order_and_written_out_defaults_do_not_change_the_digest(same: str) -> None:
    assert load_policy(same).sha256 == load_policy(BASE).sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("keep_last: 2", "keep_last: 3"),
        ("do: token", "do: hash"),
        ("role: direct", "role: sensitive"),
        ("version: 1", "version: 2"),
        ("from: ephemeral", "from: env:KEY"),
        ("from: ephemeral", 'from: ephemeral, epoch: "2"'),
        ("tables:", "retain: {work: 1d}\ntables:"),
        ("tables:", "synthesize: {epochs: 1}\ntables:"),
        ("tables:", "gates: {transform: {k: 2}}\ntables:"),
        ("      - {when: {role: direct}, do: drop}\n", ""),
    ],
)
def test_every_change_of_meaning_changes_the_digest(old: str, new: str) -> None:
    assert load_policy(BASE.replace(old, new)).sha256 != load_policy(BASE).sha256


def test_order_of_rules_changes_the_digest() -> None:
    swapped = BASE.replace("role: direct", "role: X").replace("role: quasi", "role: direct").replace("role: X", "role: quasi")
    assert load_policy(swapped).sha256 != load_policy(BASE).sha256


@pytest.mark.parametrize("name", ["analytics", "demo", "gdpr", "hipaa-safe-harbor", "strict", "test-data"])
def test_resolved_policy_reads_back_to_the_same_policy(name: str) -> None:
    policy = load_policy(POLICIES / f"{name}.yaml")
    resolved = policy.resolved()
    for gate in resolved["gates"].values():
        gate.update({check: "off" for check, demand in gate.items() if demand is None})
    again = load_policy(yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True))
    assert again.resolved() == policy.resolved()
    assert again.sha256 == policy.sha256


def test_a_policy_cannot_be_changed() -> None:
    policy = load_policy(BASE)
    with pytest.raises(ValidationError):
        policy.version = 2
    with pytest.raises(ValidationError):
        policy.tables["t"].columns["b"].keep_last = 4


def test_no_key_is_in_the_resolved_policy_or_its_repr() -> None:
    policy = load_policy(BASE.replace("from: ephemeral", "from: env:SHOP_KEY"))
    assert policy.resolved()["keys"] == {"main": {"from": "env:SHOP_KEY", "otherwise": None, "epoch": "1"}}


@pytest.mark.parametrize(
    ("when", "matches"),
    [
        (When(entity=("PERSON",)), True),
        (When(entity=("AGE", "PERSON")), True),
        (When(entity=("AGE",)), False),
        (When(role=("direct",), type=("text",)), True),
        (When(role=("direct",), type=("date",)), False),
        (When(name=("full*",)), True),
        (When(name=("FULL_NAME",)), True),
        (When(name=("*_id", "x")), False),
        (When(free_text=False), True),
        (When(free_text=True), False),
        (When(unique=True), True),
        (When(unique=False), False),
    ],
)
def test_all_conditions_must_hold_and_one_of_a_list(when: When, matches: bool) -> None:
    assert when.matches(Facts(name="Full_Name", entity="PERSON", role="direct", type="text", unique=True)) is matches


LEAST = {
    "age_band": "as_of: 2026", "band": "width: 10", "constant": "value: x", "date_part": "part: year", "fake": "of: city",
    "top_bottom": "top: 3", "noise": "amount: 3", "pram": "retain: 0.5", "round": "places: 0", "truncate": "first: 1",
    "geo_grid": "km: 10", "regex": "pattern: a", "hierarchy": "levels: [[a, b]]", "microaggregate": "size: 3",
    "k_anonymize": "k: 11", "redact_json": "default: redact",
}  # fmt: skip
"""What a transform cannot be written without."""


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_every_transform_can_be_written_with_do_in_and_reason(name: str) -> None:
    """If this fails for a transform of yours that has a parameter without a default, add it to `LEAST`."""
    own = f", {LEAST[name]}" if name in LEAST else ""
    text = BASE.replace("do: token", f"do: {name}, reason: why not{own}, in: space") + "keyspaces: {space: {key: main}}\n"
    action = load_policy(text).tables["t"].columns["a"]
    assert (action.do, action.reason, action.keyspace) == (name, "why not", "space")
    assert TRANSFORMS[name] in type(action).__mro__


def test_every_line_of_the_shipped_policies_says_why() -> None:
    for name in ("analytics", "demo", "gdpr", "hipaa-safe-harbor", "strict", "test-data"):
        for table in load_policy(POLICIES / f"{name}.yaml").tables.values():
            assert all(len(action.reason) > 5 for action in (*table.columns.values(), *table.rules))
