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
    assert load_policy(f'version: 1\ntables: {{t: {{match: {{files: a}}}}}}\ngates: {{check: {{fidelity: "{gate["fidelity"]["default"]}"}}}}')


def test_schema_explains_and_forbids_unknown_keys() -> None:
    schema = json_schema()
    objects = [node for node in schema["$defs"].values() if node.get("type") == "object"]
    assert all(node["additionalProperties"] is False and node["description"] for node in objects)


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
    assert places_of(json_schema(), "residual_identifiers") == ("gates.transform.residual_identifiers", "gates.check.residual_identifiers")


def accepted_by_schema(node: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """A small validator: enough of JSON Schema for the keywords that ours uses."""
    if "$ref" in schema:
        return accepted_by_schema(node, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "discriminator" in schema:
        mapping = schema["discriminator"]["mapping"]
        return isinstance(node, dict) and node.get("do") in mapping and accepted_by_schema(node, {"$ref": mapping[node["do"]]}, root)
    if "anyOf" in schema:
        return any(accepted_by_schema(node, option, root) for option in schema["anyOf"])
    if isinstance(node, dict) and schema.get("type") == "object":
        known, others = schema.get("properties", {}), schema.get("additionalProperties", schema.get("patternProperties", True))
        others = next(iter(others.values())) if "patternProperties" in schema else others
        return set(schema.get("required", ())) <= node.keys() and all(
            accepted_by_schema(value, known[key], root) if key in known else others is not False and accepted_by_schema(value, others, root)
            for key, value in node.items()
        )
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "null": type(None), "object": dict}
    return isinstance(node, kinds.get(schema.get("type", ""), object)) and node in schema.get("enum", [schema.get("const", node)])


@pytest.mark.parametrize("name", ["gdpr", "strict", "demo"])
def test_shipped_policies_satisfy_the_schema(name: str) -> None:
    plain = json.loads(json.dumps(yaml.safe_load((POLICIES / f"{name}.yaml").read_text()), default=str))
    assert accepted_by_schema(plain, json_schema(), json_schema())


def test_schema_and_loader_both_refuse_an_unknown_transform() -> None:
    text = "version: 1\ntables: {t: {match: {files: a}, columns: {c: {do: vanish}}}}\n"
    assert not accepted_by_schema(yaml.safe_load(text), json_schema(), json_schema())
    with pytest.raises(PolicyInvalid):
        load_policy(text)
