from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

from flows.cli import main

HEAVY = ("torch", "spacy", "great_expectations", "prefect", "pandas", "presidio_analyzer", "sklearn")


def test_help_imports_nothing_heavy():
    assert _loaded_by("try: c.main(['--help'])\nexcept SystemExit: pass", HEAVY) == "[]"


def test_lint_does_not_load_models_or_engines():
    assert _loaded_by("c.main(['policy', 'lint', 'gdpr'])", [name for name in HEAVY if name != "pandas"]) == "[]"


@pytest.mark.parametrize("arguments", [["policy", "diff", "gdpr", "strict"], ["policy", "diff", "gdpr", "demo", "--json"]])
def test_diff_of_two_policies_does_not_load_models_or_engines(arguments):
    assert _loaded_by(f"c.main({arguments!r})", [name for name in HEAVY if name != "pandas"]) == "[]"


def test_init_tells_that_there_is_no_drop_before_anything_is_loaded():
    assert _loaded_by("c.main(['policy', 'init', 'nowhere.csv'])", HEAVY) == "[]"


def _loaded_by(code: str, modules: Sequence[str]) -> str:
    """Run code in a fresh interpreter and return which of the modules it loaded."""
    program = f"import sys, flows.cli as c\n{code}\nprint([name for name in {tuple(modules)!r} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return printed.strip().splitlines()[-1]


def test_help_answers_at_once():
    """Not a benchmark: the best of five starts, against a generous bound that one heavy import would break."""
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "flows.cli", "--help"], capture_output=True, check=True)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.5


@pytest.mark.parametrize("name", ["analytics", "demo", "gdpr", "hipaa-safe-harbor", "strict", "test-data"])
def test_policies_that_ship_pass_lint(name, capsys):
    assert main(["policy", "lint", name]) == 0
    assert "no problem found" in capsys.readouterr().out


def test_an_unknown_policy_is_refused_with_the_names_that_exist(capsys):
    assert main(["policy", "lint", "gdpt"]) == 11
    assert "analytics, demo, gdpr, hipaa-safe-harbor, strict, test-data" in capsys.readouterr().err


def test_schema_is_json(capsys):
    assert main(["policy", "schema"]) == 0
    assert "tables" in json.loads(capsys.readouterr().out)["properties"]


@pytest.mark.parametrize("command", ["run", "inventory"])
def test_a_drop_that_is_not_there_is_told_before_anything_starts(command, tmp_path, capsys):
    assert main([command, str(tmp_path / "none.csv")]) == 2
    assert "there is no file or folder" in capsys.readouterr().err


def test_lint_refuses_a_recognizer_with_line_and_way_out(tmp_path, capsys):
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "version: 1\nrecognizers:\n  any: {entity: EMPLOYEE_ID, pattern: '.*', examples: [x]}\n"
        "tables: {t: {match: {files: a}, columns: {c: {do: drop}}}}\n"
    )
    assert main(["policy", "lint", str(policy)]) == 11
    told = capsys.readouterr().err
    assert "policy.yaml, line 3: recognizers.any.pattern: matches the empty text" in told
    assert "`+` instead of `*`" in told


def test_explain_says_what_was_found_and_why(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("VEIL_HOME", str(tmp_path / "home"))
    drop = tmp_path / "people.csv"
    drop.write_text("email\n" + "".join(f"reader{number}@mailbox.be\n" for number in range(20)))
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\ntables: {t: {match: {files: '*'}, columns: {email: {do: drop, reason: not needed}}}}\n")
    assert main(["policy", "explain", str(policy), str(drop), "email"]) == 0
    told = capsys.readouterr().out
    assert "becomes `drop`, by columns.email (line 2): not needed. Found with 9" in told
    assert "confidence: 100 % of 20 distinct values are" in told
    assert "mailbox" not in told


def test_explain_says_what_the_plan_gate_would_hold(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("VEIL_HOME", str(tmp_path / "home"))
    drop = tmp_path / "plans.csv"
    drop.write_text("months\n" + "".join(f"{number % 12}\n" for number in range(50)))
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\ntables: {t: {match: {files: '*'}, columns: {months: {do: band, width: 1}}}}\n")
    assert main(["policy", "explain", str(policy), str(drop)]) == 0
    told = capsys.readouterr().out
    assert "so the plan gate holds it: `months`: a step of 1 leaves numbers with steps of 1 as they are; widen it." in told
