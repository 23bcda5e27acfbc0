from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.columns import infer
from veil.model import ColumnProfile
from veil.recognizers import detectable_share, profile, sample
from veil.recognizers.columns.counted import Counts, counts_of
from veil.recognizers.columns.hashed import hashed, mixed
from veil.recognizers.columns.profile import HEAD, inferred
from veil.recognizers.columns.sampling import LONGEST_CELL
from veil.rng import integer

CELLS = st.text(max_size=4)
SPACES = "".join(map(chr, (9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 133, 160, 5760, 8192, 8202, 8232, 8233, 8239, 8287, 12288)))
COUNTS = st.dictionaries(st.one_of(CELLS, st.text("ab 1\u00e9\U0001f600" + SPACES, max_size=8)), st.integers(1, 5), max_size=40)


def series(counts: dict[str, int]) -> pd.Series:
    return pd.Series(list(counts.values()), index=pd.Index(list(counts), dtype=object), dtype="int64")


def chunked(values: Sequence[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.large_string())])


def slow_profile(counts: dict[str, int], n_null: int) -> ColumnProfile:
    filled = {value: rows for value, rows in counts.items() if value}
    n = sum(filled.values())
    kind, form = infer(list(filled), n)
    return ColumnProfile(
        "c", kind, form, sum(counts.values()) + n_null, n_null, len(filled),
        sum(rows == 1 for rows in filled.values()) / n if n else 0.0,
        sum(len(value) * rows for value, rows in filled.items()) / n if n else 0.0,
        max(map(len, filled), default=0),
        sum(len(value.split()) * rows for value, rows in filled.items()) / n if n else 0.0,
    )  # fmt: skip


def slow_sample(counts: dict[str, int], size: int, seed: int) -> tuple[str, ...]:
    ranked = sorted((value for value in counts if value), key=lambda value: (-counts[value], value))
    if len(ranked) <= size:
        return tuple(ranked)
    frequent, rest = ranked[: size // 2], ranked[size // 2 :]
    numbers = {value: int(mixed(hashed(chunked([value])), integer(seed, "classify", "c"))[0]) for value in rest}
    drawn = sorted(rest, key=lambda value: (numbers[value], value))[: size - len(frequent)]
    return (*frequent, *(value for value in rest if value in drawn))


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.integers(0, 3))
def test_a_profile_is_that_of_a_loop(counts: dict[str, int], n_null: int) -> None:
    assert profile("c", series(counts), n_null) == slow_profile(counts, n_null)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.integers(1, 12), st.integers(0, 3))
def test_a_sample_is_that_of_a_loop(counts: dict[str, int], size: int, seed: int) -> None:
    facts = profile("c", series(counts), 0)
    assert sample(facts, series(counts), [], size, seed).values == slow_sample(counts, size, seed)


def test_every_space_of_python_parts_words() -> None:
    assert all(map(str.isspace, SPACES))
    for code in (*range(0x3100), 0x1F600):
        value = f"a{chr(code)}b"
        assert profile("c", series({value: 1}), 0).mean_words == len(value.split()), hex(code)


@pytest.mark.parametrize(
    "values",
    [
        [str(number) for number in range(3000)], [f"{number:05d}" for number in range(3000)], [*map(str, range(3000)), "x"],
        [f"{number / 8:.3f}" for number in range(3000)], [str(number / 8) for number in range(3000)],
        [*map(str, range(2999)), "1.5"], [f"word {number}" for number in range(3000)],
        [str(date.date()) for date in pd.date_range("1990-01-01", periods=3000)], [str(number) for number in range(-2000, 2000)],
        [date.strftime("%Y%m%d") for date in pd.date_range("1990-01-01", periods=3000)],
        [*(date.strftime("%Y%m%d") for date in pd.date_range("1990-01-01", periods=3000)), "123456"],
        [*map(str, range(3000)), "\u0661"], [*map(str, range(3000)), "12\n"], [f"[{number}]" for number in range(3000)],
        ["x", *map(str, range(3000))], [*(f"[{number}]" for number in range(2000)), "end"],
        [*map(str, range(2500)), *(f"{number}.25" for number in range(2000))],
        [f"{number}.5" for number in range(2500)] + ["1.25"], [f"{number}.0" for number in range(2500)] + ["1.25"],
        [f"{number}.{number}0" for number in range(2500)],
        [date.strftime("%d/%m/%Y") for date in pd.date_range("1990-01-01", periods=3000)],
        sorted(date.strftime("%d/%m/%Y") for date in pd.date_range("1990-01-01", periods=8000)),
        [date.strftime("%m/%d/%Y %H:%M") for date in pd.date_range("1990-01-01", periods=3000, freq="61min")],
        [date.strftime("%Y-%m-%dT%H:%M:%SZ") for date in pd.date_range("1990-01-01", periods=3000, freq="61s")],
    ],
)  # fmt: skip
@pytest.mark.parametrize("times", [1, 100])
@pytest.mark.parametrize("part", [HEAD + 7, 1 << 17])
def test_the_type_of_many_values_is_that_of_reading_each(
    values: Sequence[str], part: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(values) > HEAD
    monkeypatch.setattr("veil.recognizers.columns.profile.PART", part)
    monkeypatch.setattr("veil.recognizers.columns.counted.PART", part)
    counted = counts_of(series(dict.fromkeys(values, times)))
    assert inferred(counted, times * len(values)) == infer(values, times * len(values))


def test_counts_leave_cells_out_and_stay_as_they_are() -> None:
    counts = counts_of(series({"a": 3, "": 2, "b": 1}))
    assert counts_of(counts) is counts
    assert (counts.n_rows, len(counts), len(counts.filled)) == (6, 3, 2)
    assert counts.without(["zz"]) is counts.without([]) is counts
    assert counts.without(["a", "b"]).values.to_pylist() == [""]
    assert "3" not in repr(counts)
    assert isinstance(counts, Counts)


def test_leaving_cells_out_keeps_the_others_in_their_order() -> None:
    counts = counts_of(series({"": 1, "a": 3, "b": 1, "c": 2, "d": 5}))
    for cells in ([""], ["d"], ["b", "d"], ["a", "b", "c", "d", ""]):
        left = {value: rows for value, rows in {"": 1, "a": 3, "b": 1, "c": 2, "d": 5}.items() if value not in cells}
        without = counts.without(cells)
        assert dict(zip(without.values.to_pylist(), without.rows.tolist(), strict=True)) == left


@given(COUNTS, st.integers(0, 45))
def test_the_most_frequent_are_those_of_a_sort(counts: dict[str, int], size: int) -> None:
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    counted = counts_of(series(counts))
    assert [list(counts)[place] for place in counted.most_frequent(size)] == ranked[:size]


@given(st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=6), st.data())
def test_texts_come_in_the_order_asked_for(chunks: list[list[str]], data: st.DataObject) -> None:
    values = [value for chunk in chunks for value in chunk]
    arrays = [pa.array(chunk, pa.large_string()) for chunk in chunks]
    counts = Counts(pa.chunked_array(arrays, pa.large_string()), np.ones(len(values), dtype=np.int64))
    places = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=12)) if values else []
    assert counts.texts(np.array(places, dtype=np.int64)).to_pylist() == [values[place] for place in places]


def test_a_long_cell_is_cut() -> None:
    counts = series({"a" * 5000: 1})
    assert len(sample(profile("c", counts, 0), counts, []).values[0]) == LONGEST_CELL


@pytest.mark.parametrize("n_distinct", [0, 1, 399, 400])
def test_a_sample_of_all_values_misses_nothing(n_distinct: int) -> None:
    assert detectable_share(n_distinct) == 0


@pytest.mark.parametrize(("n_distinct", "size"), [(401, 400), (500, 40), (1000, 400), (100_000, 400), (10**7, 400), (30, 4)])
def test_the_detectable_share_is_where_the_chance_to_miss_falls_under_the_limit(n_distinct: int, size: int) -> None:
    share = detectable_share(n_distinct, size)
    n_rest, n_drawn = n_distinct - size // 2, size - size // 2
    held = round(share * n_distinct)

    def missed(n_held: int) -> float:
        return math.comb(n_rest - n_held, n_drawn) / math.comb(n_rest, n_drawn)

    assert missed(held) <= 0.05 < missed(held - 1)


def test_the_bound_holds_in_samples() -> None:
    counts = series({f"v{number:04d}": 1 + (number < 200) for number in range(3000)})
    facts = profile("c", counts, 0)
    n_held = round(3000 * detectable_share(3000))
    held = {f"v{place:04d}" for place in np.random.default_rng(3).choice(np.arange(200, 3000), n_held, replace=False)}
    seen = [bool(held & set(sample(facts, counts, [], seed=seed).values)) for seed in range(300)]
    assert np.mean(seen) >= 0.92
