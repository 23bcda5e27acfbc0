"""From a policy file to a `Policy`, or to one error that lists everything that is wrong with it, with lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from veil.policy.document import Document, read_document
from veil.policy.lint import lint
from veil.policy.models import Policy
from veil.policy.problems import Problem, dotted, refusal, suggestion
from veil.policy.schema import json_schema, keys_at, places_of
from veil.transforms import TRANSFORMS

TRANSFORM_NAMES = list(TRANSFORMS)

Loc = tuple[str | int, ...]

_FORMS = {
    "from": "write `env:NAME`, `file:PATH`, `prefect-secret:NAME` or `ephemeral`; never the key itself",
    "reason": "say why the cells may stay as they are",
    "policy": "a name of letters, digits, `-` and `_`",
    "region": "a country of two capital letters, such as `BE`",
    "files": "a file name pattern without folders, such as `customers_*.csv`",
    **dict.fromkeys(("work", "quarantine", "held", "evidence"), "a number and one of h, d, w, m, y, such as `30d`"),
}


def load_policy(source: Path | str) -> Policy:
    """Read a policy.

    Parameters
    ----------
    source : a path, or the policy's text itself (a string with a line break in it).

    Returns
    -------
    The policy, valid in form. Whether it makes sense is what `lint` says; `load_sound_policy` does both.

    Raises
    ------
    PolicyInvalid : all problems at once, each with file, line and repair.
    """
    if isinstance(source, str) and "\n" in source:
        return _validated(read_document(source, "policy"), Path())
    return _validated(read_document(file_bytes(Path(source)), str(source)), Path(source).parent)


def load_sound_policy(source: Path | str) -> Policy:
    """Read a policy and lint it; refuse it if there is any problem. Every run starts here, before any data is read."""
    policy = load_policy(source)
    problems = lint(policy)
    if problems:
        raise refusal(policy.source, problems)
    return policy


def file_bytes(path: Path) -> bytes:
    """Return what a file holds; one that cannot be read is refused with its path and the reason."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror
    raise refusal(str(path), [Problem(None, "", f"cannot be read: {reason}", "check the path")])


def _validated(document: Document, folder: Path) -> Policy:
    """Check the form. `folder` is where files lie that the policy names; what stands in them becomes part of it."""
    try:
        policy = Policy.model_validate_json(json.dumps(document.data), context={"folder": str(folder)})
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=True)
    else:
        policy._document = document
        return policy
    problems = {problem.path: problem for problem in (_problem(document, detail) for detail in reversed(details))}
    raise refusal(document.source, problems.values())


def _problem(document: Document, detail: Mapping[str, Any]) -> Problem:
    path = _path(document.data, detail["loc"])
    message, repair = _words(detail, path)
    if detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, "do")
    return Problem(document.line(path), dotted(path), message, repair)


def _path(data: Any, loc: Sequence[str | int]) -> Loc:
    """Return the place in the file: pydantic's own, without the names of the union members on the way."""
    path: list[str | int] = []
    for part in loc:
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside:
            data = data[part]
        elif part in TRANSFORMS or not isinstance(data, dict):
            continue
        path.append(part)
    return tuple(path)


def _words(detail: Mapping[str, Any], path: Loc) -> tuple[str, str]:
    """Say what is wrong and what to do. The text of the policy is quoted only where no secret can stand."""
    kind, key = detail["type"], str(path[-1]) if path else ""
    context = detail.get("ctx", {})
    if kind == "extra_forbidden" and detail["input"] is None and " " in key:
        return f"unknown key `{key}`", "a comma ends a value inside `{…}`; put the value before it in quotes"
    if kind == "extra_forbidden":
        return f"unknown key `{key}`", _place(key, detail["loc"])
    if kind == "union_tag_invalid":
        return f"unknown transform `{context['tag']}`", suggestion(context["tag"], TRANSFORMS) or _known(TRANSFORMS)
    if kind == "union_tag_not_found":
        return "missing", "say what becomes of the column, for instance `do: drop`"
    if kind == "missing":
        return "missing", _FORMS.get(key, f"add `{key}: …`")
    if kind == "literal_error":
        return _literal(detail, context["expected"], quoted="keys" not in path)
    if kind in ("model_attributes_type", "model_type", "dict_type", "mapping_type"):
        return "keys and values expected", f"write `{{do: {detail['input']}}}`" if detail["input"] in TRANSFORM_NAMES else ""
    if kind == "value_error":
        return str(context["error"]), ""
    if kind == "string_pattern_mismatch":
        return "not written as it must be", _FORMS.get(key, "a name of letters, digits, `-` and `_`")
    return detail["msg"][0].lower() + detail["msg"][1:], _text_hint(detail, path)


def _literal(detail: Mapping[str, Any], expected: str, *, quoted: bool) -> tuple[str, str]:
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    if not quoted or not isinstance(detail["input"], (str, int)):
        return "not one of the words that are known here", _known(words)
    return f"unknown word `{detail['input']}`", suggestion(str(detail["input"]), words) or _known(words)


def _known(words: Sequence[str] | Mapping[str, Any]) -> str:
    return "known are " + ", ".join(f"`{word}`" for word in words)


def _text_hint(detail: Mapping[str, Any], path: Loc) -> str:
    if detail["type"] != "string_type":
        return ""
    if detail["input"] is None and {"is", "not"} & set(path):
        return "for cells that hold nothing, write `null: true`"
    return "put it in quotes" if isinstance(detail["input"], (int, float)) else ""


def _place(key: str, loc: Loc) -> str:
    schema = json_schema()
    known = keys_at(schema, loc[:-1])
    near = suggestion(key, known)
    elsewhere = [] if near else places_of(schema, key)
    return near or (f"it belongs in `{elsewhere[0]}`" if elsewhere else _known(known))
