"""The race of `synthesizer: auto`: who wins, what an attempt leaves behind, and what a budget cuts off."""

from __future__ import annotations

import pytest

from tasks import race
from veil.errors import SynthesisFailed
from veil.model import CheckReport, CheckResult, Synthesis, Table
from veil.policy import load_policy

TABLE = Table("t", "nowhere", "", 10, (), "synthesize")
PRIVATE = {"membership_auc": 0.5, "membership_tpr": 0.01, "exact_copies": 0.0, "nearest_share": 0.5}
GOOD = {"fidelity": 0.95, "utility_kept": 0.99, **PRIVATE}
LIKE_BUT_LEAKING = {**GOOD, "fidelity": 0.99, "nearest_share": 0.9}
WORSE = {**GOOD, "fidelity": 0.85}


def policy(tmp_path, extra=""):
    path = tmp_path / "policy.yaml"
    wanted = f"synthesize: {{synthesizer: auto, candidates: [circuit, ctgan]{extra}}}"
    path.write_text(f"version: 1\ntables: {{t: {{match: {{files: '*.csv'}}}}}}\n{wanted}\n", encoding="utf-8")
    return load_policy(path)


def made(method):
    return Synthesis(TABLE, TABLE, TABLE, method, {}, None, None, (), (), ())


def measured(figures):
    def measure(synthesis):
        found = figures[synthesis.synthesizer]
        lower = ("membership_auc", "membership_tpr", "exact_copies", "nearest_share")
        return CheckReport(tuple(
            CheckResult(name, "privacy" if name in lower else "fidelity", "t", (), value, value, value,
                        better="lower" if name in lower else "higher", status="pass")
            for name, value in found.items()
        ))  # fmt: skip

    return measure


@pytest.mark.parametrize(
    ("figures", "winner"),
    [
        ({"circuit": GOOD, "ctgan": WORSE}, "circuit"),
        ({"circuit": WORSE, "ctgan": GOOD}, "ctgan"),
        ({"circuit": LIKE_BUT_LEAKING, "ctgan": WORSE}, "ctgan"),
        ({"circuit": LIKE_BUT_LEAKING, "ctgan": {**LIKE_BUT_LEAKING, "fidelity": 0.9}}, "circuit"),
        ({"circuit": {name: GOOD[name] for name in GOOD if name != "membership_auc"}, "ctgan": WORSE}, "ctgan"),
    ],
    ids=["better", "better the other way", "better but leaking", "all leak", "not measured is not private"],
)
def test_the_best_of_those_that_give_nobody_away_wins(tmp_path, figures, winner):
    synthesis, report = race.raced(policy(tmp_path), "t", made, measured(figures))
    assert synthesis.synthesizer == winner
    assert [each.synthesizer for each in synthesis.race if each.chosen] == [winner]
    assert {each.synthesizer for each in synthesis.race} == {"circuit", "ctgan"}
    assert report == measured(figures)(made(winner))


def test_one_that_cannot_learn_is_told_with_its_reason_and_the_other_wins(tmp_path):
    def make(method):
        if method == "circuit":
            raise SynthesisFailed("table `t`: too few rows")
        return made(method)

    synthesis, _ = race.raced(policy(tmp_path), "t", make, measured({"ctgan": WORSE}))
    assert [(each.synthesizer, each.score is None, each.reason) for each in synthesis.race if not each.chosen] == [
        ("circuit", True, "table `t`: too few rows")
    ]


def test_where_nobody_can_learn_every_reason_is_told(tmp_path):
    def make(method):
        raise SynthesisFailed(f"no {method}")

    with pytest.raises(SynthesisFailed, match="circuit: no circuit; ctgan: no ctgan"):
        race.raced(policy(tmp_path), "t", make, measured({}))


def test_a_budget_that_is_over_begins_no_further_candidate(tmp_path, monkeypatch):
    clock = iter([0.0, 10.0])
    monkeypatch.setattr(race.time, "monotonic", lambda: next(clock))
    synthesis, _ = race.raced(policy(tmp_path, ", budget: 5"), "t", made, measured({"circuit": WORSE}))
    assert synthesis.synthesizer == "circuit"
    assert "budget of 5 s was over" in synthesis.race[1].reason


@pytest.mark.parametrize(("nearest", "winner"), [(0.5, "relational"), (0.9, "circuit")])
def test_what_keeps_rows_together_is_taken_without_a_race_if_it_gives_nobody_away(tmp_path, nearest, winner):
    figures = {"relational": {**WORSE, "nearest_share": nearest}, "circuit": GOOD, "ctgan": WORSE}
    synthesis, _ = race.raced(policy(tmp_path), "t", made, measured(figures), first="relational")
    assert synthesis.synthesizer == winner
    told = {each.synthesizer: each.reason for each in synthesis.race}
    assert ("not begun" in told["circuit"]) == (winner == "relational")


def test_the_report_says_how_many_attempts_there_were(tmp_path):
    synthesis, _ = race.raced(policy(tmp_path), "t", made, measured({"circuit": GOOD, "ctgan": WORSE}))
    assert race.attempts([synthesis, made("ctgan")]) == [
        "t: 2 candidates, circuit was taken; every one that learnt the table was measured against the same holdout, so the "
        "winner's figures are a little flattered."
    ]
