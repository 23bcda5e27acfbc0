"""Every error that Veil raises on purpose, each with the exit code that says why without its log.

::

    VeilError              1   something went wrong; the subclasses say what
    ├── DropRefused       10   the drop cannot be read without guessing: file, line, reason
    ├── PolicyInvalid     11   the policy does not parse or does not hold: file, line, repair
    ├── KeyUnavailable    12   a key that the policy names cannot be had
    ├── UnknownColumn     13   a name that the table does not have
    ├── TransformFailed   14   a transform met a value that it cannot transform
    ├── SynthesisFailed   15   a synthesizer cannot be fitted or sampled
    ├── ReleaseFailed     16   a release could not be published; nothing was
    ├── StageFailed       17   a library's error inside a stage, told by its type only
    ├── RevealRefused     18   a pseudonym is not looked behind: no purpose, no way back, or not with this key
    └── Held              20   a gate did not pass: stage and the checks that failed

A message says what, where (file, line, column name, count) and what to do next; never a cell, a key or a query.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class VeilError(Exception):
    """Something that Veil refuses, in words that hold no cell."""

    exit_code: ClassVar[int] = 1


class DropRefused(VeilError):
    """The drop cannot be read without guessing."""

    exit_code: ClassVar[int] = 10

    def __init__(self, file: str, reason: str, *, line: int | None = None) -> None:
        self.file, self.reason, self.line = file, reason, line
        super().__init__(f"{file}{f', line {line}' if line is not None else ''}: {reason}")


class PolicyInvalid(VeilError):
    """The policy does not parse, or lint refuses it."""

    exit_code: ClassVar[int] = 11


class KeyUnavailable(VeilError):
    """A key that the policy names cannot be had; no data was read."""

    exit_code: ClassVar[int] = 12


class UnknownColumn(VeilError):
    """A column name that the table does not have."""

    exit_code: ClassVar[int] = 13


class TransformFailed(VeilError):
    """A transform met values that it cannot transform; none of them is in the message."""

    exit_code: ClassVar[int] = 14

    def __init__(self, column: str, reason: str, *, count: int | None = None) -> None:
        self.column, self.reason, self.count = column, reason, count
        super().__init__(f"column `{column}`: {f'{few(count)} values: ' if count is not None else ''}{reason}")


class SynthesisFailed(VeilError):
    """A synthesizer cannot be fitted or sampled."""

    exit_code: ClassVar[int] = 15


class ReleaseFailed(VeilError):
    """A release could not be published; nothing of it is visible."""

    exit_code: ClassVar[int] = 16


class StageFailed(VeilError):
    """A library failed inside a stage. Its text can hold a cell, so only its type is told."""

    exit_code: ClassVar[int] = 17

    def __init__(self, stage: str, error_type: str, place: str = "") -> None:
        self.stage, self.error_type = stage, error_type
        super().__init__(f"stage {stage}: {error_type}{f' at {place}' if place else ''}")


class RevealRefused(VeilError):
    """What was pseudonymized is not looked behind; nothing was revealed."""

    exit_code: ClassVar[int] = 18


class VerificationFailed(VeilError):
    """A release is not what its manifest says, or there is nothing to verify."""

    exit_code: ClassVar[int] = 19


class Held(VeilError):
    """A gate did not pass: the run ends here, nothing is released and the drop is intact."""

    exit_code: ClassVar[int] = 20

    def __init__(self, stage: str, failed_checks: Sequence[str]) -> None:
        self.stage, self.failed_checks = stage, tuple(failed_checks)
        n = len(self.failed_checks)
        super().__init__(f"{stage} gate: {n} check{'' if n == 1 else 's'} ({', '.join(self.failed_checks)})")


def few(count: int) -> str:
    """Write a count so that a small one tells nothing: counts under 10 are values too."""
    return str(count) if count == 0 or count >= 10 else "fewer than 10"
