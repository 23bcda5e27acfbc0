"""Which texts the slow models need not read."""

from __future__ import annotations

import pytest

from benchmarks.classify.text_sets import docstrings
from veil.recognizers import TextAnalyzer, find_models
from veil.recognizers.text.skipped import needs_no_model


@pytest.mark.parametrize("text", [
    "The parcel was late again.", "Then I called. Nobody answered on Monday", "Nothing to report", "It was late; nothing came.",
])
def test_common_words_alone_need_no_model(text: str) -> None:
    assert needs_no_model(text)


@pytest.mark.parametrize("text", [
    "", "the parcel was late", "The parcel of Zyxwer was late.", "Zyxwer was late", "The parcel was late, said nina", "Call 12",
    "Write to a@b", "The parcel was LATE", "The USB stick", "See www.example.org", "The McDonald order", "Der Brief an Anna",
])
def test_what_may_hold_a_name_or_a_number_is_read(text: str) -> None:
    assert not needs_no_model(text)


@pytest.mark.skipif(bool(find_models().missing), reason="a required model is not installed")
def test_the_models_say_nothing_that_is_believed_of_skipped_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text in docstrings(0)[:200] if needs_no_model(text)]
    skipping = TextAnalyzer().spans(texts)
    monkeypatch.setattr("veil.recognizers.text.analyzer.needs_no_model", lambda text: False)
    assert texts
    assert TextAnalyzer().spans(texts) == skipping
