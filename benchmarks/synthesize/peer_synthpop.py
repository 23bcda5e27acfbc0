"""A peer: the CART of synthpop-py with its defaults, in an environment of its own (`peers-synthpop.txt`). Imports no Veil.

`python peer_synthpop.py FOLDER` reads `train.csv` and `columns.json` there and writes `synthetic.csv` and `told.json`.
"""

from __future__ import annotations

from peer_folder import PeerFolder


def main() -> None:
    """Learn and sample. Dates are given as days, for it knows none."""
    peer = PeerFolder.open()
    import pandas as pd
    from synthpop import Synthesiser

    table = peer.typed()
    dates = [name for name in table if pd.api.types.is_datetime64_any_dtype(table[name])]
    for name in dates:
        table[name] = (table[name] - pd.Timestamp(0)) / pd.Timedelta(1, unit="s")
    with peer.laps("fit"):
        method = Synthesiser(random_seed=peer.seed)
        method.fit(table)
    with peer.laps("sample"):
        made = method.generate()
    for name in dates:
        made[name] = pd.to_datetime(pd.to_numeric(made[name]), unit="s")
    peer.write(made)


if __name__ == "__main__":
    main()
