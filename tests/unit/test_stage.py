from __future__ import annotations

import logging
import traceback

import pytest

from tasks.stage import CAREFUL_LOGGERS, sealed
from veil.errors import Held, StageFailed, TransformFailed, VeilError

CANARY = "jane.canary@example.org"


def _raise_library_error() -> None:
    float(CANARY)


def _raise_ours_from_a_library_error() -> None:
    try:
        float(CANARY)
    except ValueError as error:
        raise TransformFailed("amount", "cannot be read as a number", count=12) from error


def _raise_ours_inside_except() -> None:
    try:
        float(CANARY)
    except ValueError:
        raise Held("transform", ["k"])  # noqa: B904


@pytest.mark.parametrize("failing", [_raise_library_error, _raise_ours_from_a_library_error, _raise_ours_inside_except])
def test_no_error_leaves_a_stage_with_a_cell_in_text_cause_or_context(failing):
    with pytest.raises(VeilError) as caught:
        sealed("transform")(failing)()
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert CANARY not in "".join(traceback.format_exception(error))


def test_a_library_error_is_told_by_type_and_place_only():
    with pytest.raises(StageFailed, match="stage transform: ValueError"):
        sealed("transform")(_raise_library_error)()


def test_errors_of_ours_keep_their_words():
    with pytest.raises(TransformFailed, match="column `amount`: 12 values: cannot be read as a number"):
        sealed("transform")(_raise_ours_from_a_library_error)()


def test_what_a_stage_returns_is_returned():
    assert sealed("plan")(lambda number: number + 1)(2) == 3


def test_libraries_that_log_what_they_look_at_are_silent_at_any_level():
    logging.getLogger("presidio-analyzer").setLevel(logging.DEBUG)
    sealed("classify")(lambda: None)()
    assert all(logging.getLogger(name).getEffectiveLevel() >= logging.ERROR for name in CAREFUL_LOGGERS)
