"""Every example of docs/policies.md is a part of a sound policy, and every part of the language is on the page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tasks.policies import SHIPPED
from veil.policy import json_schema, lint, load_policy
from veil.policy.document import read_document

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## (.+?)\n.*?```yaml\n(.*?)```", PAGE, flags=re.MULTILINE | re.DOTALL)
AROUND = {
    "version": 1,
    "keys": {"main": {"from": "env:VEIL_KEY"}},
    "tables": {"other": {"match": {"files": "other.csv"}, "columns": {"a": {"do": "drop"}}}},
}


def whole(example: str) -> dict[str, Any]:
    """Return the example with what it leaves out: a version, a key and a table."""
    data = read_document(example, "docs/policies.md").data
    policy = {**AROUND, **data}
    if len(policy["keys"]) > 1:
        policy["keyspaces"] = {"space": {"key": "main"}, **policy.get("keyspaces", {})}
    return policy


@pytest.mark.parametrize(("heading", "example"), EXAMPLES, ids=[heading for heading, _ in EXAMPLES])
def test_each_example_is_sound(heading: str, example: str) -> None:
    assert lint(load_policy(json.dumps(whole(example)) + "\n")) == ()


def test_each_part_of_the_language_has_an_example() -> None:
    assert len(EXAMPLES) == len(re.findall(r"^```yaml", PAGE, flags=re.MULTILINE)) == 15
    written = "\n".join(example for _, example in EXAMPLES)
    schema = json_schema()
    parts = ("Policy", "Defaults", "KeyPlace", "Keyspace", "TablePolicy", "When", "Where", "Subset", "PolicyRecognizer", "Retain",
             "Synthesize", "TableSynthesis", "TableControl")  # fmt: skip
    for part in parts:
        node = schema if part == "Policy" else schema["$defs"][part]
        missing = [key for key in node["properties"] if f"{key}:" not in written]
        assert not set(missing) - {"free_text", "batch_size", "max_seconds"}, (part, missing)


def test_the_policies_that_ship_are_listed() -> None:
    assert all(f"| `{path.stem}` |" in PAGE for path in SHIPPED.glob("*.yaml"))
