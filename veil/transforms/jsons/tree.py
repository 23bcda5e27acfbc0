"""Reads a JSON text strictly into nodes that know their places, and writes it again with some of them changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

MAX_DEPTH: Final = 200
MAX_CHARACTERS: Final = 16 << 20
_TOKEN: Final = re.compile(
    r"[ \t\n\r]*(?:"
    r'(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<literal>true|false|null)"
    r"|(?P<sign>[{}\[\]:,]))"
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SPACE: Final = re.compile(r"[ \t\n\r]*")

Path = tuple[str | int, ...]
Kind = Literal["string", "number", "literal", "object", "array"]
DROP: Final = None


class NotJson(ValueError):
    """The text is no JSON, or nests deeper or is longer than is read. It says where no cell is: nothing of the text."""


@dataclass(frozen=True)
class Node:
    """A value of a JSON text and where it stands. `key` is the place of its key's string in an object."""

    kind: Kind
    path: Path = field(repr=False)
    start: int
    end: int
    key: tuple[int, int] | None = None
    children: tuple[Node, ...] = field(default=(), repr=False)

    @property
    def first(self) -> int:
        """Where the value starts, its key included."""
        return self.key[0] if self.key else self.start


@dataclass
class _Open:
    kind: Kind
    path: Path
    start: int
    key: tuple[int, int] | None
    children: list[Node]


def read(text: str) -> Node:
    """Return the root of a JSON text.

    Raises
    ------
    NotJson : it is none, as RFC 8259 has it; or it is nested deeper than 200 or longer than 16 Mi characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise NotJson("longer than is read")
    return _Reader(text).root()


class _Reader:
    """A stack of open objects and arrays, and what may come next in the last of them."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._stack: list[_Open] = []

    def root(self) -> Node:
        done: Node | None = None
        while done is None:
            done = self._step()
        if self._past_space() != len(self._text):
            raise NotJson("something after its end")
        return done

    def _step(self) -> Node | None:
        """Read a value, or the start or end of one; return the root once it is closed."""
        path, key = self._place()
        kind, start, end = self._token()
        piece = self._text[start:end]
        if piece in ("{", "["):
            if len(self._stack) >= MAX_DEPTH:
                raise NotJson("nested deeper than is read")
            self._stack.append(_Open("object" if piece == "{" else "array", path, start, key, []))
            return self._closed() if self._peek() == _CLOSING[self._stack[-1].kind] else None
        if kind == "sign":
            raise NotJson("a sign where a value should be")
        return self._placed(Node(kind, path, start, end, key))  # type: ignore[arg-type]

    def _place(self) -> tuple[Path, tuple[int, int] | None]:
        """Return the path of the next value; in an object its key is read."""
        if not self._stack:
            return (), None
        top = self._stack[-1]
        if top.kind == "array":
            return (*top.path, len(top.children)), None
        kind, start, end = self._token()
        if kind != "string":
            raise NotJson("a key that is no string")
        self._expect(":")
        return (*top.path, json.loads(self._text[start:end])), (start, end)

    def _placed(self, node: Node) -> Node | None:
        """Put a finished value into its container, and close what ends after it."""
        if not self._stack:
            return node
        self._stack[-1].children.append(node)
        sign = self._sign()
        if sign == ",":
            return None
        if sign != _CLOSING[self._stack[-1].kind]:
            raise NotJson("neither comma nor end after a value")
        self._at -= 1
        return self._closed()

    def _closed(self) -> Node | None:
        self._sign()
        top = self._stack.pop()
        return self._placed(Node(top.kind, top.path, top.start, self._at, top.key, tuple(top.children)))

    def _token(self) -> tuple[str, int, int]:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match.lastgroup is None:
            raise NotJson("no value where one should be")
        self._at = match.end()
        return match.lastgroup, *match.span(match.lastgroup)

    def _sign(self) -> str:
        kind, start, end = self._token()
        return self._text[start:end] if kind == "sign" else ""

    def _expect(self, sign: str) -> None:
        if self._sign() != sign:
            raise NotJson("no colon after a key")

    def _peek(self) -> str:
        at = self._past_space()
        return self._text[at : at + 1]

    def _past_space(self) -> int:
        match = _SPACE.match(self._text, self._at)
        return self._at if match is None else match.end()


_CLOSING: Final[Mapping[str, str]] = {"object": "}", "array": "]"}


def leaves(root: Node) -> Iterator[Node]:
    """Yield the strings, numbers and literals in order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.kind in _CLOSING:
            waiting.extend(reversed(node.children))
        else:
            yield node


def containers(root: Node) -> Iterator[Node]:
    """Yield the objects and arrays, what is inside before what it is inside of."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node.kind in _CLOSING:
            found.append(node)
            waiting.extend(node.children)
    yield from reversed(found)


def keyed(root: Node) -> Iterator[Node]:
    """Yield the values that have a key, in order, containers included."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.key:
            yield node
        waiting.extend(reversed(node.children))


def value_of(text: str, node: Node) -> str:
    """Return the text of a string, or a number or literal as it is written."""
    piece = text[node.start : node.end]
    return str(json.loads(piece)) if node.kind == "string" else piece


def key_of(text: str, node: Node) -> str:
    """Return the key of a value that has one."""
    assert node.key is not None
    return str(json.loads(text[slice(*node.key)]))


def is_number(value: str) -> bool:
    """Return whether a string can stand as a number in JSON."""
    return _NUMBER.fullmatch(value) is not None


def quoted(value: str) -> str:
    """Write a string as JSON; lone halves of surrogate pairs are escaped, for no encoding takes them."""
    written = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if any("\ud800" <= char <= "\udfff" for char in value) else written


def rewritten(text: str, root: Node, values: Mapping[int, str | None], keys: Mapping[int, str]) -> str:
    """Return the text with some values and keys written anew.

    Parameters
    ----------
    values : by where a value starts, the JSON to write for it; `DROP` leaves it out, with its key and a comma.
    keys : by where a value starts, the JSON of its new key.
    """
    return text[: root.start] + _rewritten(text, root, values, keys) + text[root.end :]


def _rewritten(text: str, node: Node, values: Mapping[int, str | None], keys: Mapping[int, str]) -> str:
    if node.start in values:
        return values[node.start] or "null"
    if not node.children:
        return text[node.start : node.end]
    out, before = [], node.start + 1
    gaps = [text[(node.children[at - 1].end if at else before) : child.first] for at, child in enumerate(node.children)]
    kept = [at for at, child in enumerate(node.children) if values.get(child.start, "") is not DROP]
    for number, at in enumerate(kept):
        child = node.children[at]
        out.append(gaps[0] if number == 0 else gaps[at])
        if child.key:
            out += [keys.get(child.start) or text[slice(*child.key)], text[child.key[1] : child.start]]
        out.append(_rewritten(text, child, values, keys))
    return text[node.start] + "".join(out) + text[node.children[-1].end : node.end]
