"""Expressions for dates: what they vouch for has the format, and what has it and is not the 29th of February is vouched for."""

from __future__ import annotations

import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.columns import infer, parse_dates, render_dates
from veil.recognizers.columns.counted import counts_of
from veil.recognizers.columns.dated import surely
from veil.recognizers.columns.profile import HEAD, inferred

PATTERNS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%-d/%-m/%Y", "%-m/%-d/%Y", "%d %b %Y", "%-d %B %Y", "%b %-d, %Y",
    "%d/%m/%y", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %-I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%Y-%m-%dT%H:%M:%S.%fZ",
    "%d.%m.%Y, %H:%M CET", "%Y/%m/%dT%H:%M:%S+01:00",
)  # fmt: skip
MOMENTS = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2099, 12, 31, 23, 59, 59))


def vouched(texts: list[str], pattern: str) -> list[bool]:
    return list(pc.match_substring_regex(pa.array(texts, pa.large_string()), surely(pattern)).to_pylist())


@settings(max_examples=300, deadline=None)
@given(MOMENTS, st.sampled_from(PATTERNS))
def test_dates_are_vouched_for_in_their_format(moment: datetime.datetime, pattern: str) -> None:
    text = moment.strftime(pattern)
    assert vouched([text], pattern) == [(moment.month, moment.day) != (2, 29)]


@settings(max_examples=300, deadline=None)
@given(MOMENTS, st.sampled_from(PATTERNS), st.sampled_from(PATTERNS), st.integers(0, 30), st.sampled_from("0123456789 APM-"))
def test_what_is_vouched_for_reads_and_writes_alike(
    moment: datetime.datetime, written: str, pattern: str, place: int, mark: str
) -> None:
    text = moment.strftime(written)
    for each in (text, text[:place] + mark + text[place + 1 :], text + mark, text[:-1]):
        if vouched([each], pattern) == [True]:
            series = pd.Series([each], dtype=object)
            assert render_dates(parse_dates(series, pattern), pattern).tolist() == [each]


@pytest.mark.parametrize(
    "text", ["2023-02-30", "2023-04-31", "2023-13-01", "2023-00-10", "2023-1-1", "2023-01-01\n", "1812-01-01", "2024-02-29", ""]
)
def test_what_is_no_date_or_in_doubt_is_not_vouched_for(text: str) -> None:
    assert vouched([text], "%Y-%m-%d") == [False]


def test_an_unknown_field_has_no_expression() -> None:
    assert surely("%Y-%j") is None


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("odd", [None, "29 Feb", "31/02/2020", "n/a", "2020-02-29"])
def test_long_columns_of_dates_have_the_type_that_reading_each_gives(pattern: str, odd: str | None) -> None:
    moments = pd.date_range("1999-12-28", periods=1500, freq="37h11min3s")
    written = [*dict.fromkeys(moments.strftime(pattern))]
    values = [*written, odd] if odd else written
    counts = counts_of(pd.Series([1] * len(values), index=pd.Index(values, dtype=object), dtype="int64"))
    assert len(values) > HEAD
    assert inferred(counts, len(values)) == infer(values, len(values))
