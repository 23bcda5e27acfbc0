"""The account: what a budget buys, that the ledger adds up to it exactly, and that Google's accountant says the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.unit.private_tables import fitted, people
from veil.errors import SynthesisFailed
from veil.synthesizers.private.accounting import best_order, delta_of, epsilon_of, rho_of
from veil.synthesizers.private.ledger import UNIT, Account, Query, shares, whole
from veil.synthesizers.private.mechanisms import Mechanisms, threshold
from veil.synthesizers.private.noise import SecureNoise

CLAIMS = [(0.01, 1e-9), (0.1, 1e-5), (1.0, 1e-5), (1.0, 1e-9), (3.0, 1e-6), (20.0, 1e-3)]


@pytest.fixture(scope="module")
def claim():
    return fitted(people(1_500), epsilon=2.0, rows_per_subject=1).parameters


@pytest.mark.parametrize(("epsilon", "delta"), CLAIMS)
def test_budget_guarantees_the_claim_and_hardly_more(epsilon, delta):
    rho = rho_of(epsilon, delta)
    assert delta_of(rho, epsilon) <= delta
    assert epsilon_of(rho, delta) == pytest.approx(epsilon, rel=1e-9)
    assert delta_of(rho * 1.001, epsilon) > delta


@pytest.mark.parametrize(("epsilon", "delta"), CLAIMS)
def test_no_order_on_a_fine_grid_tells_a_smaller_delta(epsilon, delta):
    rho = rho_of(epsilon, delta)
    excess = np.exp(np.linspace(-10, 25, 20_000))
    alpha = 1 + excess
    logs = excess * (alpha * rho - epsilon) - np.log(excess) - alpha * np.log1p(1 / excess)
    assert delta_of(rho, epsilon) <= math.exp(logs.min()) * (1 + 1e-9)
    assert delta_of(rho, epsilon) == pytest.approx(math.exp(logs.min()), rel=1e-4)


@pytest.mark.parametrize(("epsilon", "delta"), CLAIMS)
def test_gaussian_noise_of_the_budget_really_is_as_private_as_claimed(epsilon, delta):
    """Balle and Wang 2018 (arXiv 1805.06530) tell the exact delta of a Gaussian; the budget's must not promise less."""
    mu = math.sqrt(2 * rho_of(epsilon, delta))

    def phi(x: float) -> float:
        return math.erfc(-x / math.sqrt(2)) / 2

    exact = phi(mu / 2 - epsilon / mu) - math.exp(epsilon) * phi(-mu / 2 - epsilon / mu)
    assert exact <= delta


def test_more_delta_buys_more_and_nothing_costs_nothing():
    assert rho_of(1.0, 1e-5) > rho_of(1.0, 1e-6) > rho_of(0.5, 1e-6) > 0
    assert delta_of(0.0, 1.0) == epsilon_of(0.0, 1e-5) == 0.0


def test_ledger_sums_to_the_budget_exactly(claim):
    rhos = [query["rho"] for query in claim["ledger"]]
    assert sum(rhos) == math.fsum(rhos) == claim["accounting"]["rho"] == claim["accounting"]["spent"]
    assert all(rho == whole(rho) > 0 for rho in rhos)
    assert math.fsum(query["delta"] for query in claim["ledger"]) <= claim["accounting"]["delta_levels"] * (1 + 1e-12)


def test_claim_is_what_the_ledger_guarantees(claim):
    accounting = claim["accounting"]
    assert delta_of(accounting["spent"], claim["epsilon"]) == accounting["delta_conversion"]
    assert accounting["delta_conversion"] + accounting["delta_levels"] <= claim["delta"]
    assert (claim["unit"], claim["neighbors"]) == ("record", "add or remove one record")


def test_every_scale_in_the_ledger_pays_for_its_rho(claim):
    for query in claim["ledger"]:
        paid = query["sensitivity"] ** 2 / (2 * query["scale"] ** 2)
        if query["mechanism"] == "exponential":
            paid = query["n_answers"] * (2 * query["sensitivity"] / query["scale"]) ** 2 / 8
        assert paid <= query["rho"] * (1 + 1e-12)
        assert paid == pytest.approx(query["rho"], rel=1e-9)


def test_ledger_is_recounted_by_dp_accounting(claim):
    """Compose every query from its scale by google's accountant, at the order of our conversion: the same delta and epsilon."""
    dp = pytest.importorskip("dp_accounting", reason="dp-accounting, a development dependency, is not installed")
    from dp_accounting.rdp import RdpAccountant

    rho, epsilon = claim["accounting"]["spent"], claim["epsilon"]
    accountant = RdpAccountant([best_order(rho, epsilon)], dp.NeighboringRelation.ADD_OR_REMOVE_ONE)
    for query in claim["ledger"]:
        if query["mechanism"] == "discrete gaussian":
            accountant.compose(dp.GaussianDpEvent(query["scale"] / query["sensitivity"]))
        else:
            accountant.compose(dp.ZCDpEvent(query["rho"]))
    delta = claim["accounting"]["delta_conversion"]
    assert accountant.get_delta(epsilon) == pytest.approx(delta, rel=1e-7)
    assert abs(accountant.get_delta(epsilon) - delta) < 1e-9
    assert abs(accountant.get_epsilon(delta) - epsilon) < 1e-9
    assert RdpAccountant().compose(dp.ZCDpEvent(rho)).get_epsilon(delta) >= epsilon - 1e-9  # whatever its own orders are


def test_numeric_accountant_finds_no_more_than_claimed(claim):
    """Privacy loss distributions compose Gaussians exactly: the true epsilon is below the one that zCDP guarantees."""
    dp = pytest.importorskip("dp_accounting", reason="dp-accounting, a development dependency, is not installed")
    from dp_accounting.pld import PLDAccountant

    together = 1 / math.sqrt(sum((query["sensitivity"] / query["scale"]) ** 2 for query in claim["ledger"]))
    accountant = PLDAccountant().compose(dp.GaussianDpEvent(together))
    assert accountant.get_epsilon(claim["accounting"]["delta_conversion"]) <= claim["epsilon"]


def test_overdrawn_account_tells_nothing():
    account = Account(0.5, 1e-6)
    account.pay(Query("rows", "discrete gaussian", (), account.require(0.25), 0.0, 1, 1.0, 1))
    assert account.left == 0.25
    refused = [(0.2500001, 0.0), (0.25, 2e-6), (UNIT / 2, 0.0), (-1.0, 0.0), (0.1, -1e-9)]
    for rho, delta in refused:
        with pytest.raises(SynthesisFailed):
            account.require(rho, delta)
    assert account.spent == 0.25


def test_mechanism_asks_no_source_of_noise_that_it_cannot_pay():
    class Unasked(SecureNoise):
        def gaussian(self, counts, scale):
            raise AssertionError("asked")

    mechanisms = Mechanisms(Account(0.1, 0.0), Unasked())
    with pytest.raises(SynthesisFailed):
        mechanisms.counts("rows", (), np.zeros(5, dtype=np.int64), 1, rho=0.2)
    with pytest.raises(SynthesisFailed):
        mechanisms.levels("city", np.zeros(5, dtype=np.int64), 1, rho=0.1, delta=1e-9)
    assert mechanisms.account.queries == ()


@pytest.mark.parametrize("weights", [[1.0], [1, 1, 1], [0.3, 5, 1e-6, 2]])
def test_shares_sum_to_the_whole_exactly(weights):
    parts = shares(0.030556, weights)
    assert math.fsum(parts) == whole(0.030556)
    assert all(part == whole(part) for part in parts)


@pytest.mark.parametrize(("scale", "delta", "m"), [(3.0, 1e-3, 1), (20.0, 1e-4, 1), (20.0, 1e-4, 3), (5.0, 0.01, 2)])
def test_level_of_one_unit_is_told_with_at_most_delta(scale, delta, m):
    """Sum the discrete Gaussian's tail itself, for each way in which one unit's rows can be new levels."""
    values = np.arange(-int(40 * scale), int(40 * scale) + 1)
    weights = np.exp(-(values**2) / (2 * scale**2))
    weights /= weights.sum()
    limit = threshold(scale, delta, m)
    tail = {count: float(weights[values + count > limit].sum()) for count in range(1, m + 1)}
    ways = {1: [[1]], 2: [[2], [1, 1]], 3: [[3], [2, 1], [1, 1, 1]]}[m]
    assert max(sum(tail[count] for count in way) for way in ways) <= delta


def test_noise_is_the_one_that_was_paid_for():
    mechanisms = Mechanisms(Account(1.0, 0.0), SecureNoise())
    told, scale = mechanisms.counts("marginal", ("city",), np.zeros(0, dtype=np.int64), 20_000, rho=0.02)
    assert scale == pytest.approx(5.0)
    assert abs(told.mean()) < 5 * scale / math.sqrt(20_000)
    assert told.std() == pytest.approx(scale, rel=0.03)
    assert np.abs(told).max() < 6.5 * scale


def test_choices_follow_the_exponential_mechanism():
    scores = np.array([30, 20, 0], dtype=np.int64)
    mechanisms = Mechanisms(Account(1.0, 0.0), SecureNoise())
    rho = 0.5 * (1 / 10) ** 2  # scale 10: the choice has odds of e to the score over 10
    chosen = np.bincount([mechanisms.highest(scores, 1, rho=rho)[0] for _ in range(190)], minlength=3) / 190
    expected = np.exp(scores / 10) / np.exp(scores / 10).sum()
    assert mechanisms.account.queries[0].scale == pytest.approx(10.0)
    assert np.abs(chosen - expected).max() < 5 * np.sqrt(0.25 / 190)
