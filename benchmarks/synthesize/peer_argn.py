"""A peer: TabularARGN of mostlyai-engine with its defaults, in an environment of its own (`peers-argn.txt`). Imports no Veil.

`python peer_argn.py FOLDER [--max-epochs N]` reads `train.csv` and `columns.json` there, writes `synthetic.csv` and `told.json`.
"""

from __future__ import annotations

import os

from peer_folder import PeerFolder

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")


def main() -> None:
    """Learn and sample; types as favorable as Veil's own: numbers are numbers, dates are dates, the rest categories."""
    peer = PeerFolder.open(max_epochs=100)
    os.environ["HF_HOME"] = str(peer.folder / "hub")
    import torch
    from mostlyai import engine

    torch.set_num_threads(peer.threads)
    engine.set_random_state(peer.seed)
    workspace = peer.folder / "workspace"
    with peer.laps("fit"):
        encodings = dict.fromkeys(peer.discrete, "TABULAR_CATEGORICAL")
        engine.split(tgt_data=peer.typed(), model_type="TABULAR", tgt_encoding_types=encodings, workspace_dir=workspace)
        engine.analyze(workspace_dir=workspace)
        engine.encode(workspace_dir=workspace)
        engine.train(max_epochs=peer.max_epochs, device="cpu", workspace_dir=workspace)
    with peer.laps("sample"):
        engine.generate(sample_size=peer.n_rows, device="cpu", workspace_dir=workspace, rare_category_replacement_method="SAMPLE")
    import pandas as pd

    parts = sorted((workspace / "SyntheticData").glob("part.*.parquet"))
    peer.write(pd.concat([pd.read_parquet(part) for part in parts], ignore_index=True))


if __name__ == "__main__":
    main()
