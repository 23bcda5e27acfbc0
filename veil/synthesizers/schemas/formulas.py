"""Totals as a schema writes them: `net + tax`, `quantity * price - discount`. A closed grammar of numbers and columns; no code.

::

    sum     = product { ("+" | "-") product }
    product = factor { "*" factor }
    factor  = number | column | "`" column with spaces "`" | "-" factor | "(" sum ")"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

MAX_CHARACTERS = 500
MAX_DEPTH = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)?)|`(?P<quoted>[^`]+)`|(?P<sign>[-+*()]))"
)


class FormulaInvalid(ValueError):
    """A formula that is outside the grammar; says where and what was expected."""


@dataclass(frozen=True)
class Formula:
    """A read formula: steps on a stack, in order. A step is a number, a column, or one of the signs `+`, `-`, `*` and `~`."""

    steps: tuple[tuple[str, str | float], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it is computed from, each once."""
        return tuple(dict.fromkeys(str(value) for kind, value in self.steps if kind == "name"))

    def value(self, numbers: Mapping[str, Floats], n_rows: int) -> Floats:
        """Return the value in each row, NaN where a column is null."""
        stack: list[Floats] = []
        for kind, value in self.steps:
            if kind == "number":
                stack.append(np.full(n_rows, float(value)))
            elif kind == "name":
                stack.append(numbers[str(value)])
            elif value == "~":
                stack.append(-stack.pop())
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(left + right if value == "+" else left - right if value == "-" else left * right)
        return stack[0]


def read_formula(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    FormulaInvalid : not within the grammar, too long or too deeply nested.
    """
    if len(text) > MAX_CHARACTERS:
        raise FormulaInvalid(f"a formula of more than {MAX_CHARACTERS} characters; compute it in several columns")
    return Formula(tuple(_Reader(text).read()))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.place = 0

    def read(self) -> Iterator[tuple[str, str | float]]:
        yield from self.sum(0)
        if self.next_sign() is not None or self.place < len(self.tokens):
            raise self.unexpected("`+`, `-`, `*` or the end")

    def sum(self, depth: int) -> Iterator[tuple[str, str | float]]:
        yield from self.product(depth)
        while (sign := self.next_sign()) in ("+", "-"):
            self.place += 1
            yield from self.product(depth)
            yield "sign", str(sign)

    def product(self, depth: int) -> Iterator[tuple[str, str | float]]:
        yield from self.factor(depth)
        while self.next_sign() == "*":
            self.place += 1
            yield from self.factor(depth)
            yield "sign", "*"

    def factor(self, depth: int) -> Iterator[tuple[str, str | float]]:
        if depth > MAX_DEPTH:
            raise FormulaInvalid(f"a formula nested deeper than {MAX_DEPTH} levels; compute it in several columns")
        sign = self.next_sign()
        if sign == "-":
            self.place += 1
            yield from self.factor(depth + 1)
            yield "sign", "~"
        elif sign == "(":
            self.place += 1
            yield from self.sum(depth + 1)
            if self.next_sign() != ")":
                raise self.unexpected("`)`")
            self.place += 1
        elif sign is None and self.place < len(self.tokens):
            kind, value, _ = self.tokens[self.place]
            self.place += 1
            yield kind, float(value) if kind == "number" else value
        else:
            raise self.unexpected("a column, a number or `(`")

    def next_sign(self) -> str | None:
        if self.place >= len(self.tokens) or self.tokens[self.place][0] != "sign":
            return None
        return self.tokens[self.place][1]

    def unexpected(self, wanted: str) -> FormulaInvalid:
        at = self.tokens[self.place][2] + 1 if self.place < len(self.tokens) else len(self.text) + 1
        return FormulaInvalid(f"character {at} of the formula: {wanted} is expected; it knows `+`, `-`, `*` and parentheses")


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            at = len(text) - len(text[place:].lstrip()) + 1
            raise FormulaInvalid(f"character {at} of the formula: neither column, number, `+`, `-`, `*` nor parenthesis")
        kind = str(found.lastgroup)
        yield "name" if kind == "quoted" else kind, found[kind], found.start(kind)
        place = found.end()
