"""An inventory as text: whatever a column is called, the lines are read back as they were meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.classify import Classification
from tasks.inventory import as_json, as_yaml, claimed, table_lines, write_inventory
from tests.unit.test_custom_recognizers import column
from veil.errors import ReleaseFailed
from veil.model import Column, Finding, Table
from veil.policy import lint, load_policy
from veil.policy.document import read_document
from veil.recognizers.approved import Approved, Comparison
from veil.recognizers.content import content

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def classified(*columns: str, entity: str | None = "CITY", comparison: Comparison | None = None) -> Classification:
    role = "quasi" if entity else "other"
    findings = tuple(Finding("t", name, entity, role, "names", 0.973, 1.0, 2, f"name matches `{name}`") for name in columns)
    table = Table("t", "", "", 2, tuple(Column(name, "category") for name in columns), "ingest")
    contents = tuple(content(column(["Ghent", "Namur"], name)) for name in columns)
    return Classification(table, findings, (), (), contents=contents, comparison=comparison or Comparison(findings))


@given(st.lists(names, min_size=1, max_size=4, unique=True))
def test_any_column_name_is_read_back(columns):
    document = read_document(as_yaml([classified(*columns)], {}), "inventory")
    approved = document.data["tables"]["t"]["approved"]
    assert list(approved) == columns
    expected = {"entity": "CITY", "type": "category", "confidence": 0.97, "kinds": {"word": 1.0}}
    assert all(value == expected for value in approved.values())


@given(names)
def test_each_reason_stays_on_one_line(name):
    lines = as_yaml([classified(name)], {}).split("\n")
    assert sum(line.startswith("      # quasi: name matches") for line in lines) == 1
    assert all(line.startswith((" ", "#", "tables:")) or not line for line in lines)


@pytest.mark.parametrize("name", ["city", "no", "null", "1", "a b", 'say "x"', "a\\b", "naïve", "😀", "a: {b}", "#c", "\x7f"])
def test_the_lines_are_lines_of_a_policy(name):
    lines = as_yaml([classified(name, entity=None)], {}).replace("  t:\n", '  t:\n    match: {files: "*"}\n')
    policy = load_policy("version: 1\n" + lines)
    assert lint(policy) == ()
    assert policy.tables["t"].approved[name].entity == "none"


def test_a_correction_of_the_policy_stays_one():
    own = {"t": {"city": Approved("CITY", "FIRST_NAME", "quasi", "towns: five")}}
    line = as_yaml([classified("city")], own).splitlines()[-1]
    assert line.startswith('      city: {entity: CITY, was: FIRST_NAME, reason: "towns: five", type: category')


def test_a_column_that_changed_is_written_as_it_was_found_and_marked():
    own = {"t": {"city": Approved("FIRST_NAME", None, "direct", "no")}}
    changed = classified("city", comparison=Comparison(changed={"city": "holds CITY"}))
    *_, comment, line = as_yaml([changed], own).splitlines()
    assert comment.endswith("; CHANGED: holds CITY")
    assert line.startswith("      city: {entity: CITY, type")
    assert json.loads(as_json([changed]))["t"][0]["changed"] == "holds CITY"
    assert "  CHANGED since it was approved: `city` holds CITY" in list(table_lines([changed]))


def test_differences_are_told_below_the_table():
    found = Comparison(approved=frozenset({"city"}), retyped={"city": "date"}, new=("visits",), missing=("income",))
    assert list(table_lines([classified("city", comparison=found)]))[-3:] == [
        "  of another type: `city` is date",
        "  not approved yet: `visits`",
        "  approved and not there: `income`",
    ]


def test_columns_of_the_table_line_up():
    head, *rows = list(table_lines([classified("c", "a_long_name")]))[1:]
    place = head.index("why")
    assert [row[place:] for row in rows] == ["name matches `c`", "name matches `a_long_name`"]


def test_files_are_for_their_owner_only_and_never_written_over(tmp_path):
    path = claimed(tmp_path / "seen.yaml")
    write_inventory(path, [classified("city")], {})
    assert [file.stat().st_mode & 0o777 for file in (path, path.with_suffix(".json"))] == [0o600, 0o600]
    with pytest.raises(ReleaseFailed, match=r"there is already a file .*seen\.yaml; give another one"):
        claimed(path)
    with pytest.raises(ReleaseFailed, match="could not be written: File exists"):
        write_inventory(path, [classified("city")], {})
    path.unlink()
    with pytest.raises(ReleaseFailed, match=r"there is already a file .*seen\.json"):
        claimed(path)
