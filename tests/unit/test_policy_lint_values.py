"""Lint of null cells, keyspaces, expected rows and approved columns; each on both sides."""

import time

import pytest

from veil.errors import PolicyInvalid
from veil.policy import lint, load_policy
from veil.policy.actions import Facts, When

POLICY = """\
version: 1
defaults: {nulls: keep}
keys: {main: {from: "env:VEIL_KEY"}, run: {from: ephemeral}}
keyspaces: {person: {key: main, erasable: true}, order: {key: run}}
tables:
  t:
    match: {files: "*"}
    rows: 200000
    subject: id
    columns:
      id: {do: token, in: person}
      card: {do: mask, keep_last: 4}
      name: {do: fake, of: person_name, in: person}
      age: {do: band, width: 10, nulls: fill, fill: unknown}
      plan: {do: keep, reason: coarse}
    approved:
      age: {entity: AGE, type: integer}
"""


def problems(old: str = "", new: str = "") -> list[str]:
    assert not old or POLICY.count(old) == 1
    policy = load_policy(POLICY.replace(old, new) if old else POLICY)
    return [problem.at("p") for problem in lint(policy)]


def test_a_sound_policy_has_no_problem() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (", nulls: fill, fill: unknown", ", fill: unknown", "p, line 14: tables.t.columns.age.fill: is never written"),
        (", nulls: fill, fill: unknown", ", nulls: refuse, fill: unknown", "because `nulls` is `refuse`; say `nulls: fill`"),
        (", nulls: fill, fill: unknown", ", nulls: fill", "age.nulls: does not say what to fill null cells with; add `fill: …`"),
        ("{do: keep, reason", "{do: keep, nulls: fill, fill: 0, reason", "plan.nulls: `keep` does not go with filling"),
        ("{key: main, erasable: true}", "{key: run, erasable: true}", "line 4: keyspaces.person.erasable: the vault would be"),
        ('{from: "env:VEIL_KEY"}', '{from: "env:VEIL_KEY", otherwise: ephemeral}', "erasable: the vault would be locked"),
        ("rows: 200000", "rows: 100000", "columns.card: the mask leaves 4 characters, 13 bits: 10 of 100,000"),
        ("rows: 200000", "rows: 100000000000", "p, line 11: tables.t.columns.id.length: 82 bits for 100,000,000,000 values"),
        ("{do: token, in: person}", "{do: fake, of: person_name, in: person}", "id.of: "),
        ("width: 10", "width: 1", "line 14: tables.t.columns.age.width: a step of 1 leaves numbers with steps of 1"),
        ("rows: 200000", "rows: 0", ""),
    ],
)
def test_each_is_found_with_line_and_repair(old: str, new: str, words: str) -> None:
    if not words:
        with pytest.raises(Exception, match="input should be greater than or equal to 1"):
            problems(old, new)
        return
    told = problems(old, new)
    assert any(words in one for one in told), told


def test_a_length_that_does_for_the_rows_has_no_problem() -> None:
    assert problems("rows: 200000", "rows: 100000000000") != []
    many = POLICY.replace("rows: 200000", "rows: 100000000000")
    longer = load_policy(many.replace("do: token, in: person", "do: token, in: person, length: 24"))
    assert [problem for problem in lint(longer) if "length" in problem.path] == []


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a{1000}){1000}", "`pattern` is not taken by RE2"),
        ("(?=a)b", "`pattern` is not taken by RE2"),
        ("(a*)*", "`pattern` matches the empty text"),
        ("a" * 1001, "string should have at most 1000 characters"),
        ("(a+)+$", ""),
    ],
)
def test_a_pattern_that_can_explode_is_refused_with_its_line(pattern: str, words: str) -> None:
    text = f"version: 1\ntables:\n  t:\n    match: {{files: a}}\n    columns:\n      c: {{do: regex, pattern: '{pattern}'}}\n"
    if not words:
        assert lint(load_policy(text)) == ()
        return
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(text)
    assert "policy, line 6: tables.t.columns.c" in str(caught.value)
    assert words in str(caught.value)


def test_a_name_pattern_full_of_stars_answers_at_once() -> None:
    when = When(name=("*a" * 40 + "b",))
    start = time.process_time()
    assert not when.matches(Facts(name="a" * 2_000, entity=None, role="other", type="text"))
    assert time.process_time() - start < 0.5
