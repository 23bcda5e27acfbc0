"""Whether a column's pseudonyms are as many as its values: the exact count behind the birthday bound."""

from __future__ import annotations

from collections.abc import Sequence

from veil.transforms.base import Context


def n_merged(values: Sequence[str], pseudonyms: Sequence[str], context: Context) -> int:
    """Return how many distinct values lost their own pseudonym to another value; 0 for one-to-one.

    Parameters
    ----------
    values : the column's distinct values that are transformed, over the whole run: neither null, empty nor declared null.
    pseudonyms : what each became. Two spellings of one value, by the keyspace's canonical form, are one value.
    """
    return len(set(context.canonical_forms(list(values)))) - len(set(pseudonyms))
