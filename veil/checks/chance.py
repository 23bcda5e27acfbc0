"""Own values on their own row, and coincidences: names and dates that the source has too, against what chance brings about.

Faked names are drawn from the same language as real ones, so some full names of the output occur in the source. That is
no leak unless it happens more often than it would by chance, or a person's own value stands on their own row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from veil.checks.residual import LONG, normal
from veil.columns import factorize
from veil.errors import few
from veil.model import CheckResult

if TYPE_CHECKING:
    import pandas as pd

    from veil.checks.view import Codes, Floats

N_PERMUTATIONS = 400
# Of a gate that looks at every table of every night: at 99 % it would hold a clean drop every hundredth time.
LEVEL, DEVIATIONS = 0.9999, 3.72
MIN_CONTAINED = 4
MAX_JITTER_DAYS = 90

_BETWEEN_WORDS = re.compile(r"[\W_]+")


class Chance(NamedTuple):
    """How often something happened, how often it happens by chance, and the upper 99.99 % limit of that."""

    observed: int
    expected: float
    upper: float


def own_value_survivors(source: pd.Series[Any], output: pd.Series[Any]) -> int:
    """Return the number of rows whose own source value stands in their output cell.

    Parameters
    ----------
    source, output : strings and None of the same rows in the same order; the index plays no part.

    A value of at least 4 characters may stand anywhere in the cell as words of its own; a shorter one is the whole cell. Case,
    accents and punctuation do not matter.
    """
    import pandas as pd

    pairs = pd.DataFrame({"source": source.to_numpy(dtype=object), "output": output.to_numpy(dtype=object)}).dropna()
    counts = pairs.groupby(["source", "output"], sort=False).size()
    words = {text: _words(text) for text in {*pairs["source"], *pairs["output"]}}
    return sum(int(count) for (own, cell), count in counts.items() if _stands_in(words[own], words[cell]))


def _words(text: str) -> str:
    return " ".join(_BETWEEN_WORDS.sub(" ", normal(text)).split())


def _stands_in(own: str, cell: str) -> bool:
    if not own:
        return False
    joined = own.replace(" ", "")
    if own == cell or (len(joined) >= LONG and joined == cell.replace(" ", "")):
        return True
    return len(own) >= MIN_CONTAINED and f" {own} " in f" {cell} "


def own_value_chance(source: pd.Series[Any], output: pd.Series[Any], rng: np.random.Generator) -> Chance:
    """Return rows whose output cell equals their own source value, against the same with the output's rows shuffled.

    For identifiers that are short numbers, and columns of amounts where such numbers occur anyway. Takes what
    `own_value_survivors` takes.
    """
    import pandas as pd

    codes, _ = pd.factorize(np.concatenate([_normals(source), _normals(output)]))
    left, right = codes[: len(source)], codes[len(source) :]
    met = [int(((left == shuffled) & (left >= 0)).sum()) for shuffled in _shufflings(right, rng)]
    return _limits(int(((left == right) & (left >= 0)).sum()), np.array(met))


def chance_collisions(
    first: pd.Series[Any], last: pd.Series[Any], source_pairs: Iterable[tuple[str, str]], *, strata: pd.Series[Any] | None = None
) -> Chance:
    """Return output rows whose full name occurs in the source, against the same with last names shuffled.

    Parameters
    ----------
    first, last : the output's names, strings and None, of the same rows.
    source_pairs : first and last name of the source's people.
    strata : names are shuffled within these only, for instance per locale: in any table, Dutch first names go with
        Dutch last names.
    """
    import pandas as pd

    pairs = list(dict.fromkeys(source_pairs))
    known = FullNames()
    known.add_known(*(pd.Series([pair[at] for pair in pairs], dtype=object) for at in (0, 1)))
    known.add(first, last, strata)
    return known.chance()


class FullNames:
    """Full names of a source and an output, counted piece by piece: memory grows with distinct names. It holds parts of cells."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._known = np.zeros(0, dtype=np.int64)
        self._met = 0
        self._counts: dict[Any, tuple[dict[int, int], dict[int, int], list[int]]] = {}

    def __repr__(self) -> str:
        return "FullNames()"

    def add_known(self, first: pd.Series[Any], last: pd.Series[Any]) -> None:
        """Add names of the source, in either order; those with a null are nobody's full name."""
        firsts, lasts, there = self._coded(first, last)
        both = np.concatenate([firsts << 32 | lasts, lasts << 32 | firsts])[np.tile(there, 2)]
        self._known = np.union1d(self._known, both)

    def add(self, first: pd.Series[Any], last: pd.Series[Any], strata: pd.Series[Any] | None = None) -> None:
        """Count names of the output; all of the source must have been added."""
        firsts, lasts, there = self._coded(first, last)
        self._met += int(np.isin((firsts << 32 | lasts)[there], self._known).sum())
        groups = np.zeros(len(firsts), dtype=object) if strata is None else strata.to_numpy(dtype=object)
        for group in dict.fromkeys(groups):
            rows = groups == group
            counts = self._counts.setdefault(group, ({}, {}, [0]))
            for codes, into in ((firsts[rows], counts[0]), (lasts[rows], counts[1])):
                for code, count in zip(
                    *(each.tolist() for each in np.unique(codes[codes >= 0], return_counts=True)), strict=True
                ):
                    into[code] = into.get(code, 0) + count
            counts[2][0] += int(rows.sum())

    def chance(self) -> Chance:
        """Return how many rows of the output have a name of the source, and how many would if last names were shuffled.

        Mean and variance are those of all permutations at once (Hoeffding 1951, doi 10.1214/aoms/1177729545).
        """
        mean = variance = 0.0
        firsts, lasts = self._known >> 32, self._known & 0xFFFFFFFF
        for of_first, of_last, (n_rows,) in self._counts.values():
            in_first, in_last = (_looked_up(counts, codes) for counts, codes in ((of_first, firsts), (of_last, lasts)))
            expected = float(np.sum(in_first * in_last)) / max(n_rows, 1)
            rows, columns = (np.bincount(codes, weights=other / max(n_rows, 1)) if len(codes) else np.zeros(0)
                             for codes, other in ((firsts, in_last), (lasts, in_first)))  # fmt: skip
            squares = sum(float(np.sum(_looked_up(counts, np.arange(len(means))) * means**2))
                          for counts, means in ((of_first, rows), (of_last, columns)))  # fmt: skip
            mean += expected
            variance += max(0.0, n_rows * expected - n_rows * squares + expected**2) / max(n_rows - 1, 1)
        return _limited(self._met, mean, variance)

    def _coded(self, first: pd.Series[Any], last: pd.Series[Any]) -> tuple[Codes, Codes, Any]:
        firsts, lasts = self._of(first), self._of(last)
        return firsts, lasts, (firsts >= 0) & (lasts >= 0)

    def _of(self, names: pd.Series[Any]) -> Codes:
        places, levels = factorize(names.to_numpy(dtype=object))
        numbers = [self._codes.setdefault(_words(level), len(self._codes)) for level in levels]
        return np.asarray(np.append(np.array(numbers, dtype=np.int64), -1)[places])


def _looked_up(counts: dict[int, int], codes: Codes) -> Floats:
    return np.fromiter((counts.get(code, 0) for code in codes.tolist()), dtype=np.float64, count=len(codes))


def _limited(observed: int, mean: float, variance: float) -> Chance:
    """Take the limit from the normal approximation, or from a Poisson's tail where counts are small."""
    from scipy.stats import poisson

    rare = poisson.ppf(LEVEL, mean + 1 / N_PERMUTATIONS)
    return Chance(observed, mean, float(max(rare, np.ceil(mean + DEVIATIONS * np.sqrt(variance)))))


def chance_dates(output: Floats, source: Floats, rng: np.random.Generator) -> Chance:
    """Return output rows whose date occurs in the source, against the same with every date moved by up to 90 days.

    Parameters
    ----------
    output, source : days since 1970, NaN for null (`veil.columns.to_numbers`); rows need not match.
    """
    known = np.unique(np.round(source[~np.isnan(source)]))
    dates = np.round(output[~np.isnan(output)])
    shape = (N_PERMUTATIONS, len(dates))
    moves = rng.integers(1, MAX_JITTER_DAYS + 1, size=shape) * rng.choice([-1, 1], size=shape)
    counts = np.array([int(np.isin(dates + move, known).sum()) for move in moves])
    return _limits(int(np.isin(dates, known).sum()), counts)


def _normals(series: pd.Series[Any]) -> Any:
    """Return normal forms, null as None; each distinct value is worked on once."""
    import pandas as pd

    codes, distinct = pd.factorize(series.to_numpy(dtype=object))
    forms = np.array([*(_words(value) for value in distinct), None], dtype=object)
    return forms[codes]


def _shufflings(codes: Codes, rng: np.random.Generator) -> Iterator[Codes]:
    return (rng.permutation(codes) for _ in range(N_PERMUTATIONS))


def rare_chance(observed: int, expected: float) -> Chance:
    """Return something rare that happened, against a Poisson's upper 99.99 % limit."""
    from scipy.stats import poisson

    return Chance(observed, expected, float(poisson.ppf(LEVEL, expected)) if expected > 0 else 0.0)


def _limits(observed: int, counts: Codes) -> Chance:
    """Take the limit from the permuted counts' normal approximation, or from a Poisson's tail where counts are small."""
    from scipy.stats import poisson

    rare = poisson.ppf(LEVEL, (counts.sum() + 1) / len(counts))
    return Chance(observed, float(counts.mean()), float(max(rare, np.ceil(counts.mean() + DEVIATIONS * counts.std()))))


def own_value_result(check: str, table: str, columns: tuple[str, ...], survivors: int, n_rows: int) -> CheckResult:
    """Return rows whose own value survived as a result, `own_names` or `own_birth_dates`; there must be none."""
    value = float(survivors)
    return CheckResult(
        check,
        "privacy",
        table,
        columns,
        value,
        value,
        value,
        "lower",
        detail=f"{few(survivors)} of {n_rows} rows hold their own source value",
        n=n_rows,
    )


def chance_result(check: str, table: str, columns: tuple[str, ...], chance: Chance, n_rows: int) -> CheckResult:
    """Return coincidences as a result, for instance `names_by_chance`: rows beyond the upper limit of chance, 0 if none."""
    value = max(0.0, chance.observed - chance.upper)
    observed, expected, upper = (few(round(count)) for count in chance)
    detail = f"{observed} rows coincide with the source; by chance {expected}, upper 99.99 % limit {upper}"
    return CheckResult(check, "privacy", table, columns, value, value, value, "lower", detail=detail, n=n_rows)
