"""The search of a table's text columns does not depend on how its rows are ordered or cut into partitions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from tasks import store
from tasks.texts import text_columns, text_sample
from tests.unit.test_recognizers_templates import names
from veil.model import Table

NOTES = [
    text
    for at, name in enumerate(names(260))
    for text in (f"Spoke with {name} about invoice {10_000 + at}.", f"Nothing to do for case {at % 90}.", "closed")
]


def table(folder: Path, notes: list[str | None], rows: int = 1_000) -> Table:
    return store.write_table("t", [pa.table({"note": pa.array(notes, pa.string())})], folder, stage="ingest", rows=rows)


@pytest.mark.parametrize("size", [10_000, 60, 7])
def test_the_sample_is_the_same_in_any_order_and_partitions(tmp_path: Path, size: int) -> None:
    one = text_sample(table(tmp_path / "one", [*NOTES, None]), "note", size)
    other = text_sample(table(tmp_path / "other", [None, *reversed(NOTES)], rows=37), "note", size)
    assert list(one.items()) == list(other.items())
    assert len(one) == min(size, len(set(NOTES)))
    assert one == {text: Counter(NOTES)[text] for text in one}


def test_all_texts_are_seen_and_no_null(tmp_path: Path) -> None:
    seen: list[str] = []
    text_sample(table(tmp_path, ["a", None, "b", "a"], rows=2), "note", 1, seen.extend)
    assert set(seen) == {"a", "b"}


def test_spans_do_not_depend_on_partitions(tmp_path: Path) -> None:
    known = {"PERSON": ["Qakaba Zimido"], "CUSTOMER_ID": ["10003"]}
    searches = [
        text_columns(table(tmp_path / name, notes, rows), ["note"], known)["note"]
        for name, notes, rows in (("one", list(NOTES), 1_000), ("other", NOTES[::-1], 41))
    ]
    probe = [*NOTES[:60], "Nothing to do for Qakaba Zimido.", "Nothing to do for case 10003."]
    whole = searches[0].spans(probe)
    assert searches[0].uses_templates
    assert whole == searches[1].spans(probe) == [searches[1].spans([text])[0] for text in probe]
    assert len(whole[-1]) == 1
    assert [span.entity for span in whole[-2]] == ["PERSON"]


def test_a_table_without_texts_has_no_search(tmp_path: Path) -> None:
    assert text_columns(table(tmp_path, ["a"]), [], {}) == {}
