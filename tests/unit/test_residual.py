"""What survived in transformed tables, counted piece by piece, and attackers that fail their gate for the right reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tasks import store
from tasks.aligned import aligned
from tasks.classes import classes, k_of_table, sizes_of
from tasks.classify import Classification
from tasks.residual import Sources, identifier_results, residual_results
from veil.checks import k_results
from veil.columns import infer
from veil.model import CheckResult, Column, ColumnProfile, Finding, Plan, Step, Table
from veil.policy.gates import TransformGate

N = 600
RNG = np.random.default_rng(0)
FIRST, LAST = [f"Given{at}" for at in range(40)], [f"Family{at}" for at in range(40)]
PEOPLE = {
    "id": [f"C{at:07d}" for at in range(N)],
    "name": [f"{a} {b}" for a, b in zip(RNG.choice(FIRST, N), RNG.choice(LAST, N), strict=True)],
    "mail": [f"user{at}@acme.be" for at in range(N)],
    "born": [f"19{60 + at % 40}-{1 + at % 12:02d}-{1 + at % 28:02d}" for at in range(N)],
    "seen": [str(np.datetime64("2021-01-01") + int(days)) for days in RNG.integers(0, 900, N)],
    "left": [str(np.datetime64("2024-01-01") + int(days)) for days in RNG.integers(0, 300, N)],
    "city": [f"City{min(int(rank), 30)}" for rank in RNG.zipf(1.3, N)],
    "note": [f"called about {at}" for at in range(N)],
}
ENTITIES = {"id": "CUSTOMER_ID", "name": "PERSON", "mail": "EMAIL_ADDRESS", "born": "BIRTH_DATE", "seen": "EVENT_DATE",
            "left": "EVENT_DATE", "city": "CITY", "note": "FREE_TEXT"}  # fmt: skip
EFFECTS = {"id": "pseudonymize", "name": "fake", "mail": "fake", "born": "generalize", "seen": "perturb", "left": "perturb",
           "city": "pseudonymize", "note": "suppress"}  # fmt: skip


def moved(name: str, days: Any) -> list[str]:
    return [str(np.datetime64(cell) + int(shift)) for cell, shift in zip(PEOPLE[name], days, strict=True)]


CLEAN: dict[str, list[str | None]] = {
    "id": [f"T{'BCDFGHJKLMNPQRSTVWXZ'[at % 20]}{'BCDFGHJKLM'[at // 20 % 10]}{'XZWVT'[at // 200]}QQQQ" for at in range(N)],
    "name": [f"New{at % 30} Other{at % 29}" for at in range(N)],
    "mail": [f"new.other.x{'bcdfghjklm'[at % 10]}@example.org" for at in range(N)],
    "born": ["1960s" if at % 2 else "1970s" for at in range(N)],
    "seen": moved("seen", RNG.integers(-180, 180, N)),
    "left": moved("left", RNG.integers(-180, 180, N)),
    "city": ["BCD", "FGH"] * (N // 2),
    "note": ["called about <RECORD_ID>"] * N,
}  # fmt: skip


def table(folder: Path, cells: Mapping[str, Sequence[str | None]], stage: str, rows: int) -> Table:
    columns = [Column(name, *infer([cell for cell in dict.fromkeys(column) if cell], N)) for name, column in cells.items()]
    arrow = pa.table({name: pa.array(column, pa.string()) for name, column in cells.items()})
    return store.write_table("people", [arrow], folder / stage, stage=stage, rows=rows, columns=columns)


def measured(
    folder: Path, changed: Mapping[str, Sequence[str | None]], rows: int = 100, quasi: tuple[str, ...] = ("born", "city")
):
    raw = table(folder, PEOPLE, "ingest", rows)
    out = table(folder, {**CLEAN, **changed}, "transform", max(1, rows - 7))
    findings = tuple(
        Finding("people", name, ENTITIES[name], "direct", "", 1, 1, 1, "", free_text=name == "note") for name in PEOPLE
    )
    profiles = tuple(ColumnProfile(name, "text", None, N, 0, len(set(cells)), 0, 5, 5, 1) for name, cells in PEOPLE.items())
    steps = tuple(Step(name, "direct", ENTITIES[name], "x", {}, EFFECTS[name], "", "rules[0]") for name in PEOPLE)
    plan, classified = Plan("people", "", "", "id", quasi, steps), Classification(raw, findings, profiles, ())
    sources = Sources.of([classified], [plan])
    return {each.check: each for each in residual_results(sources, [classified], [plan], [out], seed=1)}, sources, out


def test_a_clean_table_has_no_survivors_and_gives_attackers_little(tmp_path: Path) -> None:
    results, _, _ = measured(tmp_path, {})
    assert [results[name].value for name in ("residual_identifiers", "own_names", "own_birth_dates", "names_by_chance")] == [
        0
    ] * 4
    assert (results["k"].value, results["unique_share"].value, results["attack_singling_out"].value) == (N // 2, 0, 0)
    assert results["attack_dates"].bad_end < 0.05


LEAKS = {
    "residual_identifiers": {"note": ["call user7@acme.be", *CLEAN["note"][1:]]},
    "own_names": {"note": [f"spoke to {PEOPLE['name'][0].upper()}", *CLEAN["note"][1:]]},
    "own_birth_dates": {"born": [PEOPLE["born"][0], *CLEAN["born"][1:]]},
    "names_by_chance": {"name": [*PEOPLE["name"][300:], *PEOPLE["name"][:300]]},
}


@pytest.mark.parametrize("check", LEAKS)
def test_what_survived_is_counted_under_its_own_name(tmp_path: Path, check: str) -> None:
    clean, _, _ = measured(tmp_path / "clean", {})
    results, _, _ = measured(tmp_path / "leak", LEAKS[check])
    assert results[check].value > clean[check].value == 0
    others = set(LEAKS) - {check, "residual_identifiers", *(["own_names"] if check == "names_by_chance" else [])}
    assert all(results[other].value == 0 for other in others)


@pytest.mark.parametrize("rows", [7, 599, 10_000])
def test_partitions_do_not_change_a_figure(tmp_path: Path, rows: int) -> None:
    one, other = (measured(tmp_path / str(size), LEAKS["names_by_chance"], size)[0] for size in (100, rows))
    assert {name: result.value for name, result in one.items()} == {name: result.value for name, result in other.items()}


FREQUENT = {city: "BCDFGHJKLMNPQRSTVWXZbcdfghjklmnpqrstvwxz"[at] * 5 for at, city in enumerate(sorted(set(PEOPLE["city"])))}
ATTACKS = {
    "attack_singling_out": {"born": PEOPLE["born"]},
    "attack_frequency": {"city": [FREQUENT[city] for city in PEOPLE["city"]]},
    "attack_dates": {"seen": PEOPLE["seen"], "left": PEOPLE["left"]},
}


@pytest.mark.parametrize("check", ATTACKS)
def test_an_attacker_finds_what_was_left_to_find_and_no_other_does(tmp_path: Path, check: str) -> None:
    clean, _, _ = measured(tmp_path / "clean", {})
    results, _, _ = measured(tmp_path / "open", ATTACKS[check])
    assert results[check].bad_end > 0.3 > 0.1 > (clean[check].bad_end if check != "attack_frequency" else 0)
    assert results[check].low <= results[check].value <= results[check].high
    assert "guessing reaches" in results[check].detail
    assert "control" in results[check].detail
    for other in set(ATTACKS) - {check, "attack_frequency"}:
        assert results[other].bad_end < 0.1 or check == "attack_frequency"


def test_a_shift_keeps_the_days_between_two_dates_and_so_links(tmp_path: Path) -> None:
    shifts = RNG.integers(-180, 180, N)
    results, _, _ = measured(tmp_path, {name: moved(name, shifts) for name in ("seen", "left")})
    assert 0.2 < results["attack_dates"].value < 0.9


def test_frequencies_that_are_alike_tell_nothing(tmp_path: Path) -> None:
    results, _, _ = measured(tmp_path, {"city": [f"T{'BCDFG'[at % 5]}" for at in range(N)]})
    assert results["attack_frequency"].value < 0.2


def test_results_hold_no_cell(tmp_path: Path) -> None:
    results, sources, _ = measured(tmp_path, {**LEAKS["residual_identifiers"], **ATTACKS["attack_frequency"]})
    told = repr([*results.values(), sources])
    assert not any(cell in told for cell in ("user7", "City1", "Given", "BBBBB"))


def test_k_from_counted_classes_is_that_of_the_whole_table(tmp_path: Path) -> None:
    cells = {"a": [None, "", "x\0a", "x\0b"] * 30, "b": [str(at % 7) for at in range(120)]}
    out = table(tmp_path, cells, "transform", 11)
    assert k_of_table(out, ["a", "b"]) == k_results(store.read_table(out), ["a", "b"], "people")
    assert int(sizes_of(classes(out, ["a"])).sum()) == 120


def test_a_synthetic_table_without_rows_or_none_at_all_is_no_error(tmp_path: Path) -> None:
    _, sources, _ = measured(tmp_path, {})
    assert identifier_results(sources, [], []) == ()
    empty = table(tmp_path / "empty", {"a": []}, "transform", 5)
    [result] = identifier_results(sources, [empty], [])
    assert isinstance(result, CheckResult)
    assert result.value == 0


def test_the_same_rows_are_met_however_they_are_cut(tmp_path: Path) -> None:
    one = table(tmp_path / "one", {"a": [str(at) for at in range(50)]}, "ingest", 7)
    other = table(tmp_path / "other", {"b": [str(at) for at in range(50)]}, "transform", 12)
    pairs = [
        (before.column("a").to_pylist(), after.column("b").to_pylist()) for before, after in aligned(one, ["a"], other, ["b"])
    ]
    assert all(before == after for before, after in pairs)
    assert sum(len(before) for before, _ in pairs) == 50


@pytest.mark.parametrize("check", ATTACKS)
def test_a_gate_that_bounds_an_attacker_holds_what_it_finds(tmp_path: Path, check: str) -> None:
    gate = TransformGate.model_validate({check: 0.2})
    threshold = getattr(gate, check)
    open_ones, _, _ = measured(tmp_path / "open", ATTACKS[check])
    assert not threshold.holds(open_ones[check].bad_end)
    closed = measured(tmp_path / "closed", {"city": [f"T{'BCDFGHJKLM'[at % 10]}" for at in range(N)]})[0]
    assert threshold.holds(closed[check].bad_end)
    assert getattr(TransformGate(), check) is None
