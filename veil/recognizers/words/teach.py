"""Teaches the model of `spelling` and writes it into `taught/`: `python -m veil.recognizers.words.teach`.

Only this script needs scikit-learn. A tenth of the words is kept back to say how well the model knows words that it has not seen.
"""

from __future__ import annotations

import base64
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from veil.recognizers.words.dictionaries import calendar_words, lists
from veil.recognizers.words.files import sections
from veil.recognizers.words.letters import words_in
from veil.recognizers.words.spelling import BUCKETS, FILE, KINDS, places_of
from veil.recognizers.words.vocabulary import VOCABULARIES, vocabulary

TARGET: Final = Path(__file__).with_name("taught") / FILE
KEPT_BACK: Final = 10
MOST: Final = 24_000
"""Words of a kind: more of one would make it likelier than it is in a table."""


def main() -> None:
    """Teach, say how well, write."""
    taught: list[tuple[str, int]] = []
    asked: list[tuple[str, int]] = []
    for kind, words in enumerate(_words().values()):
        for word in _thinned(words):
            (asked if zlib.crc32(b"kept" + word.encode()) % KEPT_BACK == 0 else taught).append((word, kind))
    model = _taught(taught)
    features, labels = _matrix(asked), np.array([kind for _, kind in asked])
    found = model.predict(features)
    for kind, name in enumerate(KINDS):
        share = (found[labels == kind] == kind).mean()
        sys.stdout.write(f"{name}: {share:.3f} of {(labels == kind).sum()} words not taught\n")
    TARGET.write_text(_written(model), "utf-8")


def _words() -> Mapping[str, list[str]]:
    entries = lists()
    spoken = (word for each in VOCABULARIES for word in vocabulary(each))
    ordinary = (*entries["OCCUPATION"], *calendar_words(), *_lexicon(), *spoken)
    kinds = (entries["FIRST_NAME"], entries["LAST_NAME"], entries["CITY"] | entries["REGION"], ordinary)
    return {name: sorted(set(_single(texts))) for name, texts in zip(KINDS, kinds, strict=True)}


def _lexicon() -> Iterator[str]:
    for languages in sections().values():
        yield from (word for found in languages.values() for entry in found for word in words_in(entry.text))


def _single(texts: Any) -> Iterator[str]:
    yield from (word for text in texts for word in text.split() if len(word) > 2 and word.isalpha())


def _thinned(words: list[str]) -> list[str]:
    return sorted(words, key=lambda word: zlib.crc32(word.encode()))[:MOST]


def _matrix(pairs: list[tuple[str, int]]) -> Any:
    from scipy.sparse import csr_matrix

    rows = [places_of(word) for word, _ in pairs]
    ends = np.cumsum([0, *map(len, rows)])
    weights = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in rows])
    return csr_matrix((weights, np.concatenate(rows), ends), shape=(len(rows), BUCKETS))


def _taught(pairs: list[tuple[str, int]]) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=3.0, max_iter=200).fit(_matrix(pairs), [kind for _, kind in pairs])


def _written(model: Any) -> str:
    weights = model.coef_.T
    scale = float(np.abs(weights).max()) / 127
    packed = base64.b85encode(np.round(weights / scale).astype(np.int8).tobytes()).decode()
    head = "# spelling: written by teach.py from the lists and word files beside it, not by hand\n"
    return f"{head}{scale:.8f} {' '.join(f'{bias:.6f}' for bias in model.intercept_)}\n{packed}\n"


if __name__ == "__main__":
    main()
