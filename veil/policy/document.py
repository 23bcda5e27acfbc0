"""Reads the YAML of a policy, strictly: data only, every place with its line, nothing guessed.

YAML is a language with surprises, each of which has published wrong data somewhere. Here: no tags, no merge keys, no
duplicate keys, few aliases, one document. Only `true` and `false` are booleans, so the country code `NO` stays text;
dates, times and `0x1F` stay text; a number is a number only if it is written plainly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from veil.policy.problems import Problem, dotted, refusal

Path = tuple[str | int, ...]

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 16
MAX_ALIASES = 16
MAX_NODES = 20_000

# Values under these keys are text however they are written: `epoch: 2026` and `prefix: 0` mean what they say. Under two of them
# the word null is text too: `do: null` names a transform.
TEXT_KEYS = frozenset(
    {"policy", "epoch", "do", "in", "reason", "prefix", "value", "null_values", "name", "from", "sex_from", "unmatched", "entity",
     "was", "pattern", "examples", "counter_examples", "deny_list", "allow_list", "is", "not", "column", "fill", "levels"}
)  # fmt: skip
NULL_IS_TEXT = frozenset({"do", "null_values"})

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class Document:
    """A policy file as plain data, and the line on which each key or list item stands."""

    source: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int | None:
        """Return the line of a path, or of the nearest place above it that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


def read_document(text: str | bytes, source: str) -> Document:
    """Read the text of a policy file.

    Parameters
    ----------
    source : the file's name, for messages.

    Raises
    ------
    PolicyInvalid : not UTF-8, not YAML, too large or too deep, a tag, a merge key, a duplicate key; with line and repair.
    """
    text = _decoded(text, source)
    reader = _Reader(source, yaml.parse(text, Loader=yaml.SafeLoader))
    try:
        data = reader.read()
    except yaml.YAMLError as error:
        problem = _yaml_problem(error)
    else:
        return Document(source, data, reader.lines)
    raise refusal(source, [problem])


def _decoded(text: str | bytes, source: str) -> str:
    size = len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else len(text)
    if size > MAX_BYTES:
        raise refusal(source, [Problem(None, "", f"the file has {size} bytes, more than {MAX_BYTES}", "split the policy")])
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
    raise refusal(source, [Problem(line, "", "not UTF-8", "save the file as UTF-8")])


def _yaml_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return Problem(mark.line + 1 if mark else None, "", f"not YAML: {what}", "check indentation, quotes and tabs near this line")


@dataclass(frozen=True)
class _Anchored:
    value: Any
    n_nodes: int


class _Reader:
    """Turns parser events into plain data; a place that a later line contradicts is refused with both lines."""

    def __init__(self, source: str, events: Iterator[yaml.Event]) -> None:
        self.source = source
        self.events = events
        self.lines: dict[Path, int] = {}
        self.anchors: dict[str, _Anchored] = {}
        self.n_aliases = 0
        self.n_nodes = 0

    def read(self) -> Any:
        next(self.events)
        if isinstance(start := next(self.events), yaml.StreamEndEvent):
            raise self.refused(start, (), "the file is empty", "start from one of the policies in `policies/`")
        data = self.value(next(self.events), ())
        next(self.events)
        if not isinstance(end := next(self.events), yaml.StreamEndEvent):
            raise self.refused(end, (), "a second document", "remove the `---` line; one policy is one file")
        return data

    def value(self, event: yaml.Event, path: Path) -> Any:
        self.count(event, path)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path)
        if getattr(event, "tag", None) is not None:
            raise self.refused(event, path, "a YAML tag", "remove it; a policy is plain data")
        before = self.n_nodes
        value = self.content(event, path)
        if anchor := getattr(event, "anchor", None):
            self.anchors[anchor] = _Anchored(value, self.n_nodes - before + 1)
        return value

    def content(self, event: yaml.Event, path: Path) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return self.scalar(event, path)

    def mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, path)
            here = (*path, key)
            if key in result:
                raise self.refused(event, here, f"a duplicate key, first on line {self.lines[here]}", "keep one of the two")
            self.lines[here] = _line(event)
            result[key] = self.value(next(self.events), here)
        return result

    def key(self, event: yaml.Event, path: Path) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
            raise self.refused(event, path, "a key that is not plain text", "write the key as text")
        if _SURROGATE.search(event.value):
            raise self.refused(event, path, "a key with half a character", "write the character itself")
        if event.value == "<<" and not event.style:
            raise self.refused(event, path, "a merge key `<<`", "repeat the lines; a policy is read as it stands")
        return str(event.value)

    def sequence(self, path: Path) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(result))
            self.lines[here] = _line(event)
            result.append(self.value(event, here))
        return result

    def scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        if _SURROGATE.search(text):
            raise self.refused(event, path, "half a character", "write the character itself instead of two `\\u` escapes")
        named = next((part for part in reversed(path) if isinstance(part, str)), "")
        if event.style is not None or (named in TEXT_KEYS and (_CONSTANTS.get(text, text) is not None or named in NULL_IS_TEXT)):
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text

    def alias(self, event: Any, path: Path) -> Any:
        self.n_aliases += 1
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            raise self.refused(event, path, f"the alias `*{event.anchor}` stands before its anchor", "repeat the lines")
        if self.n_aliases > MAX_ALIASES:
            raise self.refused(event, path, f"more than {MAX_ALIASES} aliases", "repeat the lines or use `rules`")
        self.n_nodes += anchored.n_nodes
        return anchored.value

    def count(self, event: yaml.Event, path: Path) -> None:
        self.n_nodes += 1
        if len(path) > MAX_DEPTH:
            raise self.refused(event, path[:4], f"nested deeper than {MAX_DEPTH} levels", "a policy needs five")
        if self.n_nodes > MAX_NODES:
            raise self.refused(event, path, f"more than {MAX_NODES} values", "use `rules` instead of naming columns")

    def refused(self, event: yaml.Event, path: Path, message: str, repair: str) -> Exception:
        return refusal(self.source, [Problem(_line(event), dotted(path), message, repair)])


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
