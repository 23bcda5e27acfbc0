"""Draft: a first policy for a drop, written from what was found in it; every column decided, each with a comment that says why.

The decisions are those of the policy `gdpr`, written out column by column, so that a person can read and change each. What `gdpr`
drops because nobody can explain it is dropped by name. No cell of the drop is in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from tasks.classify import Classification
from tasks.examined import Examined, examined
from tasks.policies import sound_policy
from veil.errors import ReleaseFailed
from veil.model import Finding, Plan, SourceFile, Step
from veil.plan import KEYSPACE
from veil.policy import load_sound_policy
from veil.policy.written import flow, one_line, text
from veil.report.numbers import percent

BASE: Final = "gdpr"
ROUNDEST: Final = 1_000
"""Expected rows are written as a round number at least this large and twice what came: the next drop may be larger."""

HEAD: Final = """\
# Drafted by `veil policy init` from {n_files}. No cell of the drop is in this file.
#
# Read each line: the comment says what was found and how sure that is. A column that is new in the next drop has no decision and
# holds the run. `veil policy explain` and `veil policy diff` say what a change does; the language is told in docs/policies.md.
# The result is pseudonymized personal data as long as anything is keyed: the law still applies to it (GDPR recital 26).

policy: {name}
version: 1
defaults: {{unmatched: refuse, nulls: keep}}

keys:
  main: {{from: "env:VEIL_KEY", otherwise: ephemeral, epoch: "1"}}   # without VEIL_KEY, pseudonyms of two runs never join

keyspaces:
  email: {{key: main, canonical: email}}
  phone: {{key: main, canonical: phone}}         # with `region: BE`, numbers without a country code are Belgian
  iban: {{key: main, canonical: iban}}

tables:
"""

TAIL: Final = """
synthesize: {synthesizer: auto, candidates: [circuit, ctgan], rows: same, holdout: 0.2}

# What is not said here has its default; docs/policies.md lists all gates.
gates:
  transform: {residual_identifiers: 0, row_loss: 0, referential: exact}
"""


@dataclass(frozen=True)
class _Drafted:
    """One table of the draft: its name in the policy, the files it is for, what was found and what becomes of it."""

    name: str
    files: str
    file: SourceFile
    classified: Classification
    plan: Plan


def writable(output: Path) -> Path:
    """Return the path of a draft if no file is there yet: somebody may have written in it.

    Raises
    ------
    ReleaseFailed : there is a file, or no folder for it.
    """
    if output.exists():
        raise ReleaseFailed(f"there is already a file {output}; give another one with `--output`, or move it away")
    if not output.parent.is_dir():
        raise ReleaseFailed(f"there is no folder {output.parent}; make it, or give another file with `--output`")
    return output


def draft(path: Path, work: Path) -> str:
    """Return the text of a policy for a drop; lint finds nothing in it, and it decides every column."""
    [seen] = examined([sound_policy(BASE)], path, work)
    tables = _tables(seen)
    n_files = "1 file" if len(tables) == 1 else f"{len(tables)} files"
    lines = [HEAD.format(n_files=n_files, name=_identifier(seen.drop.dataset))]
    lines += [line for table in tables for line in _table_lines(table, _references(table, tables))]
    written = "".join(lines) + TAIL
    load_sound_policy(written)
    return written


def _tables(seen: Examined) -> list[_Drafted]:
    files = _patterns([file.name for file in seen.drop.files])
    names = _distinct([_identifier(file.table.name) for file in seen.drop.files])
    parts = zip(names, files, seen.drop.files, seen.classified, seen.planned.plans, strict=True)
    return [_Drafted(*each) for each in parts]


def _table_lines(table: _Drafted, references: Mapping[str, str]) -> Iterator[str]:
    encoding = table.file.format.encoding
    subject = table.plan.subject
    yield f"  {text(table.name)}:\n    match: {flow({'files': table.files})}\n"
    if encoding not in ("utf-8", "utf-16"):
        yield f"    encoding: {text(encoding)}\n"
    yield f"    rows: {_expected(table.classified.table.n_rows)}   # at most; strength is computed by it\n"
    about = "whom a row is about: dates shift and fakes agree by it" if subject else "nobody was found: each row is its own"
    yield f"    subject: {text(subject) if subject else 'null'}   # {about}\n"
    if references:
        yield f"    references: {flow(references)}\n"
    yield "    columns:\n"
    found = {finding.column: finding for finding in table.classified.findings}
    sexes = [step.column for step in table.plan.steps if step.entity == "GENDER"]
    for step in table.plan.steps:
        yield f"      # {one_line(_why(found[step.column]))}\n"
        yield f"      {text(step.column)}: {flow(_action(step, sexes))}\n"


def _why(finding: Finding) -> str:
    what = f"{finding.entity}, {finding.role}" if finding.entity else "nothing personal found"
    return f"{what}, {percent(finding.confidence)} sure: {finding.reason}"


def _action(step: Step, sexes: Sequence[str]) -> dict[str, Any]:
    """Return the line of a column: the step's parameters, its keyspace where the draft declares it, and where the sex stands."""
    keyspace = step.parameters.get(KEYSPACE)
    own = {key: value for key, value in step.parameters.items() if key not in (KEYSPACE, "reason")}
    if len(sexes) == 1 and own.get("of") in ("person_name", "first_name"):
        own["sex_from"] = sexes[0]
    named = {KEYSPACE: keyspace} if keyspace in ("email", "phone", "iban") else {}
    reason = step.reason if step.decided_by.startswith("rules") else "nobody can explain it; keep it if you can"
    return {"do": step.transform, **own, **named, "reason": one_line(reason)}


def _references(table: _Drafted, tables: Sequence[_Drafted]) -> dict[str, str]:
    """Return the columns that name the subject of another table, whose every row is another one."""
    found = {}
    for other in tables:
        column = other.plan.subject
        if other is table or column is None or not _same_step(table, other, column):
            continue
        if _alone(other, column) and not (_alone(table, column) and table.plan.subject == column):
            found[column] = f"{other.name}.{column}"
    return found


def _same_step(table: _Drafted, other: _Drafted, column: str) -> bool:
    steps = {step.column: step for step in table.plan.steps}
    theirs = other.plan.step(column)
    own = steps.get(column)
    return own is not None and own.transform == theirs.transform == "token" and own.parameters == theirs.parameters


def _alone(table: _Drafted, column: str) -> bool:
    """Return whether every row of the table has its own value in the column."""
    profile = next(profile for profile in table.classified.profiles if profile.column == column)
    return profile.n_distinct == profile.n_rows


def _expected(n_rows: int) -> int:
    """Return a round number of rows that leaves room for the next drop, so that the file does not tell how many there were."""
    expected = ROUNDEST
    while expected < 2 * n_rows:
        expected *= 10
    return expected


def _identifier(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-")
    return plain if re.match(r"[A-Za-z_]", plain) else f"t_{plain}".rstrip("_")


def _distinct(names: Sequence[str]) -> list[str]:
    return [name if names.count(name) == 1 else f"{name}_{place}" for place, name in enumerate(names)]


def _patterns(names: Sequence[str]) -> list[str]:
    """Return a file pattern per file: a date or number at the end of its name may be another in the next drop."""
    loose = [_pattern(name) for name in names]
    meet = any(fnmatchcase(one, other) for place, one in enumerate(loose) for other in loose[:place] + loose[place + 1 :])
    return [_literal(name) for name in names] if meet else loose


def _pattern(name: str) -> str:
    stem, dot, suffix = name.partition(".")
    head = re.sub(r"[-_. ]?[0-9][0-9T_-]*$", "", stem)
    return f"{_literal(head)}*{dot}{_literal(suffix)}" if head and head != stem else _literal(name)


def _literal(name: str) -> str:
    """Write a name so that a pattern takes it for itself; a brace has no such way and becomes any one character."""
    return re.sub("[{}]", "?", re.sub(r"([*?\[])", r"[\1]", name))
