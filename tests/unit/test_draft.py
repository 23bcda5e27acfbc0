"""`policy init`: every column decided with a comment that says why, lint-clean, and no cell in the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli import main
from tasks.demo import make_drop
from tasks.draft import _identifier, _patterns, draft
from tasks.examined import examined
from veil.policy import lint, load_policy
from veil.policy.written import flow, one_line, text


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drop") / "shop"
    folder.mkdir()
    make_drop(folder, n_customers=120, seed=3)
    return folder


@pytest.fixture(scope="module")
def drafted(drop: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return draft(drop, tmp_path_factory.mktemp("work"))


def test_a_draft_is_sound_and_decides_every_column(drafted: str, drop: Path, tmp_path: Path) -> None:
    policy = load_policy(drafted)
    assert lint(policy) == ()
    [seen] = examined([policy], drop, tmp_path)
    for plan in seen.planned.plans:
        assert all(step.transform and step.decided_by.startswith("columns.") for step in plan.steps)
        assert plan.weaknesses == ()
    assert list(tmp_path.iterdir()) == []


def test_a_draft_names_subject_references_and_keyspaces(drafted: str) -> None:
    policy = load_policy(drafted)
    customers, orders = policy.tables["customers"], policy.tables["orders"]
    assert (customers.subject, orders.subject) == ("customer_id", "customer_id")
    assert orders.references == {"customer_id": "customers.customer_id"}
    assert customers.columns["email"].keyspace == "email"
    assert customers.columns["full_name"].parameters["sex_from"] == "gender"


def test_each_column_has_a_comment_that_says_what_was_found(drafted: str) -> None:
    lines = drafted.splitlines()
    columns = [place for place, line in enumerate(lines) if line.startswith("      ") and ": {do: " in line]
    assert len(columns) == 26
    assert all(lines[place - 1].startswith("      # ") and " sure: " in lines[place - 1] for place in columns)
    assert all("reason: " in lines[place] for place in columns)


def test_no_cell_is_in_the_draft(drafted: str, drop: Path) -> None:
    rows = (drop / "customers.csv").read_text(encoding="utf-8").splitlines()[1:]
    cells = {cell for row in rows for cell in row.split(",") if len(cell) > 5 and not cell.isalpha()}
    assert len(cells) > 500
    assert not [cell for cell in cells if cell in drafted]


def test_the_same_drop_gives_the_same_draft(drafted: str, drop: Path, tmp_path: Path) -> None:
    assert draft(drop, tmp_path) == drafted


def test_odd_names_of_columns_and_files_come_out_whole(tmp_path: Path) -> None:
    odd = ["a: b", "c, d", '"q"', "#", "- x", "na\u00efve \u202e", "true", "null", "{y}", "é" * 40, "[z]", "it's", "*a", "&b"]
    head = ",".join('"' + name.replace('"', '""') + '"' for name in odd)
    path = tmp_path / "2026 [a] {b}*.csv"
    rows = (",".join(str(row * 7 + place) for place in range(len(odd))) for row in range(30))
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    policy = load_policy(draft(path, tmp_path / "work"))
    (table,) = policy.tables.values()
    assert list(table.columns) == odd
    assert table.matches(path.name)


@pytest.mark.parametrize(
    ("names", "patterns"),
    [
        (["customers_2026-11-01.csv"], ["customers*.csv"]),
        (["customers.csv.gz"], ["customers.csv.gz"]),
        (["orders 7.csv", "customers 7.csv"], ["orders*.csv", "customers*.csv"]),
        (["a1.csv", "ab.csv"], ["a1.csv", "ab.csv"]),
        (["a_1.csv", "a_2.csv"], ["a_1.csv", "a_2.csv"]),
        (["2026.csv"], ["2026.csv"]),
        (["x[1].csv", "y*.csv"], ["x[[]1].csv", "y[*].csv"]),
    ],
)
def test_a_date_at_the_end_of_a_file_name_may_be_another_next_time(names: list[str], patterns: list[str]) -> None:
    assert _patterns(names) == patterns
    for name, pattern in zip(names, patterns, strict=True):
        tables = "".join(f"  t{place}: {{match: {{files: {text(one)}}}}}\n" for place, one in enumerate(patterns))
        policy = load_policy(f"version: 1\ntables:\n{tables}")
        assert policy.table_for(name)[1].match.files == pattern


@pytest.mark.parametrize(("name", "identifier"), [("a b", "a_b"), ("2026", "t_2026"), ("é", "t"), ("_x-", "x"), ("A.b", "A_b")])
def test_a_table_has_a_name_of_the_language(name: str, identifier: str) -> None:
    assert _identifier(name) == identifier


@pytest.mark.parametrize(
    "value", ["plain", "two words", "true", "null", "no", "7", "a: b", "\u202eabc", "a\nb", 'q"\\', "", " x ", "-", "é", "1e3"]
)
def test_what_is_written_is_read_back(value: str) -> None:
    line = flow({"do": "constant", "value": value, "reason": "why not"})
    columns = f"{{{text(value or 'c')}: {line}}}"
    policy = load_policy(f"version: 1\ntables: {{t: {{match: {{files: a}}, columns: {columns}}}}}\n")
    ((column, action),) = policy.tables["t"].columns.items()
    assert (column, action.parameters["value"]) == (value or "c", value)
    assert "\n" not in one_line(f"a{value}b")


def test_init_writes_a_file_once_and_tells_what_comes_next(
    drop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VEIL_HOME", str(tmp_path / "home"))
    output = tmp_path / "shop.yaml"
    assert main(["policy", "init", str(drop), "--output", str(output)]) == 0
    assert f"veil run {drop} --policy {output}" in capsys.readouterr().out
    assert main(["policy", "lint", str(output)]) == 0
    assert main(["policy", "init", str(drop), "--output", str(output)]) == 16
    assert "there is already a file" in capsys.readouterr().err
    assert main(["policy", "init", str(drop), "--output", str(tmp_path / "no" / "x.yaml")]) == 16
    assert main(["policy", "init", str(tmp_path / "nothing")]) == 2
