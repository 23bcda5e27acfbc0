"""Writes parts of a policy as YAML that a person reads and the loader reads back as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*")
_NOT_TEXT: Final = frozenset({"true", "false", "null"})


def flow(values: Mapping[str, Any]) -> str:
    """Write a mapping on one line: `{do: mask, keep_last: 4}`."""
    return "{" + ", ".join(f"{text(key)}: {scalar(value)}" for key, value in values.items()) + "}"


def scalar(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return flow(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(scalar(item) for item in value) + "]"
    return text(value) if isinstance(value, str) else json.dumps(value)


def text(words: str) -> str:
    """Write text plainly where nobody can misread it, else in quotes, with YAML's escapes for what is not printable."""
    if _PLAIN.fullmatch(words) and words not in _NOT_TEXT:
        return words
    escaped = (f"\\U{ord(char):08x}" if not char.isprintable() else f"\\{char}" if char in '"\\' else char for char in words)
    return f'"{"".join(escaped)}"'


def one_line(words: str) -> str:
    """Write text for a comment: on one line, and nothing in it that could end the comment."""
    return "".join(char if char.isprintable() else "?" for char in " ".join(words.split()))
