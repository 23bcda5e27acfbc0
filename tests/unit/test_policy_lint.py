"""Lint refuses what can never happen, what would let personal data through, and what is too weak; each with line and repair."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.errors import PolicyInvalid
from veil.policy import lint, load_policy, load_sound_policy
from veil.policy.actions import Facts, When
from veil.policy.coverage import Universe, reaches
from veil.recognizers.entities import ENTITIES

POLICIES = Path(__file__).parents[2] / "policies"
SOUND = """\
policy: retail-crm
version: 4
keys: {main: {from: env:VEIL_KEY}}
keyspaces:
  person: {key: main, canonical: numeric-id}
tables:
  customers:
    match: {files: "customers_*.{csv,parquet}"}
    subject: customer_id
    quasi_identifiers: [born]
    target: segment
    columns:
      customer_id: {do: token, in: person}
      name: {do: fake, of: person_name, sex_from: gender}
      gender: {do: drop}
      born: {do: age_band, as_of: 2026}
      seen: {do: date_shift, days: [-180, 180]}
      card: {do: mask, keep_last: 4}
      segment: {do: keep, reason: coarse}
      note: {do: redact_text}
    rules:
      - {when: {entity: BIRTH_DATE}, do: age_band, as_of: 2026}
      - {when: {entity: POSTCODE}, do: mask, keep_first: 2}
      - {when: {role: direct}, do: drop}
      - {when: {role: other, type: integer}, do: keep, reason: no finding}
      - {when: {name: "x_*", role: other}, do: "null"}
  orders:
    match: {files: "orders_*.csv"}
    subject: customer_id
    references: {customer_id: customers.customer_id}
    columns:
      customer_id: {do: token, in: person}
gates:
  transform: {k: 5}
"""

# What is replaced, by what, and the line and words of the problem.
WRONG = [
    ("key: main, canonical", "key: mian, canonical", 5, "keyspaces.person.key: unknown key `mian`; did you mean `main`?"),
    ("key: main, canonical", "key: zzz, canonical", 5, "keyspaces.person.key: unknown key `zzz`; `keys` has `main`"),
    ('"orders_*.csv"', '"customers_*.csv"', 28, "orders.match.files: matches files that table `customers` matches too"),
    ('"orders_*.csv"', '"*"', 28, "matches files that table `customers` matches too: `*` and `customers_*.csv`"),
    ('"orders_*.csv"', '"{orders,customers_2026}.csv"', 28, "`customers_2026.csv` and `customers_*.csv`"),
    ('"orders_*.csv"', '"orders_*.{csv"', 28, "orders.match.files: a brace without its partner"),
    ("    subject: customer_id\n    quasi", "    encoding: utf-99\n    quasi", 9, "unknown encoding `utf-99`"),
    ("    subject: customer_id\n    quasi", "    encoding: zlib\n    quasi", 9, "unknown encoding `zlib`"),
    ("quasi_identifiers: [born]", "quasi_identifiers: []", 10, "empty, but `gates.transform.k` demands k over them"),
    ("quasi_identifiers: [born]", "quasi_identifiers: [gender]", 10, "column `gender` is dropped, so it is not in the output"),
    ("target: segment", "target: gender", 11, "customers.target: column `gender` is dropped"),
    ("    references:", "    target: totl\n    references:", 30, "orders.target: column `totl` is not among the table's columns"),
    ("token, in: person}\n      name", "token, in: persn}\n      name", 13,
     "customer_id.in: unknown keyspace `persn`; did you mean `person`?"),
    ("sex_from: gender", "sex_from: gendr", 14,
     "columns.name: column `gendr` is not among the table's columns; did you mean `gender`?"),
    ("of: person_name, sex_from: gender", "of: email, from: fullname", 14, "columns.name: column `fullname` is not among"),
    ("of: person_name, sex_from: gender", "of: email, from: [name, gendr]", 14,
     "column `gendr` is not among the table's columns"),
    ("days: [-180, 180]", "days: [-10, 10]", 17,
     "seen.days: a window of 20 days hides too little, less than 30; for instance `days: [-180, 180]`"),
    ("days: [-180, 180]", "days: [0, 29]", 17, "seen.days: a window of 29 days hides too little"),
    ("days: [-180, 180]", "days: [-30, 30], weeks_only: true", 17, "seen.days: whole weeks leave 8 shifts, fewer than 20"),
    ("mask, keep_last: 4", "mask, keep_last: 5", 18,
     "columns.card: the mask leaves 5 characters, 17 bits: 10 of 1,000,000 rows would share them, not 11; at most 4"),
    ("mask, keep_last: 4", "mask, keep_first: 3, keep_last: 2", 18, "columns.card: the mask leaves 5 characters"),
    ("entity: BIRTH_DATE", "entity: BIRTHDATE", 22,
     "rules[0].when.entity: unknown entity `BIRTHDATE`; did you mean `BIRTH_DATE`?"),
    ("entity: BIRTH_DATE}, do: age_band, as_of: 2026", "entity: BIRTH_DATE}, do: age_band", 22,
     "rules[0]: an age at a birth date needs the day"),
    ("entity: BIRTH_DATE", "entity: BIRTH_DATE, role: direct", 22, "rules[0]: can never match: no entity has this role"),
    ("mask, keep_first: 2", "mask, keep_first: 3", 23, "rules[1]: the mask leaves 3 of 4 characters of a short `POSTCODE`"),
    ("entity: POSTCODE}, do: mask", "role: [direct, quasi, other]}, do: mask", 24,
     "rules[2]: is never reached: rules[1] takes every column"),
    ("role: other, type: integer", "type: integer", 25,
     "rules[3]: `keep` would leave `HEALTH`, `RELIGION`, `POLITICS` and 7 more as they are"),
    ("role: direct}, do: drop", "type: text}, do: keep, reason: why not", 24,
     "rules[2]: `keep` would leave `EMAIL_ADDRESS`, `PHONE_NUMBER`"),
    ('name: "x_*", role: other}, do: "null"', 'name: "x_*"}, do: keep, reason: it is x', 26,
     "rules[4]: `keep` would leave `HEALTH`"),
    ("customers.customer_id}", "customer.customer_id}", 30,
     "references.customer_id: unknown table `customer`; did you mean `customers`?"),
    ("customers.customer_id}", "customers.id}", 30, "references.customer_id: table `customers` does not list `id`"),
    ("references: {customer_id:", "references: {custmer_id:", 30,
     "references.custmer_id: column `custmer_id` is not among the table's columns"),
    ("token, in: person}\ngates", "token}\ngates", 30, "references.customer_id: the two columns are not transformed alike"),
    ("token, in: person}\ngates", "token, in: person, prefix: C}\ngates", 30,
     "references.customer_id: the two columns are not transformed alike"),
]  # fmt: skip


def problems_of(old: str, new: str) -> list[str]:
    assert SOUND.count(old) == 1, (old, SOUND.count(old))
    policy = load_policy(SOUND.replace(old, new))
    return [problem.at(policy.source) for problem in lint(policy)]


def test_sound_policy_has_no_problem() -> None:
    assert lint(load_policy(SOUND)) == ()


@pytest.mark.parametrize(("old", "new", "line", "words"), WRONG, ids=[words[:60] for *_, words in WRONG])
def test_wrong_policy_is_told_with_line_and_words(old: str, new: str, line: int, words: str) -> None:
    told = problems_of(old, new)
    assert any(one.startswith(f"policy, line {line}: ") and words in one for one in told), told


@pytest.mark.parametrize("name", ["analytics", "demo", "gdpr", "hipaa-safe-harbor", "strict", "test-data"])
def test_shipped_policies_are_sound(name: str) -> None:
    assert load_sound_policy(POLICIES / f"{name}.yaml").policy == name


def test_unsound_policy_is_refused_with_all_problems(tmp_path: Path) -> None:
    path = tmp_path / "crm.yaml"
    path.write_text(SOUND.replace("key: main, canonical", "key: mian, canonical").replace("[-180, 180]", "[-1, 1]"))
    with pytest.raises(PolicyInvalid) as caught:
        load_sound_policy(path)
    assert [one.split(": ")[0] for one in str(caught.value).split("\n")] == [f"{path}, line 5", f"{path}, line 17"]


TABLE = 'version: 1\nkeys: {}\ntables:\n  t:\n    match: {files: "*"}\n    subject: auto\n    columns: {c: {do: drop}}\n'


@pytest.mark.parametrize(
    "action", ["do: token", "do: hash", "do: fake, of: city", "do: date_shift", "do: redact_text, replace: fake"]
)
def test_keyed_transform_without_a_key_is_refused(action: str) -> None:
    problems = lint(load_policy(TABLE.replace("do: drop", action)))
    assert [(problem.line, problem.path) for problem in problems] == [(7, "tables.t.columns.c")]
    assert problems[0].message.endswith("needs a key")
    assert not lint(load_policy(TABLE.replace("do: drop", action).replace("{}", "{main: {from: ephemeral}}")))


def test_with_several_keys_the_keyspace_must_be_named() -> None:
    two = TABLE.replace("{}", "{a: {from: ephemeral}, b: {from: ephemeral}}\nkeyspaces: {k: {key: b}}")
    assert "there are several; name a keyspace with `in`" in str(lint(load_policy(two.replace("do: drop", "do: token")))[0])
    assert not lint(load_policy(two.replace("do: drop", "do: token, in: k")))


@pytest.mark.parametrize(("action", "refused"), [("do: date_shift", True), ("do: fake, of: email, by: subject", True),
                                                 ("do: fake, of: email", False), ("do: token", False)])  # fmt: skip
def test_transform_per_subject_needs_a_subject(action: str, refused: bool) -> None:
    keyed = TABLE.replace("{}", "{main: {from: ephemeral}}").replace("do: drop", action)
    problems = lint(load_policy(keyed.replace("subject: auto", "subject: null")))
    assert [problem.repair for problem in problems] == ["name the table's `subject`"] * refused
    assert not lint(load_policy(keyed))


def test_lint_knows_only_the_entities_it_is_given() -> None:
    policy = load_policy(SOUND)
    assert {problem.message for problem in lint(policy, {"POSTCODE": ENTITIES["POSTCODE"]})} >= {"unknown entity `BIRTH_DATE`"}


conditions = st.builds(
    When,
    entity=st.none() | st.lists(st.sampled_from(["PERSON", "AGE", "HEALTH", "NOWHERE"]), min_size=1, max_size=3).map(tuple),
    role=st.none() | st.lists(st.sampled_from(["direct", "quasi", "sensitive", "other"]), min_size=1, max_size=2).map(tuple),
    type=st.none() | st.lists(st.sampled_from(["text", "integer"]), min_size=1, max_size=2).map(tuple),
    free_text=st.none() | st.booleans(),
    unique=st.booleans(),
)
FEW = {name: ENTITIES[name] for name in ("PERSON", "AGE", "HEALTH")}


@settings(max_examples=60, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=5))
def test_reach_equals_asking_every_kind_of_column(rules: list[When]) -> None:
    """The slow, obvious version: which rule takes each kind of column?"""
    taken: list[set[str | None]] = [set() for _ in rules]
    for kind in Universe(FEW).kinds:
        facts = Facts(name="any", **kind)
        first = next((place for place, rule in enumerate(rules) if rule.matches(facts)), None)
        if first is not None:
            taken[first].add(facts.entity)
    for reach, entities in zip(reaches(rules, FEW), taken, strict=True):
        assert reach.dead == (not entities)
        assert set(reach.entities) == entities - {None}


def test_a_rule_for_some_names_takes_nothing_from_a_rule_for_all() -> None:
    some, same, more = (When(role=("other",), name=names) for names in (("a*",), ("A*",), ("a*", "b*")))
    everything = When(role=("other",))
    assert [reach.dead for reach in reaches([some, everything], ENTITIES)] == [False, False]
    assert [reach.dead for reach in reaches([everything, some], ENTITIES)] == [False, True]
    assert [reach.dead for reach in reaches([some, same, more], ENTITIES)] == [False, True, False]
    assert [reach.dead for reach in reaches([more, some], ENTITIES)] == [False, True]
