"""Work in other threads: order, errors, and no more ahead than was asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tasks.store.ahead import ahead, mapped


def counted(upto: int, seen: list[int]) -> Iterator[int]:
    for number in range(upto):
        seen.append(number)
        yield number


@pytest.mark.parametrize("upto", [0, 1, 2, 50])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_items_come_in_order(upto: int, n_threads: int) -> None:
    assert list(ahead(counted(upto, []))) == list(range(upto))
    assert list(mapped(lambda item: item * 2, counted(upto, []), n_threads)) == [2 * item for item in range(upto)]


def test_no_more_is_worked_out_than_one_item_ahead() -> None:
    seen: list[int] = []
    items = ahead(counted(10, seen))
    assert next(items) == 0
    items.close()
    assert seen == [0, 1]


def test_no_more_items_are_taken_than_there_are_threads_and_one() -> None:
    seen: list[int] = []
    results = mapped(str, counted(10, seen), 2)
    assert next(results) == "0"
    results.close()  # type: ignore[attr-defined]  # a generator
    assert seen == [0, 1, 2]


def test_an_error_is_raised_where_its_item_would_be() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise LookupError

    items = ahead(failing())
    assert next(items) == 1
    with pytest.raises(LookupError):
        next(items)
    results = mapped(lambda item: 1 // item, [2, 1, 0, 1], 2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    list(ahead(range(3)))
    list(mapped(str, range(3), 2))
    next(ahead(range(3)))
    assert threading.active_count() == before
