"""Numbers for texts: equal for equal texts, wherever these stand in memory, and all over the place for others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.recognizers.columns.hashed import LONGEST, hashed, mixed

TEXTS = st.lists(st.text(max_size=30), max_size=30)


def chunked(*parts: list[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(part, pa.large_string()) for part in parts], pa.large_string())


@given(TEXTS, TEXTS)
def test_equal_texts_have_equal_numbers_and_others_do_not(one: list[str], other: list[str]) -> None:
    numbers = hashed(chunked(one, other))
    assert len({*zip(numbers.tolist(), [*one, *other], strict=True)}) == len({*one, *other}) == len(set(numbers.tolist()))


@given(TEXTS, st.integers(0, 30))
def test_where_a_text_stands_does_not_matter(texts: list[str], start: int) -> None:
    whole = chunked(["\N{EURO SIGN} before", *texts, "after"])
    assert hashed(whole.slice(1, len(texts))).tolist() == hashed(chunked(texts[:start], texts[start:])).tolist()


def test_numbers_are_the_same_in_every_run() -> None:
    assert hashed(chunked(["jan@example.org"])).tolist() == [3087648151665843100]


def test_long_texts_that_differ_late_may_share_a_number() -> None:
    one, other = "x" * LONGEST + "a", "x" * LONGEST + "b"
    same, shorter = hashed(chunked([one, other])), hashed(chunked(["x" * LONGEST]))
    assert same[0] == same[1] != shorter[0]


def test_zero_bytes_and_length_count() -> None:
    texts = ["", "\0", "\0\0", "a", "a\0", "a" * 8, "a" * 8 + "\0"]
    assert len(set(hashed(chunked(texts)).tolist())) == len(texts)


@pytest.mark.parametrize("texts", [[f"K{at:010d}" for at in range(50_000)], [str(at) for at in range(50_000)]])
def test_numbers_spread_over_all_bits(texts: list[str]) -> None:
    numbers = hashed(chunked(texts))
    assert len(np.unique(numbers)) == len(texts)
    ones = [float(((numbers >> np.uint64(bit)) & np.uint64(1)).mean()) for bit in range(64)]
    assert max(abs(share - 0.5) for share in ones) < 0.02
    other = mixed(numbers, 1)
    assert abs(np.corrcoef(numbers.astype(float), other.astype(float))[0, 1]) < 0.02


def test_no_text_has_no_number() -> None:
    assert hashed(chunked()).tolist() == []
