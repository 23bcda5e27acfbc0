"""What has to go together in a policy, on both sides."""

from __future__ import annotations

import pytest

from veil.policy import lint, load_policy

POLICY = """
policy: p
version: 1
defaults: {unmatched: drop}
keys: {main: {from: "env:VEIL_KEY"}}
keyspaces:
  person: {key: main, erasable: true}
  number: {key: main}
tables:
  people:
    match: {files: "people.csv"}
    subject: id
    columns:
      id: {do: token, in: SPACE}
      age: LINE
      town: OTHER
"""


def problems(tmp_path, line: str, other: str = "{do: drop}", space: str = "person") -> list[str]:
    path = tmp_path / "p.yaml"
    path.write_text(POLICY.replace("LINE", line).replace("OTHER", other).replace("SPACE", space), encoding="utf-8")
    return [str(problem) for problem in lint(load_policy(path))]


@pytest.mark.parametrize(
    ("line", "other", "told"),
    [
        ("{do: k_anonymize, k: 5, widths: [10]}", "{do: k_anonymize, k: 5}", None),
        ("{do: k_anonymize, k: 5, max_suppressed: 0.1}", "{do: k_anonymize, k: 5, max_suppressed: 0.1, may_hide: true}", None),
        ("{do: k_anonymize, k: 5}", "{do: k_anonymize, k: 6}", "columns.town.k: `k` differs"),
        ("{do: k_anonymize, k: 5}", "{do: k_anonymize, k: 5, method: mondrian}", "columns.town.method: `method` differs"),
    ],
)
def test_columns_that_are_anonymized_jointly_say_the_same(tmp_path, line, other, told):
    found = [problem for problem in problems(tmp_path, line, other) if "differs" in problem]
    assert len(found) == (told is not None)
    assert told is None or told in found[0]


@pytest.mark.parametrize(
    ("line", "space", "told"),
    [
        ("{do: fpe, in: number}", "person", None),
        ("{do: fpe, in: person}", "person", "`fpe` has one key for all"),
        ("{do: encrypt, in: number, by: subject}", "person", None),
        ("{do: encrypt, in: number, by: subject}", "number", "`by: subject` seals under keys of data subjects"),
        ("{do: encrypt, in: number}", "number", None),
    ],
)
def test_keys_of_data_subjects_are_there_where_they_are_needed(tmp_path, line, space, told):
    found = problems(tmp_path, line, space=space)
    assert any(told in problem for problem in found) if told else not any("key" in problem for problem in found)
