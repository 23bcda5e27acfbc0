"""What a reviewer approved of a table's columns: it corrects findings, and what comes next is compared with it.

An approval says what the column holds and, where the classifier had said something else, what that *was*. A correction is for the
finding that the reviewer saw: where the classifier now finds a third thing, or the content is of another kind, the column has
changed, the new finding stands, and a gate decides. A finding that is gone or that is kin to the approved one (a given name taken
for a full name) changes nothing: what was approved as personal stays so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from veil.model import Finding, LogicalType, Role
from veil.recognizers.columns.scorer import KIN
from veil.recognizers.content import Content
from veil.recognizers.entities import ENTITIES

RECOGNIZER: Final = "approved"


@dataclass(frozen=True)
class Approved:
    """What was approved of one column. `entity` and `was` are None where there is nothing personal; `where` is for messages.

    `was` is what the classifier had found; it differs from `entity` where the reviewer corrects it.
    """

    entity: str | None
    was: str | None
    role: Role
    reason: str = ""
    type: LogicalType | None = None
    kinds: Mapping[str, float] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True)
class Comparison:
    """A table's findings after correction, and how its columns differ from what was approved.

    `changed` and `retyped` say for each column in words what is different; `new` columns were never approved and `missing`
    ones are not there any more. All are empty where nothing was approved.
    """

    findings: tuple[Finding, ...] = ()
    approved: frozenset[str] = frozenset()
    changed: Mapping[str, str] = field(default_factory=dict)
    retyped: Mapping[str, str] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def compare(
    findings: Sequence[Finding],
    contents: Sequence[Content],
    types: Mapping[str, LogicalType],
    approved: Mapping[str, Approved],
) -> Comparison:
    """Correct the findings of a table by what was approved, and say what changed.

    Parameters
    ----------
    findings : one per column, as the classifier made them.
    contents : one per column, in any order.
    types : the logical type of each column.
    approved : column -> what was approved of it.
    """
    if not approved:
        return Comparison(tuple(findings))
    by_column = {content.column: content for content in contents}
    changed = {
        finding.column: told
        for finding in findings
        if finding.column in approved and (told := _change(finding, by_column[finding.column], approved[finding.column]))
    }
    kept = {column: each for column, each in approved.items() if column not in changed}
    return Comparison(
        findings=tuple(_corrected(finding, kept.get(finding.column)) for finding in findings),
        approved=frozenset(approved),
        changed=changed,
        retyped=_retyped(types, approved),
        new=tuple(finding.column for finding in findings if finding.column not in approved),
        missing=tuple(column for column in approved if column not in by_column),
    )


def role_of(entity: str | None) -> Role:
    """Return the role of an entity; nothing personal is `other`."""
    return ENTITIES[entity].role if entity else "other"


def _change(finding: Finding, content: Content, approved: Approved) -> str:
    told = list(content.changes(approved.kinds, approved.entity))
    if content.n_shapes and not _is_as_approved(finding.entity, approved):
        repair = f"if that is wrong, write `was: {finding.entity}` and why"
        told.insert(0, f"holds {finding.entity} ({finding.reason}), approved as {approved.entity or 'none'}; {repair}")
    return "; ".join(told)


def _is_as_approved(entity: str | None, approved: Approved) -> bool:
    if entity in (None, approved.entity, approved.was):
        return True
    return any(entity in group and approved.entity in group for group in KIN)


def _corrected(finding: Finding, approved: Approved | None) -> Finding:
    if approved is None or (finding.entity == approved.entity and finding.role == approved.role):
        return finding
    entity = ENTITIES[approved.entity] if approved.entity else None
    found = f"{finding.entity} was found" if finding.entity else "nothing was found this time"
    why = f": {approved.reason}" if approved.reason else ""
    return replace(
        finding,
        entity=approved.entity,
        role=approved.role,
        recognizer=RECOGNIZER,
        confidence=1.0,
        reason=f"approved as {approved.entity or 'nothing personal'} by {approved.where}{why}; {found} ({finding.reason})",
        special_category=entity is not None and entity.special_category,
        free_text=approved.entity == "FREE_TEXT",
    )


def _retyped(types: Mapping[str, LogicalType], approved: Mapping[str, Approved]) -> dict[str, str]:
    return {
        column: f"{kind}, approved as {approved[column].type}"
        for column, kind in types.items()
        if column in approved and approved[column].type not in (None, kind)
    }
