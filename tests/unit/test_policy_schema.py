"""`policies/schema.json` is what editors check a policy with: up to date, and of one mind with the loader."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from veil.errors import PolicyInvalid
from veil.policy import json_schema, load_policy
from veil.policy.schema import keys_at, places_of
from veil.transforms import TRANSFORMS

POLICIES = Path(__file__).parents[2] / "policies"


def test_schema_file_is_up_to_date() -> None:
    """If this fails: `veil policy schema > policies/schema.json`."""
    assert (POLICIES / "schema.json").read_text() == json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"


def test_every_transform_is_in_the_schema_for_columns_and_for_rules() -> None:
    table = json_schema()["$defs"]["TablePolicy"]["properties"]
    assert set(table["columns"]["additionalProperties"]["discriminator"]["mapping"]) == set(TRANSFORMS)
    assert set(table["rules"]["items"]["discriminator"]["mapping"]) == set(TRANSFORMS)


def test_schema_writes_thresholds_as_a_policy_does() -> None:
    gate = json_schema()["$defs"]["CheckGate"]["properties"]
    assert gate["fidelity"]["default"] == ">= 0.8"
    assert gate["k"]["default"] is None
    text = f'version: 1\ntables: {{t: {{match: {{files: a}}}}}}\ngates: {{check: {{fidelity: "{gate["fidelity"]["default"]}"}}}}'
    assert load_policy(text).gates == load_policy(text.split("gates")[0]).gates


def test_schema_explains_and_forbids_unknown_keys() -> None:
    schema = json_schema()
    objects = {name: node for name, node in schema["$defs"].items() if node.get("type") == "object"}
    assert all(node["description"] for node in objects.values())
    # The rule of a path in JSON holds another transform's parameters, which that transform checks itself.
    assert {name for name, node in objects.items() if node["additionalProperties"] is not False} <= {"Rule"}


def test_a_rule_of_a_path_in_json_is_checked_by_its_transform() -> None:
    text = "version: 1\nkeys: {main: {from: ephemeral}}\ntables: {t: {match: {files: a}, columns: {c: {do: redact_json, "
    with pytest.raises(PolicyInvalid, match="unknown key `keepfirst`"):
        load_policy(text + 'paths: {"$.a": {do: mask, keepfirst: 2}}}}}}\n')


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ((), {"version", "tables", "gates"}),
        (("tables", "t", "columns", "c", "mask"), {"do", "in", "reason", "keep_last", "char"}),
        (("tables", "t", "rules", 0, "token", "when"), {"entity", "role", "type", "name", "free_text", "unique"}),
        (("nowhere",), set()),
    ],
)
def test_keys_at_a_place(place: tuple[str | int, ...], known: set[str]) -> None:
    assert known <= set(keys_at(json_schema(), place))


def test_places_of_a_key() -> None:
    places = places_of(json_schema(), "residual_identifiers")
    assert places == ("gates.transform.residual_identifiers", "gates.check.residual_identifiers")


def accepted_by_schema(node: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """A small validator: enough of JSON Schema for the keywords that ours uses."""
    if "$ref" in schema:
        return accepted_by_schema(node, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "discriminator" in schema:
        form = schema["discriminator"]["mapping"].get(node.get("do")) if isinstance(node, dict) else None
        return form is not None and accepted_by_schema(node, {"$ref": form}, root)
    if "anyOf" in schema:
        return any(accepted_by_schema(node, option, root) for option in schema["anyOf"])
    if isinstance(node, dict) and schema.get("type") == "object":
        return set(schema.get("required", ())) <= node.keys() and all(
            (inner := schema_inside(schema, key)) is not False and accepted_by_schema(value, inner, root)
            for key, value in node.items()
        )
    kind = KINDS.get(schema.get("type", ""), object)
    return isinstance(node, kind) and node in schema.get("enum", [schema.get("const", node)])


KINDS: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list}
KINDS["null"] = type(None)


def schema_inside(schema: dict[str, Any], key: str) -> Any:
    if key in schema.get("properties", {}):
        return schema["properties"][key]
    named = schema.get("patternProperties")
    return next(iter(named.values())) if named else schema.get("additionalProperties", False)


@pytest.mark.parametrize("name", ["analytics", "demo", "gdpr", "hipaa-safe-harbor", "strict", "test-data"])
def test_shipped_policies_satisfy_the_schema(name: str) -> None:
    plain = json.loads(json.dumps(yaml.safe_load((POLICIES / f"{name}.yaml").read_text()), default=str))
    assert accepted_by_schema(plain, json_schema(), json_schema())


def test_schema_and_loader_both_refuse_an_unknown_transform() -> None:
    text = "version: 1\ntables: {t: {match: {files: a}, columns: {c: {do: vanish}}}}\n"
    assert not accepted_by_schema(yaml.safe_load(text), json_schema(), json_schema())
    with pytest.raises(PolicyInvalid):
        load_policy(text)
