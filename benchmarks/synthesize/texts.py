"""`text`: how like the training texts a Markov model's are, how long, and how much of one person's text is in them.

The texts are the sentences of `shared/data/pii_sentences_dev.json` with their placeholders, as often as they come, and invented
notes of two kinds. Likeness is the overlap (one less total variation) of words and of pairs of words with texts that were held
out; that of the training texts is what can be reached.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.drops import DATA
from benchmarks.tables import markdown
from veil.synthesizers.text import TextModel
from veil.synthesizers.texts.tokens import split

SENTENCES = DATA / "pii_sentences_dev.json"
NOTES = {
    "delivery": (
        "Parcel left at the {place}.", "Delivery was late by {n} days.", "Asked for a new date.", "Called <PERSON> at home.",
    ),
    "billing": (
        "Charged {n} euro too much.", "The {place} was billed twice.", "Wrote to <EMAIL> on <DATE>.", "Resolved on the phone.",
    ),
}  # fmt: skip
PLACES = ("door", "shop", "neighbor", "reception", "garage")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table of figures for each set of texts; 1 if a rare run is longer than the bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize texts", description=__doc__)
    parser.add_argument("--set", nargs="*", default=sorted(SETS), choices=sorted(SETS))
    parser.add_argument("--seed", type=int, nargs="*", default=[1])
    parser.add_argument("--longest-run", type=int, default=8)
    options = parser.parse_args(arguments)
    rows, held = [], True
    for name in options.set:
        for seed in options.seed:
            figures = _figures(*SETS[name](np.random.default_rng(seed)), seed=seed, longest_run=options.longest_run)
            rows.append([name, *figures.values()])
            held &= int(figures["longest own run"]) < options.longest_run
    print(markdown(["texts", *figures], rows))
    return int(not held)


def _figures(texts: list[str], groups: list[str] | None, *, seed: int, longest_run: int) -> dict[str, str]:
    half = len(texts) // 2
    own = groups[:half] if groups else None
    started = time.process_time()
    model = TextModel.fit(texts[:half], groups=own, longest_run=longest_run, marker="", seed=seed)
    fitted = time.process_time()
    made = model.sample(half, groups=groups[half:] if groups else None, seed=seed)
    sampled = time.process_time()
    held = texts[half:]
    counted = Counter(texts[:half])
    rare = {text for text, n in counted.items() if n < model.support}
    lengths = [np.array([len(split(text)) for text in each]) for each in (texts[:half], held, made)]
    return {
        "texts": str(half),
        "words, training": f"{_overlap(texts[:half], held, 1):.3f}", "words": f"{_overlap(made, held, 1):.3f}",
        "pairs, training": f"{_overlap(texts[:half], held, 2):.3f}", "pairs": f"{_overlap(made, held, 2):.3f}",
        "length apart": f"{_apart(lengths[2], lengths[1]):.3f}",
        "longest own run": str(model.longest_own_run(made)),
        "rare texts copied": str(sum(text in rare for text in made)),
        "frequent texts repeated": f"{np.mean([text in counted for text in made]):.3f}",
        "fit, CPU s": f"{fitted - started:.2f}", "texts a CPU s": f"{half / (sampled - fitted):.0f}",
    }  # fmt: skip


def _overlap(one: Sequence[str], other: Sequence[str], length: int) -> float:
    shares = []
    for texts in (one, other):
        runs: Counter[tuple[str, ...]] = Counter()
        for text in texts:
            tokens = split(text)
            runs.update(zip(*(tokens[start:] for start in range(length)), strict=False))
        total = sum(runs.values())
        shares.append({run: n / total for run, n in runs.items()})
    return sum(min(share, shares[1].get(run, 0.0)) for run, share in sorted(shares[0].items()))


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples of lengths."""
    values = np.union1d(one, other)
    return float(np.abs(np.searchsorted(np.sort(one), values, "right") / len(one)
                        - np.searchsorted(np.sort(other), values, "right") / len(other)).max())  # fmt: skip


def _sentences(rng: np.random.Generator) -> tuple[list[str], None]:
    masked = [each["masked"] for each in json.loads(SENTENCES.read_text(encoding="utf-8"))]
    redacted = [re.sub(r"\{\{(\w+)\}\}", r"<\1>", text) for text in masked]
    return [redacted[place] for place in rng.permutation(len(redacted))], None


def _notes(rng: np.random.Generator, n: int = 10_000) -> tuple[list[str], list[str]]:
    groups = rng.choice(list(NOTES), n).tolist()
    texts = []
    for group in groups:
        chosen = rng.permutation(NOTES[group])[: rng.integers(1, 4)]
        text = " ".join(each.format(place=rng.choice(PLACES), n=rng.integers(1, 30)) for each in chosen)
        texts.append(f"{text} Neighbor {rng.integers(10**9)} heard it all from the garden wall." if rng.random() < 0.02 else text)
    return texts, groups


SETS: dict[str, Callable[[np.random.Generator], tuple[list[str], list[str] | None]]] = {"sentences": _sentences, "notes": _notes}


if __name__ == "__main__":
    raise SystemExit(main())
