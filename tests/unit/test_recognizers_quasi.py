"""The search for columns that single out, against a slow and obvious version of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.recognizers.columns import quasi
from veil.recognizers.columns.quasi import USUAL, Budget, Rows, Search, single_out

TABLES = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(st.integers(1, 4), min_size=n, max_size=n), min_size=1, max_size=24)
)


def share_of(rows: list[list[int]], columns: tuple[int, ...]) -> float:
    counts = Counter(tuple(row[place] for place in columns) for row in rows)
    return sum(count == 1 for count in counts.values()) / len(rows)


def slow_search(rows: list[list[int]], above: float, most_columns: int) -> dict[tuple[int, ...], float]:
    found: dict[tuple[int, ...], float] = {}
    for size in range(1, most_columns + 1):
        for each in combinations(range(len(rows[0])), size):
            is_minimal = not any(set(other) < set(each) for other in found)
            if is_minimal and share_of(rows, each) > above:
                found[each] = share_of(rows, each)
    return found


def alone(rows: list[list[int]]) -> dict[str, float]:
    return {f"c{place}": share_of(rows, (place,)) for place in range(len(rows[0]))}


def chosen(codes: np.ndarray, names: Sequence[str]) -> np.ndarray:
    return codes[:, [int(name[1:]) for name in names]]


def searched(rows: list[list[int]], above: float = 0.05, most_columns: int = 3, budget: Budget = USUAL) -> Search:
    codes, n_rows = np.array(rows, dtype=np.int32), len(rows)
    given = partial(single_out, alone(rows), n_rows=n_rows, above=above, most_columns=most_columns, budget=budget)
    return given(lambda names: Rows(chosen(codes, names), (), n_rows))


def probed(rows: list[list[int]], places: list[int], parts: int, budget: Budget = USUAL) -> Search:
    """The same rows, only some of them probed; others come in parts, with 0 for what no probe has."""
    codes = np.array(rows, dtype=np.int64)
    probes = codes[places]
    known = np.stack([np.where(np.isin(codes[:, at], probes[:, at]), codes[:, at], 0) for at in range(codes.shape[1])], axis=1)
    others = [part.astype(np.int16) for part in np.array_split(known, parts)]

    def rows_of(names: Sequence[str]) -> Rows:
        return Rows(chosen(probes, names), [chosen(part, names) for part in others], len(rows))

    return single_out(alone(rows), rows_of, n_rows=len(rows), budget=budget)


def as_places(search: Search) -> dict[tuple[int, ...], float]:
    return {tuple(int(name[1:]) for name in each.columns): each.share for each in search.sets}


@settings(max_examples=300, deadline=None)
@given(TABLES, st.sampled_from([0.0, 0.05, 0.2, 0.5]), st.integers(1, 4))
def test_the_search_finds_what_a_slow_search_finds(rows: list[list[int]], above: float, most_columns: int) -> None:
    search = searched(rows, above, most_columns)
    assert as_places(search) == pytest.approx(slow_search(rows, above, most_columns))
    assert search.n_untried == 0
    assert all(each.low == each.share == each.high for each in search.sets)


@settings(max_examples=200, deadline=None)
@given(TABLES, st.integers(1, 4), st.randoms(use_true_random=False))
def test_a_probe_is_alone_only_if_no_row_of_the_table_is_like_it(rows: list[list[int]], parts: int, random: object) -> None:
    places = sorted(random.sample(range(len(rows)), max(1, len(rows) // 2)))  # type: ignore[attr-defined]
    for each, share in as_places(probed(rows, places, parts)).items():
        counts = Counter(tuple(row[place] for place in each) for row in rows)
        n_alone = sum(counts[tuple(rows[at][place] for place in each)] == 1 for at in places)
        assert share == pytest.approx(n_alone / len(places) if len(each) > 1 else share_of(rows, each))


@settings(max_examples=200, deadline=None)
@given(TABLES, st.sampled_from([0.0, 0.05, 0.2, 0.5]))
def test_what_was_not_found_singles_out_no_more_than_is_said(rows: list[list[int]], above: float) -> None:
    search, places = searched(rows, above), range(len(rows[0]))
    found = [set(each) for each in as_places(search)]
    every = (each for size in (1, 2, 3) for each in combinations(places, size))
    left = [share_of(rows, each) for each in every if not any(other <= set(each) for other in found)]
    assert max(left, default=0) <= search.most
    assert search.most <= above


@settings(max_examples=100, deadline=None)
@given(TABLES, st.integers(1, 4))
def test_probing_every_row_is_the_exact_search(rows: list[list[int]], parts: int) -> None:
    assert as_places(probed(rows, list(range(len(rows))), parts)) == as_places(searched(rows))


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[list[int]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert searched(shuffled) == searched(rows)


def spread(n_rows: int, *distinct: int) -> list[list[int]]:
    """Rows that count up, the first column fastest: every combination once, then again."""
    steps = np.cumprod([1, *distinct[:-1]]).tolist()
    return [[at // step % width + 1 for step, width in zip(steps, distinct, strict=True)] for at in range(n_rows)]


def test_a_set_that_singles_out_just_the_share_is_not_found() -> None:
    rows = [[1, 1]] * 19 + [[2, 1]]
    assert searched(rows, above=0.05).sets == ()
    assert [each.columns for each in searched(rows, above=0.049).sets] == [("c0",)]


def test_columns_that_single_out_only_together_are_found_together() -> None:
    assert [each.columns for each in searched(spread(100, 10, 10)).sets] == [("c0", "c1")]
    assert [each.columns for each in searched(spread(125, 5, 5, 5)).sets] == [("c0", "c1", "c2")]
    assert searched(spread(125, 5, 5, 5), most_columns=2).sets == ()


def test_the_best_sets_come_first_and_are_at_most_twenty() -> None:
    rows = np.random.default_rng(7).integers(1, 40, size=(200, 12)).tolist()
    search = searched(rows)
    assert len(search.sets) == quasi.N_BEST
    ranks = [(len(each.columns), round(-each.share, 9)) for each in search.sets]
    every = sorted((len(each), round(-share, 9)) for each, share in slow_search(rows, 0.05, 2).items())
    assert ranks == every[: quasi.N_BEST]


def test_sampled_shares_come_with_an_interval_that_holds_the_true_one() -> None:
    rows = np.random.default_rng(3).integers(1, 60, size=(4000, 2)).tolist()
    places = sorted(np.random.default_rng(4).choice(4000, 500, replace=False).tolist())
    (found,) = probed(rows, places, 3).sets
    assert found.low < share_of(rows, (0, 1)) < found.high
    assert found.high - found.low < 0.1


def test_a_spent_budget_is_told() -> None:
    rows = np.random.default_rng(5).integers(1, 30, size=(300, 6)).tolist()
    assert probed(rows, list(range(0, 300, 2)), 4, budget=Budget(visits=500)).n_untried > 0
    search = searched(rows, budget=Budget(sets=4))
    assert search.n_tried == 4 + 6
    assert search.n_untried > 0


@pytest.mark.parametrize("share", [0.0, 0.01, 0.2, 0.9])
def test_what_is_tolerable_has_an_interval_that_ends_at_the_share(share: float) -> None:
    assert quasi.tolerable(share, quasi.N_PROBES) == share
    tolerable = quasi.tolerable(share, quasi.N_PROBES + 1)
    assert tolerable <= share
    n, z = quasi.N_PROBES, 1.959963984540054
    high = (tolerable + z * z / (2 * n) + z * math.sqrt(tolerable * (1 - tolerable) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    assert high == pytest.approx(share, abs=2e-4)


@pytest.mark.parametrize(("most_columns", "above"), [(0, 0.05), (5, 0.05), (3, 1.0), (3, -0.1)])
def test_what_cannot_be_searched_is_refused(most_columns: int, above: float) -> None:
    with pytest.raises(ValueError, match="can be searched"):
        searched([[1], [2]], above, most_columns)


def test_rows_are_asked_for_only_where_there_is_a_pair_to_try() -> None:
    def refuse(names: Sequence[str]) -> Rows:
        raise AssertionError(names)

    for candidates in ({}, {"a": 0.01}, {"a": 0.01, "b": 0.5}, {f"c{place}": 0.9 for place in range(30)} | {"a": 0, "b": 0}):
        search = single_out(candidates, refuse, n_rows=100)
        assert [each.columns for each in search.sets] == [(name,) for name in candidates if candidates[name] > 0.05][:20]
        assert (search.n_rows, search.n_probed, search.n_untried) == (100, 100, 0)


def test_codes_are_not_shown() -> None:
    assert "array" not in repr(Rows(np.ones((2, 2), dtype=np.int32), (), 2))
