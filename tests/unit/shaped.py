"""Random strings that match an expression: what a check digit must tell from real numbers."""

from __future__ import annotations

import random
import re
import sre_constants as codes
import sre_parse
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"


def shaped(pattern: str, rng: random.Random, n: int) -> list[str]:
    """Return `n` random strings that the whole expression matches; lookarounds by trial."""
    tree, compiled = sre_parse.parse(pattern), re.compile(pattern)
    found: list[str] = []
    for _ in range(200 * n):
        value = "".join(_written(tree, rng))
        if compiled.fullmatch(value):
            found.append(value)
            if len(found) == n:
                return found
    raise AssertionError(f"too few strings match {pattern}")


def _written(tree: Any, rng: random.Random) -> list[str]:
    return [_one(code, argument, rng) for code, argument in tree]


def _one(code: Any, argument: Any, rng: random.Random) -> str:
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.ANY:
        return rng.choice(LETTERS + DIGITS)
    if code is codes.IN:
        return rng.choice("".join(_choices(part) for part in argument))
    if code is codes.BRANCH:
        return "".join(_written(rng.choice(argument[1]), rng))
    if code is codes.SUBPATTERN:
        return "".join(_written(argument[3], rng))
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        low, high, tree = argument
        return "".join("".join(_written(tree, rng)) for _ in range(rng.randint(low, min(int(high), low + 12))))
    if code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
        return ""
    raise AssertionError(f"cannot write {code}")


def _choices(part: tuple[Any, Any]) -> str:
    code, argument = part
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.RANGE:
        return "".join(chr(char) for char in range(argument[0], argument[1] + 1))
    return {codes.CATEGORY_DIGIT: DIGITS, codes.CATEGORY_WORD: LETTERS + DIGITS + "_"}[argument]
