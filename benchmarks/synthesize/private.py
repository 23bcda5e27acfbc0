"""`dp_network`: what is left of a table at each epsilon, whether its ledger adds up, and what an attack on it proves."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.synthesize.private_audit import measured_epsilon
from benchmarks.tables import markdown, middle

EPSILONS = (0.3, 1.0, 3.0, 10.0)
SHOWN = {"shapes": 3, "pairs": 3, "marg3": 3, "auc_synthetic": 3, "c2st": 2, "nearest_share": 3, "fit_cpu": 1}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table of quality by epsilon, the ledger recounted, and what the attack measures; 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize private", description=__doc__)
    parser.add_argument("--table", default="adult")
    parser.add_argument("--epsilon", type=float, nargs="*", default=list(EPSILONS))
    parser.add_argument("--seed", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--runs", type=int, default=1_000, help="of the attack, per table")
    options = parser.parse_args(arguments)
    print(markdown(["epsilon, target", *SHOWN], _rows(options.table, options.epsilon, options.seed)), flush=True)
    misfit = recounted(options.table)
    apart = "not installed" if misfit is None else f"{misfit:.2g} apart in epsilon (1e-9 is allowed)"
    print(f"\nledger against dp-accounting: {apart}")
    whole, broken = (measured_epsilon(share=share, runs=options.runs) for share in (1.0, 0.1))
    print(f"attack, {options.runs} runs a side: proves epsilon {whole:.2f} of 1 claimed; with a tenth of the noise {broken:.2f}")
    return int(whole > 1 or broken <= 1 or (misfit or 0) > 1e-9)


def _rows(table: str, epsilons: Sequence[float], seeds: Sequence[int]) -> list[list[str]]:
    from benchmarks.synthesize.data import load
    from benchmarks.synthesize.run import one

    rows = []
    for epsilon in epsilons:
        for target in (None, load(table).target):
            given: Mapping[str, Any] = {"epsilon": epsilon, **({"target": target} if target else {})}
            found = [one(table, "dp_network", seed=seed, parameters=given) for seed in seeds]
            figures = [middle([each[name] for each in found], digits) for name, digits in SHOWN.items()]
            rows.append([f"{epsilon:g}, {'named' if target else 'not named'}", *figures])
    return rows


def recounted(table: str) -> float | None:
    """Return by how much google's accountant differs from the claim in epsilon, None where it is not installed."""
    try:
        import dp_accounting as dp
        from dp_accounting.rdp import RdpAccountant
    except ImportError:
        return None
    from benchmarks.synthesize.data import load
    from veil.synthesizers.dp_network import DpNetwork
    from veil.synthesizers.private.accounting import best_order

    bench = load(table)
    model = DpNetwork(target=bench.target, steps=1).fit(bench.train, bench.columns, seed=1, progress=lambda *_: None)
    claim = model.parameters
    accountant = RdpAccountant([best_order(claim["accounting"]["spent"], claim["epsilon"])])
    for query in claim["ledger"]:
        gaussian = query["mechanism"] == "discrete gaussian"
        event = dp.GaussianDpEvent(query["scale"] / query["sensitivity"]) if gaussian else dp.ZCDpEvent(query["rho"])
        accountant.compose(event)
    return abs(float(accountant.get_epsilon(claim["accounting"]["delta_conversion"])) - claim["epsilon"])
