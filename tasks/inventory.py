"""Inventory: what was found in each column of a drop, for a reviewer to read, correct and paste into a policy; no cell of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.classify import Classification
from veil.errors import ReleaseFailed
from veil.model import Finding, to_json
from veil.recognizers.approved import Approved, role_of
from veil.report.numbers import percent

Approvals = Mapping[str, Mapping[str, Approved]]

HEAD = """\
# What `veil inventory` found. No cell of the drop is in this file.
#
# Read each line. Where one is wrong, change `entity` (or write `none`), add `was:` with what it said before, and why: `reason:`.
# Then put `approved` into the table of your policy. It corrects what is found and holds a drop whose columns are of another kind.
"""
HEADINGS = ("column", "type", "entity", "role", "sure", "why")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def claimed(path: Path) -> Path:
    """Return the path of an inventory if neither it nor its JSON is there: a reviewer may have written in it.

    Raises
    ------
    ReleaseFailed : one of the two exists, or their folder does not.
    """
    if path.suffix == ".json":
        raise ReleaseFailed(f"{path} would hold YAML; give it another suffix, the JSON goes beside it")
    for file in (path, path.with_suffix(".json")):
        if file.exists():
            raise ReleaseFailed(f"there is already a file {file}; give another one with `--output`, or move it away")
    if not path.parent.is_dir():
        raise ReleaseFailed(f"there is no folder {path.parent}; make it, or give another file with `--output`")
    return path


def write_inventory(path: Path, classified: Sequence[Classification], approvals: Approvals) -> None:
    """Write the findings as YAML, and as JSON beside it; readable by their owner only.

    Raises
    ------
    ReleaseFailed : a file could not be written.
    """
    failure = None
    try:
        for file, text in ((path, as_yaml(classified, approvals)), (path.with_suffix(".json"), as_json(classified))):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
    except OSError as error:
        failure = error.strerror
    if failure:
        raise ReleaseFailed(f"the inventory {path} could not be written: {failure}")


def as_yaml(classified: Sequence[Classification], approvals: Approvals) -> str:
    """Return the findings as lines of a policy, each under its role and the sentence that says why."""
    lines = [HEAD + "tables:"]
    for each in classified:
        lines += [f"  {_key(each.table.name)}:", "    approved:"]
        before = approvals.get(each.table.name, {})
        for finding in each.findings:
            changed = each.comparison.changed.get(finding.column)
            own = before.get(finding.column) if changed is None else None
            why = f"{finding.role}: {finding.reason}" + (f"; CHANGED: {changed}" if changed else "")
            lines.append(f"      # {_one_line(why)}")
            lines.append(f"      {_key(finding.column)}: {_flow(_approval(each, finding, own))}")
    return "\n".join(lines) + "\n"


def as_json(classified: Sequence[Classification]) -> str:
    """Return the findings, the types and the fingerprints as JSON."""
    return to_json({each.table.name: [_row(each, finding) for finding in each.findings] for each in classified})


def table_lines(classified: Sequence[Classification]) -> Iterator[str]:
    """Yield what was found as a table for a terminal, and what differs from what was approved."""
    for each in classified:
        rows = [HEADINGS, *(_cells(each, finding) for finding in each.findings)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS) - 1)]
        yield f"{each.table.name}: {each.table.n_rows} rows, {len(each.findings)} columns"
        for row in rows:
            yield "  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        yield from _differences(each)


def _differences(classified: Classification) -> Iterator[str]:
    found = classified.comparison
    for column, told in found.changed.items():
        yield f"  CHANGED since it was approved: `{column}` {told}"
    for column, told in found.retyped.items():
        yield f"  of another type: `{column}` is {told}"
    if found.approved:
        yield from (f"  not approved yet: `{column}`" for column in found.new)
        yield from (f"  approved and not there: `{column}`" for column in found.missing)


def _cells(classified: Classification, finding: Finding) -> tuple[str, ...]:
    kind = classified.table.column(finding.column).type
    return finding.column, kind, finding.entity or "-", finding.role, percent(finding.confidence), _one_line(finding.reason)


def _row(classified: Classification, finding: Finding) -> dict[str, Any]:
    return {
        "column": finding.column,
        "type": classified.table.column(finding.column).type,
        "entity": finding.entity,
        "role": finding.role,
        "special_category": finding.special_category,
        "confidence": finding.confidence,
        "recognizer": finding.recognizer,
        "reason": finding.reason,
        "kinds": _kinds(classified, finding.column),
        "changed": classified.comparison.changed.get(finding.column),
    }


def _approval(classified: Classification, finding: Finding, own: Approved | None) -> dict[str, Any]:
    """Return the line of one column; a correction that the policy makes already stays one."""
    corrected = {"was": own.was or "none"} if own is not None and own.was != own.entity else {}
    role = {"role": finding.role} if finding.role != role_of(finding.entity) else {}
    reason = {"reason": own.reason} if own is not None and own.reason else {}
    return {
        "entity": finding.entity or "none",
        **corrected,
        **role,
        **reason,
        "type": classified.table.column(finding.column).type,
        "confidence": round(finding.confidence, 2),
        "kinds": _kinds(classified, finding.column),
    }


def _kinds(classified: Classification, column: str) -> dict[str, float]:
    return next(content.fingerprint for content in classified.contents if content.column == column)


def _flow(values: Mapping[str, Any]) -> str:
    written = (f"{key}: {_flow(value) if isinstance(value, Mapping) else _scalar(value)}" for key, value in values.items())
    return "{" + ", ".join(written) + "}"


def _scalar(value: Any) -> str:
    return _key(value) if isinstance(value, str) else json.dumps(value)


def _key(text: str) -> str:
    """Write text plainly where nobody can misread it, else in quotes, with YAML's escapes for what is not printable."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = (f"\\U{ord(char):08x}" if not char.isprintable() else f"\\{char}" if char in '"\\' else char for char in text)
    return f'"{"".join(escaped)}"'


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in " ".join(text.split()))
