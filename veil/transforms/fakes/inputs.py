"""What the rows of a column give a fake to be drawn from: distinct combinations of cells, keyed words, dates of birth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import factorize, parse_dates
from veil.errors import TransformFailed
from veil.transforms.base import Context, distinct, distinct_rows
from veil.transforms.ciphers.derive import derived, framed
from veil.transforms.ciphers.permutation import Permutation
from veil.transforms.fakes import cards, phones
from veil.transforms.fakes.draw import UNKNOWN_DAY
from veil.transforms.fakes.kinds import Kind
from veil.transforms.fakes.source import below
from veil.transforms.fakes.spelling import as_strings

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices
    from veil.transforms.keys import Words

    Strings = npt.NDArray[Any]

_PERMUTED = {
    "card": (cards.card_number, cards.UNIQUE_CARDS, 10**cards.UNIQUE_DIGITS),
    "phone": (phones.phone_number, phones.UNIQUE_PHONES, 10**phones.UNIQUE_DIGITS),
}


@dataclass(frozen=True)
class Combinations:
    """Distinct combinations of what a fake depends on.

    Attributes
    ----------
    codes : per row that holds a value, its combination.
    columns : per combination, its value, and what else counts: `from 0`, `sex`, `birth`, `country`.
    subjects : per combination, the code of its subject; None where fakes are drawn from the value.
    """

    codes: Any = field(repr=False)
    columns: Mapping[str, Strings] = field(repr=False)
    subjects: Indices | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.columns["value"])


def combined(values: Strings, context: Context, subjects: Indices | None, others: Mapping[str, Strings]) -> Combinations:
    """Return the distinct combinations of the values, in their canonical form, with subjects and cells of other columns."""
    if subjects is None and not others and context.distinct and context.canonical == "text":
        return Combinations(slice(None), {"value": values})
    if subjects is not None and bool((np.diff(subjects) > 0).all()):  # nobody comes twice, so that every row stands alone
        return Combinations(slice(None), {"value": _canonical(values, context), **others}, subjects)
    value_codes, forms = distinct(values, context.canonical_forms)
    columns = {"value": forms[value_codes], **others}
    if subjects is None and not others:
        form_codes, levels = factorize(forms)
        return Combinations(form_codes[value_codes], {"value": as_strings(levels)})
    codes, firsts = distinct_rows(*columns.values())
    if subjects is not None:
        codes, firsts = _with_codes(codes, subjects)
    chosen = {name: column[firsts] for name, column in columns.items()}
    return Combinations(codes, chosen, None if subjects is None else subjects[firsts])


def _canonical(values: Strings, context: Context) -> Strings:
    if context.canonical == "text":
        return values
    codes, forms = distinct(values, context.canonical_forms)
    return np.asarray(forms[codes])


def _with_codes(codes: Indices, others: Indices) -> tuple[Indices, Indices]:
    """Return the code of each row's pair of codes, and the first row of each pair."""
    import pandas as pd

    pairs = pd.factorize(codes * (int(others.max(initial=0)) + 1) + others)[0]
    return pairs, np.unique(pairs, return_index=True)[1]


def keyed(values: Strings, context: Context, keyspace: str, purpose: str) -> Words:
    """Return the words of each value, computed once per distinct value."""
    codes, levels = factorize(values)
    return np.asarray(context.words(keyspace, list(levels), purpose)[codes])


def keyed_subjects(subjects: Indices, context: Context, purpose: str) -> Words:
    """Return the words of each combination's subject."""
    return np.asarray(context.words(context.subject_keyspace, context.subject_codes()[1], purpose)[subjects])


def joined(columns: Sequence[Strings]) -> Strings:
    """Return the cells of each row with their lengths, so that `a` and `bc` is not `ab` and `c`."""
    return as_strings([framed(*cells).decode("utf-8", "surrogatepass") for cells in zip(*columns, strict=True)])


def days(texts: Strings, pattern: str | None, context: Context, reason: str) -> Indices:
    """Return dates as days since 1970, `UNKNOWN_DAY` for an empty text.

    Raises
    ------
    TransformFailed : texts that are no dates of that pattern.
    """
    import pandas as pd

    codes, levels = factorize(texts)
    dates = parse_dates(pd.Series(levels, dtype=object), pattern or "")
    unread = dates.isna().to_numpy() & np.array([text != "" for text in levels], dtype=np.bool_)
    context.refuse(unread, reason)
    read = dates.fillna(pd.Timestamp(0)).to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.asarray(np.where(dates.isna(), UNKNOWN_DAY, read)[codes], dtype=np.int64)


def iso_dates(births: Indices) -> Strings:
    """Return days as ISO 8601, the empty text where nothing is known."""
    written = births.astype("datetime64[D]").astype(str)
    return np.where(births == UNKNOWN_DAY, "", written).astype(object)


def permuted(of: Kind, forms: Strings, context: Context) -> Indices:
    """Return a number for each value: of cards and phones by a permutation of all there can be, so that no two get the same one.

    What is no card or phone gets a number behind those, by its MAC: that no two of these meet is for the caller to see.

    Raises
    ------
    TransformFailed : the keyspace's subjects have keys of their own, and a permutation has one for all.
    """
    number, size, room = _PERMUTED[of]
    key = context.require_key()
    if key.subjects is not None and key.subjects.covers(context.keyspace):
        reason = "`unique` permutes all numbers under one key, which no subject's key is; leave out `unique` or `erasable`"
        raise TransformFailed(context.column.name, reason)
    numbers = np.fromiter((number(form) for form in forms), np.int64, len(forms))
    inside, outside = np.flatnonzero(numbers >= 0), np.flatnonzero(numbers < 0)
    cipher = Permutation(derived(key, "fake", of), size, framed(context.keyspace))
    numbers[inside] = np.asarray(cipher.encrypt(numbers[inside].astype(np.uint64))).astype(np.int64)
    if len(outside):
        words = context.words(context.keyspace, list(forms[outside]), f"fake {of} of no form")
        numbers[outside] = size + below(words[:, 0], room - size)
    return numbers
