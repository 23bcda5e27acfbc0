"""Peers of SDV in an environment of its own (`peers-sdv.txt`): GaussianCopula with its defaults. Imports no Veil.

`python peer_sdv.py FOLDER` reads `train.csv` and `columns.json` there and writes `synthetic.csv` and `told.json`.
"""

from __future__ import annotations

from peer_folder import PeerFolder


def main() -> None:
    """Learn and sample."""
    peer = PeerFolder.open()
    import numpy as np
    import torch
    from sdv.metadata import Metadata
    from sdv.single_table import GaussianCopulaSynthesizer

    torch.set_num_threads(peer.threads)
    np.random.seed(peer.seed)
    table, discrete = peer.typed(), set(peer.discrete)
    metadata = Metadata()
    metadata.add_table("table")
    for each in peer.columns:
        name = str(each["name"])
        if name not in discrete and each["type"] in ("date", "datetime"):
            metadata.add_column(table_name="table", column_name=name, sdtype="datetime")
        else:
            metadata.add_column(table_name="table", column_name=name, sdtype="categorical" if name in discrete else "numerical")
    with peer.laps("fit"):
        method = GaussianCopulaSynthesizer(metadata)
        method.fit({"table": table})  # 2.0 takes a dictionary of tables, and returns one
    with peer.laps("sample"):
        made = method.sample(num_rows=len(table))
    peer.write(made["table"])


if __name__ == "__main__":
    main()
