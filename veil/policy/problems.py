"""What is wrong with a policy, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from veil.errors import PolicyInvalid

MAX_SHOWN = 50


@dataclass(frozen=True)
class Problem:
    """One thing that a policy gets wrong. `line` is counted from 1; `path` is dotted, as the file nests."""

    line: int | None
    path: str
    message: str
    repair: str = ""

    def __str__(self) -> str:
        repair = f"; {self.repair}" if self.repair else ""
        return f"{self.path}: {self.message}{repair}" if self.path else f"{self.message}{repair}"

    def at(self, source: str) -> str:
        """Return the problem as one line that starts with the file's name and line."""
        return f"{source}{f', line {self.line}' if self.line is not None else ''}: {self}"


def refusal(source: str, problems: Iterable[Problem]) -> PolicyInvalid:
    """Return one error that tells all problems, one a line, in the order of the file."""
    ordered = sorted(problems, key=lambda problem: (problem.line or 0, problem.path))
    told = [problem.at(source) for problem in ordered[:MAX_SHOWN]]
    more = len(ordered) - len(told)
    return PolicyInvalid("\n".join([*told, *([f"{source}: and {more} more"] if more else [])]))


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the known word nearest to `word`, or an empty string."""
    words = {known_word.lower(): known_word for known_word in known}
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f"did you mean `{words[near[0]]}`?" if near else ""


def near(word: str, known: Iterable[str], section: str) -> str:
    """Return the known word nearest to `word`, else some that are known, else the section that has none."""
    names = list(known)
    listed = ", ".join(f"`{name}`" for name in names[:8]) + (", …" if len(names) > 8 else "")
    return suggestion(word, names) or (f"`{section}` has {listed}" if names else f"add it to `{section}`")


def listed(names: Iterable[str], most: int = 3) -> str:
    """Write names as `a`, `b`, `c` and 4 more."""
    quoted = [f"`{name}`" for name in names]
    more = f" and {len(quoted) - most} more" if len(quoted) > most else ""
    return ", ".join(quoted[:most]) + more


def dotted(path: Iterable[str | int]) -> str:
    """Write a path as `tables.customers.rules[2].do`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
