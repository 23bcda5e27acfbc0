"""Own values on their own row, and coincidences: names and dates that the source has too, against what chance brings about.

Faked names are drawn from the same language as real ones, so some full names of the output occur in the source. That is
no leak unless it happens more often than it would by chance, or a person's own value stands on their own row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from veil.checks.residual import LONG, normal
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
    return _against_chance(lambda shuffled: int(((left == shuffled) & (left >= 0)).sum()), right, None, rng)


def chance_collisions(
    first: pd.Series[Any], last: pd.Series[Any], source_pairs: Iterable[tuple[str, str]], rng: np.random.Generator, *,
    strata: pd.Series[Any] | None = None,
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
    firsts, lasts = (pd.Series([pair[at] for pair in pairs], dtype=object) for at in (0, 1))
    first_codes, last_codes = (pd.factorize(np.concatenate([_normals(names), _normals(known)]))[0].astype(np.int64)
                               for names, known in ((first, firsts), (last, lasts)))
    n, n_last = len(first), int(last_codes.max(initial=0)) + 1
    known = np.unique(first_codes[n:] * n_last + last_codes[n:])
    groups = None if strata is None else pd.factorize(strata.to_numpy(dtype=object))[0].astype(np.int64)

    def count(shuffled: Codes) -> int:
        there = (first_codes[:n] >= 0) & (shuffled >= 0)
        return int(np.isin((first_codes[:n] * n_last + shuffled)[there], known).sum())

    return _against_chance(count, last_codes[:n], groups, rng)


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


def _against_chance(count: Any, codes: Codes, groups: Codes | None, rng: np.random.Generator) -> Chance:
    by_group = np.arange(len(codes)) if groups is None else np.argsort(groups, kind="stable")
    counts = np.array([count(_shuffled(codes, by_group, groups, rng)) for _ in range(N_PERMUTATIONS)])
    return _limits(count(codes), counts)


def _shuffled(codes: Codes, by_group: Codes, groups: Codes | None, rng: np.random.Generator) -> Codes:
    if groups is None:
        return rng.permutation(codes)
    order = np.lexsort((rng.random(len(codes)), groups))
    shuffled = np.empty_like(codes)
    shuffled[by_group] = codes[order]
    return shuffled


def _limits(observed: int, counts: Codes) -> Chance:
    """Take the limit from the permuted counts' normal approximation, or from a Poisson's tail where counts are small."""
    from scipy.stats import poisson

    rare = poisson.ppf(LEVEL, (counts.sum() + 1) / len(counts))
    return Chance(observed, float(counts.mean()), float(max(rare, np.ceil(counts.mean() + DEVIATIONS * counts.std()))))


def own_value_result(check: str, table: str, columns: tuple[str, ...], survivors: int, n_rows: int) -> CheckResult:
    """Return rows whose own value survived as a result, `own_names` or `own_birth_dates`; there must be none."""
    value = float(survivors)
    return CheckResult(check, "privacy", table, columns, value, value, value, "lower",
                       detail=f"{few(survivors)} of {n_rows} rows hold their own source value", n=n_rows)


def chance_result(check: str, table: str, columns: tuple[str, ...], chance: Chance, n_rows: int) -> CheckResult:
    """Return coincidences as a result, for instance `names_by_chance`: rows beyond the upper limit of chance, 0 if none."""
    value = max(0.0, chance.observed - chance.upper)
    observed, expected, upper = (few(round(count)) for count in chance)
    detail = f"{observed} rows coincide with the source; by chance {expected}, upper 99.99 % limit {upper}"
    return CheckResult(check, "privacy", table, columns, value, value, value, "lower", detail=detail, n=n_rows)
