"""What the words before an unknown word say it is."""

from __future__ import annotations

import time

import pytest

from veil.recognizers.text import hints
from veil.recognizers.text.language import LANGUAGES


def told(text: str, language: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.entity) for span in hints.find(text, language)]


@pytest.mark.parametrize(("language", "text", "expected"), [
    ("en", "asked Mr Zyxwer about it", ("Zyxwer", "PERSON")),
    ("nl", "Mevrouw van der Zyx belde", ("van der Zyx", "PERSON")),
    ("fr", "c'est Madame Zyxelle Qwert qui", ("Zyxelle Qwert", "PERSON")),
    ("en", "Contact: Zyxa Qwertov, 9 to 5", ("Zyxa Qwertov", "PERSON")),
    ("en", "a Zyxa G Qwertov concert", ("Zyxa G Qwertov", "PERSON")),
    ("en", "she lives in Zyxburg now", ("Zyxburg", "LOCATION")),
    ("en", "our home city Zyxburg", ("Zyxburg", "LOCATION")),
    ("de", "er wohnt jetzt in Zyxburg", ("Zyxburg", "LOCATION")),
    ("fr", "elle vit toujours à Zyxville", ("Zyxville", "LOCATION")),
    ("es", "nació en Zyxilla", ("Zyxilla", "LOCATION")),
    ("it", "si è trasferita da Zyxello a casa", ("Zyxello", "LOCATION")),
    ("nl", "woont nog steeds in Zyxdam", ("Zyxdam", "LOCATION")),
    ("en", "ended the contract with Zyxtel", ("Zyxtel", "ORGANIZATION")),
    ("de", "ist bei der Firma Zyxtel", ("Zyxtel", "ORGANIZATION")),
    ("fr", "son contrat avec Zyxtel", ("Zyxtel", "ORGANIZATION")),
    ("es", "trabaja ahora en Zyxtel", ("Zyxtel", "ORGANIZATION")),
    ("it", "lavora presso Zyxtel", ("Zyxtel", "ORGANIZATION")),
    ("nl", "haar contract met Zyxtel", ("Zyxtel", "ORGANIZATION")),
])
def test_the_words_before_tell_what_an_unknown_name_is(language: str, text: str, expected: tuple[str, str]) -> None:
    assert expected in told(text, language)


@pytest.mark.parametrize(("language", "text"), [
    ("en", "born in May"), ("en", "moved to Friday"), ("en", "returned from The"), ("en", "lives in peace"),
    ("en", "a contract with Which"), ("pl", "lives in Zyxburg"), ("en", "located in Zyx.path"),
    ("en", "Contact: Zyxa"), ("en", "Plan B Testing"),
])
def test_common_words_months_and_code_are_no_names(language: str, text: str) -> None:
    assert told(text, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["in Zyx " * 20_000, "Mr " * 30_000, "Mr Zyx van " * 10_000, "A" * 90_000, "deal with " * 9_000])
def test_hostile_texts_take_no_more_time_than_their_length(language: str, text: str) -> None:
    started = time.process_time()
    list(hints.find(text, language))
    assert time.process_time() - started < 5
