"""From a schema file to a `Schema`, or to one error that lists everything that is wrong with it, with lines.

The file is read as strictly as a policy: data only, no tags, nothing guessed (`veil.policy.document`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from tasks.invented import wrong_fakes
from veil.policy.document import Document, read_document
from veil.policy.load import file_bytes
from veil.policy.problems import Problem, dotted, near, refusal, suggestion
from veil.synthesizers.schemas import KINDS, Flaw, Schema, TableSchema, flaws
from veil.synthesizers.schemas.distributions import Numbers
from veil.synthesizers.schemas.kinds import BY_KIND

Loc = tuple[str | int, ...]

NUMBERS = ("gap", "each")


def load_schema(source: Path | str, *, rows: Mapping[str, int] | None = None, locale: str | None = None) -> Schema:
    """Read a schema and refuse it if anything is wrong with it.

    Parameters
    ----------
    source : a path, or the schema's text itself (a string with a line break in it).
    rows, locale : instead of what the schema says; rows by table, of which `""` is the first whose rows no other table tells.

    Raises
    ------
    PolicyInvalid : all problems at once, each with file, line and a way out.
    """
    if isinstance(source, str) and "\n" in source:
        document = read_document(source, "schema")
    else:
        document = read_document(file_bytes(Path(source)), str(source))
    document = Document(document.source, _changed(document, rows or {}, locale), document.lines)
    schema = _validated(document)
    found = [*(_told(document, flaw) for flaw in flaws(schema)), *_fakes(document, schema)]
    if found:
        raise refusal(document.source, found)
    return schema


def _changed(document: Document, rows: Mapping[str, int], locale: str | None) -> Any:
    """Return the data with rows and locale from outside; an unknown table is refused."""
    data = document.data
    tables = data.get("tables") if isinstance(data, dict) else None
    if not isinstance(tables, dict):
        return data
    wanted = {name or _first(tables): n_rows for name, n_rows in rows.items()}
    for name in wanted:
        if name not in tables:
            problem = Problem(None, "tables", f"rows are given for a table `{name}`", near(name, tables, "tables"))
            raise refusal(document.source, [problem])
    given = {name: _with_rows(table, wanted.get(name)) for name, table in tables.items()}
    return {**data, "tables": given, **({} if locale is None else {"locale": locale})}


def _with_rows(table: Any, n_rows: int | None) -> Any:
    return {**table, "rows": n_rows} if n_rows is not None and isinstance(table, dict) else table


def _first(tables: Mapping[str, Any]) -> str:
    """Return the first table whose rows no other table tells; the first of all where there is none, so that it is refused."""
    own = [name for name, table in tables.items() if not _hangs_on_another(table)]
    return next(iter([*own, *tables]), "")


def _hangs_on_another(table: Any) -> bool:
    columns = table.get("columns") if isinstance(table, dict) else None
    return isinstance(columns, dict) and any(isinstance(column, dict) and "each" in column for column in columns.values())


def _validated(document: Document) -> Schema:
    try:
        return Schema.model_validate_json(json.dumps(document.data))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=True)
    problems = {problem.path: problem for problem in (_problem(document, detail) for detail in reversed(details))}
    raise refusal(document.source, problems.values())


def _problem(document: Document, detail: Mapping[str, Any]) -> Problem:
    path = _path(document.data, detail["loc"])
    message, repair = _words(detail, path, document.data)
    shown = "".join(char if char.isprintable() else "?" for char in dotted(path))
    return Problem(document.line(path), shown, message, repair)


def _path(data: Any, loc: Sequence[str | int]) -> Loc:
    """Return the place in the file: pydantic's own, without the kind of the column that stands in it."""
    path: list[str | int] = []
    for part in loc:
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside:
            data = data[part]
        elif part == "[key]" or (part in KINDS and isinstance(data, dict) and data.get("kind") == part):
            continue
        path.append(part)
    return tuple(path)


def _words(detail: Mapping[str, Any], path: Loc, data: Any) -> tuple[str, str]:
    kind, key = detail["type"], str(path[-1]) if path else ""
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(data, path[:-1])
        return f"unknown key `{key}`", suggestion(key, known) or "known are " + ", ".join(f"`{name}`" for name in known)
    if kind == "union_tag_invalid":
        return f"unknown kind `{context['tag']}`", near(str(context["tag"]), KINDS, "kinds")
    if kind == "union_tag_not_found":
        return "does not say of which kind it is", "add `kind: …`, one of " + ", ".join(KINDS)
    if kind == "missing":
        return "missing", f"add `{key}: …`"
    if kind == "value_error":
        return str(context["error"]), ""
    if kind in ("model_attributes_type", "model_type", "dict_type", "mapping_type"):
        return "keys and values expected", ""
    if kind == "string_pattern_mismatch":
        named = "[key]" in detail["loc"]
        return "not written as it must be", "give it a plain name" if named else f"it must match {context['pattern']}"
    hint = "put it in quotes" if kind == "string_type" and isinstance(detail["input"], (int, float)) else ""
    return detail["msg"][0].lower() + detail["msg"][1:], hint


def _known_keys(data: Any, path: Loc) -> tuple[str, ...]:
    """Return the keys that may stand at a place of the schema."""
    model: type[BaseModel] = Schema
    if len(path) == 2:
        model = TableSchema
    elif len(path) >= 4:
        column = data["tables"][path[1]]["columns"][path[3]]
        model = Numbers if path[-1] in NUMBERS and len(path) == 5 else BY_KIND[column["kind"]]
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _told(document: Document, flaw: Flaw) -> Problem:
    repair = flaw.repair or near(flaw.word, flaw.known, "there")
    return Problem(document.line(flaw.path), dotted(flaw.path), flaw.message, repair)


def _fakes(document: Document, schema: Schema) -> Iterator[Problem]:
    for path, message in wrong_fakes(schema):
        yield Problem(document.line(path), dotted(path), message, "see `fake` of the policy language")
