"""What runs in a process of its own and alone imports mostlyai-engine. A script: it must not import Veil.

It reads one job, `job.json`, in the folder that it is given; tells of itself in lines of JSON on what was its standard output;
and hears `go` or `stop` after every epoch. Whatever else the engine prints or logs goes nowhere, for it can hold a cell.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

REFUSED_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo", "socket.sendto"})


def main(folder: Path) -> None:
    """Do the job that lies in a folder."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    logging.disable(logging.CRITICAL)
    sys.addaudithook(_refuse_network)

    def tell(**message: Any) -> None:
        told.write(json.dumps(message) + "\n")
        told.flush()

    try:
        job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        JOBS[job["do"]](folder, job, tell)
    except ModuleNotFoundError as error:
        tell(missing=error.name or "")
    except Exception as error:  # noqa: BLE001 told by its type only: its text can hold a cell
        tell(failed=type(error).__name__)
    else:
        tell(done=True)


def _refuse_network(event: str, _: object) -> None:
    if event in REFUSED_EVENTS:
        raise PermissionError("no network")


def _started(job: dict[str, Any]) -> Any:
    """Import the engine and seed it."""
    from mostlyai import engine  # type: ignore[import-not-found]  # isort: skip
    import torch

    torch.set_num_threads(int(job["threads"]))
    engine.set_random_state(int(job["seed"]))
    return engine


def _fit(folder: Path, job: dict[str, Any], tell: Callable[..., None]) -> None:
    engine = _started(job)
    import pandas as pd
    import torch
    from joblib import parallel_config  # type: ignore[import-untyped]
    from safetensors.torch import save_file

    workspace = folder / "workspace"

    def heard(message: dict[str, Any] | None = None, **_: Any) -> dict[str, Any] | None:
        if not message or message.get("val_loss") is None:
            return None
        tell(epoch=message["epoch"], train=message["trn_loss"], validation=message["val_loss"])
        return {"stopExecution": sys.stdin.readline().strip() != "go"}

    table = pd.read_parquet(folder / "table.parquet")
    with parallel_config(backend="sequential"):
        engine.split(tgt_data=table, model_type="TABULAR", tgt_encoding_types=job["encodings"], workspace_dir=workspace,
                     trn_val_split=0.9)  # fmt: skip
        engine.analyze(workspace_dir=workspace)
        engine.encode(workspace_dir=workspace)
        engine.train(workspace_dir=workspace, update_progress=heard, **job["training"])
    weights = torch.load(_weights(workspace), map_location="cpu", weights_only=True)
    save_file({name: tensor.contiguous().clone() for name, tensor in weights.items()}, folder / "weights.safetensors")
    files = {name: (workspace / name).read_text(encoding="utf-8") for name in job["files"]}
    (folder / "files.json").write_text(json.dumps(files), encoding="utf-8")


def _sample(folder: Path, job: dict[str, Any], _: Callable[..., None]) -> None:
    engine = _started(job)
    import pandas as pd
    import torch
    from joblib import parallel_config
    from safetensors.torch import load_file

    workspace = folder / "workspace"
    for name, text in json.loads((folder / "files.json").read_text(encoding="utf-8")).items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_text(text, encoding="utf-8")
    torch.save(load_file(folder / "weights.safetensors"), _weights(workspace))
    with parallel_config(backend="sequential"):
        engine.generate(sample_size=job["n_rows"], batch_size=job["batch_size"], device=job["device"], workspace_dir=workspace,
                        rare_category_replacement_method="SAMPLE")  # fmt: skip
    parts = sorted((workspace / "SyntheticData").glob("part.*.parquet"))
    pd.concat([pd.read_parquet(part) for part in parts], ignore_index=True).to_parquet(folder / "made.parquet")


def _weights(workspace: Path) -> Path:
    return workspace / "ModelStore" / "model-data" / "model-weights.pt"


JOBS: dict[str, Callable[[Path, dict[str, Any], Callable[..., None]], None]] = {"fit": _fit, "sample": _sample}

if __name__ == "__main__":
    main(Path(sys.argv[1]))
