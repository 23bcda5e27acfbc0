"""Frequency matching: an attacker who knows how often each value of the source occurs matches pseudonyms to values by rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from veil.checks.attackers.base import attack_result
from veil.model import CheckResult

if TYPE_CHECKING:
    from veil.checks.view import Codes

N_GUESSES = 20


def frequency_matching(table: str, column: str, pairs: tuple[Any, Any, Any], rng: np.random.Generator) -> CheckResult:
    """Return the share of rows whose pseudonym the attacker matches to its value: `attack_frequency`.

    Parameters
    ----------
    pairs : (n_pairs,) code of the source's value, code of the pseudonym, and rows that have both.
    rng : for the order of what is equally frequent.

    Value and pseudonym of the same rank are taken for the same. What is equally frequent is matched at random, many times over.
    The control shuffles which value has which frequency.

    Source: Naveed, Kamara and Wright 2015, doi 10.1145/2810103.2813651.
    """
    values, pseudonyms, rows = (np.asarray(each, dtype=np.int64) for each in pairs)
    n_rows, n_values = int(rows.sum()), int(values.max()) + 1
    of_value, of_pseudonym = np.bincount(values, weights=rows), np.bincount(pseudonyms, weights=rows)
    matched, control = (
        np.mean([_matched(values, pseudonyms, rows, _ranked(known, rng), _ranked(of_pseudonym, rng)) for known in guesses])
        for guesses in ([of_value] * N_GUESSES, [rng.permutation(of_value) for _ in range(N_GUESSES)])
    )
    what = f"rows whose pseudonym in `{column}` is matched to its value by frequency"
    guessed, none = 1 / n_values, float(control) / n_rows
    return attack_result("attack_frequency", table, (column,), float(matched), n_rows, baseline=guessed, control=none, what=what)


def _ranked(counts: Any, rng: np.random.Generator) -> Codes:
    """Return what has each rank, the most frequent first; ties in random order."""
    ranked: Codes = np.lexsort((rng.random(len(counts)), -counts))
    return ranked


def _matched(values: Codes, pseudonyms: Codes, rows: Codes, by_rank: Codes, pseudonym_by_rank: Codes) -> int:
    """Return how many rows have the value that the attacker takes their pseudonym for."""
    n = min(len(by_rank), len(pseudonym_by_rank))
    taken_for = np.full(len(pseudonym_by_rank), -1, dtype=np.int64)
    taken_for[pseudonym_by_rank[:n]] = by_rank[:n]
    return int(rows[taken_for[pseudonyms] == values].sum())
