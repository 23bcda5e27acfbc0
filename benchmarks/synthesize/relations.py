"""`python -m benchmarks.synthesize.relations`: orphans, numbers of children and pairs across tables that `relational` keeps.

The parents are made by `circuit` from the training customers, as a run makes them, or taken as they are with `--parents held`,
which shows what the children alone lose.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.synthesize.orders import CUSTOMERS, ITEMS, ORDERS, Shop, shop
from benchmarks.synthesize.series import distance
from veil.columns import NUMERIC_TYPES, factorize, to_numbers
from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.relational import Relational

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]

N_TENTHS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each seed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize.relations", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000, help="to learn from; as many are held out")
    parser.add_argument("--parents", choices=("synthetic", "held"), default="synthetic")
    parser.add_argument("--seed", type=int, nargs="*", default=[1])
    options = parser.parse_args(arguments)
    for seed in options.seed:
        _one(options.customers, seed, synthetic=options.parents == "synthetic")
    return 0


def _one(n_customers: int, seed: int, *, synthetic: bool) -> None:
    rng = np.random.default_rng(seed)
    train, held = shop(n_customers, rng), shop(n_customers, rng)
    began = time.process_time()
    parents = held.customers
    if synthetic:
        parents = Circuit().fit(train.customers, CUSTOMERS, seed=seed, progress=_silent).sample(n_customers, seed=seed)
    orders_model = Relational().fit(
        train.customers, train.orders, train.customer_of_order, CUSTOMERS, ORDERS, seed=seed, progress=_silent
    )
    with_customers, columns = _joined(train.orders, train.customers, train.customer_of_order)
    items_model = Relational().fit(with_customers, train.items, train.order_of_item, columns, ITEMS, seed=seed, progress=_silent)
    fitted = time.process_time()
    owners, orders = orders_model.sample(parents, seed=seed)
    order_of_item, items = items_model.sample(_joined(orders, parents, owners)[0], seed=seed)
    made = Shop(parents, orders, items, owners, order_of_item)
    print(f"{n_customers} customers, {len(train.orders)} orders, {len(train.items)} items, seed {seed}; "
          f"fit {fitted - began:.1f} CPU s, sample {time.process_time() - fitted:.1f} CPU s; "
          f"synthetic {len(orders)} orders, {len(items)} items")  # fmt: skip
    print("  against the holdout: synthetic, then the training tables")
    for name, figure in _figures(train, held, made).items():
        print(f"  {name:52}", *(f"{value:8.4f}" for value in figure), flush=True)


def _figures(train: Shop, held: Shop, made: Shop) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for name, owners, parents in (("orders", "customer_of_order", "customers"), ("items", "order_of_item", "orders")):
        places, n_parents = getattr(made, owners), len(getattr(made, parents))
        found[f"orphans among {name}"] = (float(((places < 0) | (places >= n_parents)).sum()),)
        counts = [_counts(each, owners, parents) for each in (made, train, held)]
        found[f"{name} each, KS"] = tuple(distance(each, counts[2]) for each in counts[:2])
        found[f"{name} each, total variation"] = tuple(_variation(each, counts[2]) for each in counts[:2])
    for segment in sorted(held.customers["segment"].unique()):
        counts = [_counts(each, "customer_of_order", "customers")[each.customers["segment"].to_numpy() == segment]
                  for each in (made, train, held)]  # fmt: skip
        found[f"orders each, KS, segment {segment}"] = tuple(distance(each, counts[2]) for each in counts[:2])
    for name, tables in _pair_tables((made, train, held)).items():
        scores = [_pairs(each, tables[2][0], *tables[2][1:]) for each in (tables[0][0], tables[1][0])]
        found[f"pairs {name}, mean"] = tuple(float(np.mean(list(each.values()))) for each in scores)
        worst = min(scores[0], key=lambda pair: scores[0][pair])
        found[f"pairs {name}, worst ({worst[0]}, {worst[1]})"] = tuple(each[worst] for each in scores)
    late = [_share_before(each) for each in (made, train)]
    found["orders before the signup, or shipped before ordered"] = tuple(late)
    alike = {name: [_alike(each, name) for each in (made, train, held)] for name in ("amount", "channel")}
    for name, (own, trained, true) in alike.items():
        found[f"two orders of one customer alike in {name}, off by"] = (abs(own - true), abs(trained - true))
    return found


def _pair_tables(shops: tuple[Shop, ...]) -> dict[str, list[tuple[Any, tuple[Column, ...], tuple[Column, ...]]]]:
    """Return joined tables: of orders with their customers, of items with their orders, and of two orders of one customer."""
    orders = [(_joined(each.orders, each.customers, each.customer_of_order)[0], ORDERS, CUSTOMERS) for each in shops]
    items = [(_joined(each.items, each.orders, each.order_of_item)[0], ITEMS, ORDERS) for each in shops]
    grand = [
        (_joined(each.items, each.customers, each.customer_of_order[each.order_of_item])[0], ITEMS, CUSTOMERS) for each in shops
    ]
    return {"customer and order": orders, "order and item": items, "customer and item": grand}


def _joined(children: pd.DataFrame, parents: pd.DataFrame, owners: Codes) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    own = parents.iloc[owners].reset_index(drop=True)
    columns = {column.name: column for column in (*CUSTOMERS, *ORDERS, *ITEMS)}
    joined = children.reset_index(drop=True).join(own)
    return joined, tuple(columns[name] for name in joined)


def _pairs(table: Any, held: Any, child: Sequence[Column], parent: Sequence[Column]) -> dict[tuple[str, str], float]:
    """Return, per pair of a parent's and a child's column, one less the total variation of levels or tenths."""
    found = {}
    for own in child:
        for other in parent:
            codes = [_tenths(table[each.name], held[each.name], each) for each in (own, other)]
            sizes = [max(int(part.max()) for part in each) + 1 for each in codes]
            shares = [np.bincount(one * sizes[1] + two, minlength=sizes[0] * sizes[1]) / len(one)
                      for one, two in zip(*codes, strict=True)]  # fmt: skip
            found[(other.name, own.name)] = 1 - float(np.abs(shares[0] - shares[1]).sum() / 2)
    return found


def _tenths(cells: Any, held: Any, column: Column) -> tuple[Codes, Codes]:
    if column.type not in NUMERIC_TYPES:
        codes = np.asarray(factorize(np.concatenate([cells.to_numpy(dtype=object), held.to_numpy(dtype=object)]))[0] + 1)
        return codes[: len(cells)], codes[len(cells) :]
    true = to_numbers(held, column)
    edges = np.unique(np.quantile(true[np.isfinite(true)], np.linspace(0, 1, N_TENTHS + 1)[1:-1]))
    found = [
        np.where(np.isfinite(each), np.searchsorted(edges, each, side="right"), len(edges) + 1)
        for each in (to_numbers(cells, column), true)
    ]
    return found[0], found[1]


def _counts(tables: Shop, owners: str, parents: str) -> Any:
    return np.bincount(getattr(tables, owners), minlength=len(getattr(tables, parents))).astype(float)


def _variation(one: Any, other: Any) -> float:
    size = int(max(one.max(), other.max())) + 1
    shares = [np.bincount(each.astype(int), minlength=size) / len(each) for each in (one, other)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def _share_before(tables: Shop) -> float:
    signup, ordered, shipped = (
        to_numbers(cells, Column("", "date", "%Y-%m-%d"))
        for cells in (
            tables.customers["signup"].iloc[tables.customer_of_order],
            tables.orders["ordered"],
            tables.orders["shipped"],
        )
    )
    return float(((ordered < signup) | (shipped < ordered)).mean())


def _alike(tables: Shop, name: str) -> float:
    """Return how alike two orders of one customer are: the correlation of amounts, or the share of one channel."""
    order = np.argsort(tables.customer_of_order, kind="stable")
    owners = tables.customer_of_order[order]
    cells = tables.orders[name].iloc[order].reset_index(drop=True)
    pairs = np.flatnonzero(owners[1:] == owners[:-1])
    if name == "channel":
        return float((cells.to_numpy()[pairs] == cells.to_numpy()[pairs + 1]).mean())
    numbers = np.log(to_numbers(cells, Column("", "decimal", "0.00")))
    return float(np.corrcoef(numbers[pairs], numbers[pairs + 1])[0, 1])


def _silent(*_: Any) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
