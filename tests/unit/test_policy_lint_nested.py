"""What `redact_json` does at its paths is held against the policy's keyspaces."""

from pathlib import Path

import pytest

from veil.policy import lint, load_policy

TEXT = """policy: p
version: 1
keys: {main: {from: "env:VEIL_KEY"}, other: {from: "env:VEIL_OTHER"}}
keyspaces:
  person: {key: main, canonical: numeric-id}
  phone: {key: main, canonical: phone, region: BE}
  erasable: {key: main, erasable: true}
  elsewhere: {key: other}
tables:
  t:
    match: {files: "t.csv"}
    rows: 1000
    subject: id
    quasi_identifiers: []
    columns:
      id: {do: token, in: person}
      extra:
        do: redact_json
        in: person
        paths:
          $.inner: RULE
"""


def problems(tmp_path: Path, rule: str) -> list[str]:
    path = tmp_path / "p.yaml"
    path.write_text(TEXT.replace("RULE", rule), encoding="utf-8")
    return [f"{problem.line}: {problem.message}; {problem.repair}" for problem in lint(load_policy(path))]


@pytest.mark.parametrize(
    "rule",
    [
        "redact",
        "keep",
        "{do: mask}",
        "{do: token}",
        "{do: token, in: person, canonical: numeric-id}",
        "{do: fake, of: phone, in: phone, canonical: phone, region: BE}",
    ],
)
def test_what_agrees_is_sound(tmp_path, rule):
    assert problems(tmp_path, rule) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{do: token, in: persons}", "unknown keyspace `persons`; did you mean `person`?"),
        ("{do: token, in: person}", "`canonical` differs from that of keyspace `person`: one value would get two pseudonyms; "
                                    "write `canonical: numeric-id`"),
        ("{do: fake, of: phone, in: phone, canonical: phone}", "`region` differs from that of keyspace `phone`: one value would "
                                                               "get two pseudonyms; write `region: BE`"),
        ("{do: token, in: elsewhere, region: BE}", "`region` differs from that of keyspace `elsewhere`: one value would get two "
                                                   "pseudonyms; remove `region`"),
        ("{do: token, in: elsewhere}", "keyspace `elsewhere` has the key `other`, and the column's is `main`; say `in:` a "
                                       "keyspace of `other` for the column, or of `main` here"),
        ("{do: fpe, in: erasable}", "`fpe` has one key for all, and the keyspace `erasable` has a key for each data subject; use "
                                    "`token` or `encrypt` in it, or another keyspace"),
        ("{do: token, length: 19, in: nowhere_near}", "unknown keyspace `nowhere_near`"),
    ],
)  # fmt: skip
def test_what_disagrees_is_told_with_its_line(tmp_path, rule, expected):
    found = problems(tmp_path, rule)
    assert any(problem.startswith(f"{len(TEXT.splitlines())}: {expected}") for problem in found), found
