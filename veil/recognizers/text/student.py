"""A student for prose: a linear tagger, taught by the slow teacher on a part of the column, reads the rest in its place.

Where it is not sure of a text, the teacher reads it. How sure it has to be is measured on taught texts that it did not learn
from; if it stays too far from the teacher there, it is not used. No label comes from anybody but the teacher.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from veil.model import Span
from veil.recognizers.text.letters import folded
from veil.recognizers.words.dictionaries import lists
from veil.rng import generator

Spans = tuple[Span, ...]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

BITS: Final = 18
EPOCHS: Final = 6
BATCH: Final = 256
RATE: Final = 0.15
SCORE: Final = 0.7
READ: Final = 4_000
GAP: Final = 2
"""Tokens of one entity with at most so many characters between them are one span."""
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_PAIRS: Final = (
    (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (0, -1), (0, 1), (1, -1), (1, 1), (4, -1), (4, 1), (0, -2), (0, 2),
)
"""Features of a token by itself: which property, of which neighbor. Properties: word, shape, prefix, suffix, lists."""
_PRODUCTS: Final = (
    ((0, -1), (1, 0)), ((1, 0), (0, 1)), ((0, -2), (0, -1)), ((0, 1), (0, 2)), ((1, -1), (1, 0)), ((1, 0), (1, 1)),
    ((4, 0), (4, 1)), ((4, -1), (1, 0)),
)
N_FEATURES: Final = len(_PAIRS) + len(_PRODUCTS)


@dataclass(frozen=True)
class Student:
    """A taught tagger. `weights` has a row per hashed feature and a column per label; label 0 is none. It holds no text."""

    labels: tuple[str, ...]
    weights: Floats = field(repr=False)

    def read(self, texts: Sequence[str]) -> tuple[list[Spans], npt.NDArray[np.float32]]:
        """Return the spans of each text, and how sure it is of each text: the least margin of its tokens.

        It reads some thousand texts at once, so that memory does not grow with their number.
        """
        found: list[Spans] = []
        sure = np.full(len(texts), np.inf, np.float32)
        for low in range(0, len(texts), READ):
            block = texts[low : low + READ]
            found += self._read(block, sure[low : low + READ])
        return found, sure

    def _read(self, texts: Sequence[str], sure: Floats) -> list[Spans]:
        """Return the spans of a block of texts, and write how sure it is of each into `sure`."""
        tokens = [list(_TOKEN.finditer(text)) for text in texts]
        scores = _scores(self.weights, _features(tokens))
        ends = np.cumsum([len(each) for each in tokens])
        best = scores.argmax(axis=1)
        has_choice = len(scores) and len(self.labels) > 1
        top = np.partition(scores, -2, axis=1)[:, -2:] if has_choice else np.zeros((len(scores), 2), np.float32)
        margins = np.abs(top[:, 1] - top[:, 0])
        found: list[Spans] = []
        for place, (each, end) in enumerate(zip(tokens, ends.tolist(), strict=True)):
            low = end - len(each)
            found.append(tuple(self._spans(each, best[low:end].tolist())))
            if each:
                sure[place] = margins[low:end].min()
        return found

    def _spans(self, tokens: Sequence[re.Match[str]], best: Sequence[int]) -> Iterator[Span]:
        start = end = label = 0
        for token, kind in zip(tokens, best, strict=True):
            if kind and kind == label and token.start() - end <= GAP:
                end = token.end()
                continue
            if label:
                yield Span(start, end, self.labels[label], SCORE)
            label, start, end = kind, token.start(), token.end()
        if label:
            yield Span(start, end, self.labels[label], SCORE)


def teach(texts: Sequence[str], answers: Sequence[Spans], seed: int) -> Student:
    """Teach a student: softmax regression on hashed features, with AdaGrad.

    Parameters
    ----------
    answers : the teacher's spans of each text, in order and without overlap; at least one, or there is nothing to learn.
    seed : for the order in which tokens are seen.
    """
    labels = ("", *sorted({span.entity for spans in answers for span in spans}))
    tokens = [list(_TOKEN.finditer(text)) for text in texts]
    features = _features(tokens)
    numbers = {label: number for number, label in enumerate(labels)}
    wanted = np.concatenate([_wanted(each, spans, numbers) for each, spans in zip(tokens, answers, strict=True)])
    weights = np.zeros((1 << BITS, len(labels)), np.float32)
    squares = np.full_like(weights, 1e-3)
    drawn = generator(seed, "student")
    for _ in range(EPOCHS):
        order = drawn.permutation(len(wanted))
        for low in range(0, len(order), BATCH):
            _step(weights, squares, features[order[low : low + BATCH]], wanted[order[low : low + BATCH]])
    return Student(labels, weights)


def _step(weights: Floats, squares: Floats, features: Integers, wanted: Integers) -> None:
    slopes = _scores(weights, features)
    slopes -= slopes.max(axis=1, keepdims=True)
    np.exp(slopes, out=slopes)
    slopes /= slopes.sum(axis=1, keepdims=True)
    slopes[np.arange(len(wanted)), wanted] -= 1
    used, places = np.unique(features.ravel(), return_inverse=True)
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(len(used)))
    summed = np.add.reduceat(slopes[order // features.shape[1]], starts, axis=0)
    squares[used] += summed * summed
    weights[used] -= RATE * summed / np.sqrt(squares[used])


def _scores(weights: Floats, features: Integers) -> Floats:
    total = np.zeros((len(features), weights.shape[1]), np.float32)
    for place in range(features.shape[1]):
        total += weights[features[:, place]]
    return total


def _wanted(tokens: Sequence[re.Match[str]], spans: Spans, labels: Mapping[str, int]) -> Integers:
    """Return the label of each token; spans and tokens are both in order, so one look at each is enough."""
    wanted = np.zeros(len(tokens), np.int64)
    left = iter(spans)
    span = next(left, None)
    for place, token in enumerate(tokens):
        while span is not None and span.end <= token.start():
            span = next(left, None)
        if span is not None and span.start <= token.start():
            wanted[place] = labels[span.entity]
    return wanted


def _features(tokens: Sequence[Sequence[re.Match[str]]]) -> Integers:
    """Return the hashed features of all tokens; two empty ones stand before and after each text."""
    known: dict[str, tuple[int, ...]] = {}
    empty = (0, 0, 0, 0, 0)
    rows: list[tuple[int, ...]] = [empty, empty]
    kept: list[int] = []
    for each in tokens:
        for token in each:
            word = token.group()
            properties = known.get(word)
            if properties is None:
                properties = known[word] = _properties(word)
            kept.append(len(rows))
            rows.append(properties)
        rows += [empty, empty]
    base: Any = np.array(rows, dtype=np.int64)
    at = np.array(kept, dtype=np.int64)
    found = np.empty((len(at), N_FEATURES), np.int64)
    for place, (kind, shift) in enumerate(_PAIRS):
        found[:, place] = _mixed(base[at + shift, kind], place)
    for place, ((kind, shift), (other, by)) in enumerate(_PRODUCTS, start=len(_PAIRS)):
        found[:, place] = _mixed(base[at + shift, kind] * 0x9E3779B1 + base[at + by, other], place)
    return found


def _mixed(values: Integers, place: int) -> Integers:
    mixed = (values + place * 0x85EBCA77) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 13)) & ((1 << BITS) - 1)


def _properties(word: str) -> tuple[int, ...]:
    low = folded(word)
    listed = "".join(name[0] for name in ("CITY", "FIRST_NAME", "LAST_NAME") if low in lists()[name])
    parts = (low, _shape(word), low[:3], low[-3:], listed)
    return tuple(zlib.crc32(part.encode("utf-8", "surrogatepass")) for part in parts)


def _shape(word: str) -> str:
    first = "X" if word[0].isupper() else "x" if word[0].isalpha() else "0" if word[0].isdigit() else word[0]
    has_digit = "0" if any(map(str.isdigit, word)) else ""
    return f"{first}{has_digit}{'U' if word.isupper() and len(word) > 1 else ''}{min(len(word), 6)}"
