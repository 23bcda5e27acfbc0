"""Lint of what a policy knows of its data: its recognizers are tried, and what was approved must make sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from veil.policy.document import Path
from veil.policy.knowledge import NONE, Approval, PolicyRecognizer
from veil.policy.models import Policy
from veil.policy.ordinary import ORDINARY
from veil.policy.problems import near
from veil.recognizers.content import SHAPES
from veil.recognizers.custom import BadPattern, Pattern, compiled
from veil.recognizers.entities import Entity
from veil.recognizers.text.letters import folded

LEAST_LETTERS = 2
"""A listed value or a column name of fewer letters and digits would be found everywhere."""

Found = Iterator[tuple[Path, str, str]]


def knowledge(policy: Policy, entities: Mapping[str, Entity]) -> Found:
    """Yield path, problem and repair of everything that is wrong with `recognizers` and `approved`."""
    for name, recognizer in policy.recognizers.items():
        yield from _recognizer(("recognizers", name), name, recognizer, entities)
    yield from _said_twice(policy.recognizers)
    for table_name, table in policy.tables.items():
        for column, approval in table.approved.items():
            yield from _approval(("tables", table_name, "approved", column), approval, entities)


def _recognizer(path: Path, name: str, recognizer: PolicyRecognizer, entities: Mapping[str, Entity]) -> Found:
    if recognizer.entity is not None and recognizer.entity not in entities:
        yield (*path, "entity"), f"unknown entity `{recognizer.entity}`", near(recognizer.entity, entities, "entities")
    if recognizer.pattern is not None:
        yield from _pattern(path, Pattern(name, str(recognizer.entity), recognizer.pattern), recognizer)
    for key in ("deny_list", "allow_list"):
        yield from _values((*path, key), getattr(recognizer, key) or ())
    for pattern in recognizer.columns or ():
        if _letters(pattern) < LEAST_LETTERS:
            repair = f"write at least {LEAST_LETTERS} letters or digits, such as `*_staff_number`"
            yield (*path, "columns"), f"`{pattern}` would name nearly every column", repair


def _pattern(path: Path, pattern: Pattern, recognizer: PolicyRecognizer) -> Found:
    here = (*path, "pattern")
    try:
        expression = compiled(pattern.pattern)
    except BadPattern as error:
        yield here, f"not a pattern for RE2: {error}", _rewritten(str(error))
        return
    if expression.search("") or any(match.start() == match.end() for text in ORDINARY for match in expression.finditer(text)):
        yield here, "matches the empty text, so it is found everywhere", "demand at least one character: `+` instead of `*`"
        return
    ordinary = next((text for text in ORDINARY if pattern.is_whole(text) or any(pattern.find(text))), None)
    if ordinary is not None:
        repair = "add what is special about it, such as a prefix, or name the columns with `columns`"
        yield here, f"matches ordinary text such as `{ordinary}`", repair
    yield from _tried(path, pattern, recognizer)


def _rewritten(words: str) -> str:
    if words.startswith(("invalid perl operator: (?", "invalid escape sequence: \\")) or "(?" in words:
        return "RE2 needs linear time, so it has no lookaround and no backreferences; write the pattern without"
    if "repetition" in words or "too large" in words:
        return "repeat at most 1000 times"
    return "correct the pattern; `veil policy lint` tries it again"


def _tried(path: Path, pattern: Pattern, recognizer: PolicyRecognizer) -> Found:
    if not recognizer.examples:
        yield path, "the pattern was never tried", 'add `examples: ["…"]` that it must match'
    for place, example in enumerate(recognizer.examples):
        if not pattern.is_whole(example):
            yield (*path, "examples", place), "the pattern does not match this example as a whole", "correct one of the two"
    for place, example in enumerate(recognizer.counter_examples):
        if pattern.is_whole(example) or any(pattern.find(example)):
            yield (*path, "counter_examples", place), "the pattern matches this counter example", "make the pattern narrower"


def _values(path: Path, values: Iterable[str]) -> Found:
    counted = Counter(folded(value.strip()) for value in values)
    for value, count in counted.items():
        if _letters(value) < LEAST_LETTERS:
            yield path, "a value of fewer than two letters or digits would be found everywhere", "leave it out"
        elif count > 1:
            yield path, f"a value is listed {count} times; case and accents do not count", "keep one"


def _said_twice(recognizers: Mapping[str, PolicyRecognizer]) -> Found:
    said: dict[object, str] = {}
    for name, recognizer in recognizers.items():
        rule = (recognizer.pattern, recognizer.deny_list, recognizer.allow_list, recognizer.columns)
        if rule in said:
            yield ("recognizers", name), f"says the same as `{said[rule]}`", "remove one of the two"
        said.setdefault(rule, name)


def _letters(text: str) -> int:
    return sum(char.isalnum() for char in text)


def _approval(path: Path, approval: Approval, entities: Mapping[str, Entity]) -> Found:
    known = (*entities, NONE)
    unknown = [key for key in ("entity", "was") if getattr(approval, key) not in (None, *known)]
    for key in unknown:
        word = getattr(approval, key)
        yield (*path, key), f"unknown entity `{word}`", near(word, known, "entities")
    for kind in approval.kinds:
        if kind not in SHAPES and kind not in entities:
            yield (*path, "kinds", kind), f"unknown kind of content `{kind}`", near(kind, (*SHAPES, *entities), "kinds")
    if approval.entity == NONE and approval.role not in (None, "other"):
        yield (*path, "role"), f"nothing personal is never {approval.role}", "take `role` out, or name the entity"
    elif not unknown and not approval.reason.strip() and (said := _corrected(approval, entities)):
        yield path, said, "add `reason: …`: why the reviewer knows better"


def _corrected(approval: Approval, entities: Mapping[str, Entity]) -> str:
    role = "other" if approval.entity == NONE else entities[approval.entity].role
    if approval.was not in (None, approval.entity):
        return f"corrects `{approval.was}` to `{approval.entity}` without a reason"
    if approval.role not in (None, role):
        return f"makes `{approval.entity}`, which is {role}, {approval.role} without a reason"
    return ""
