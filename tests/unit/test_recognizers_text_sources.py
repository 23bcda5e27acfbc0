"""The parts that read texts: titles, organizations, occupations, peoples, languages, JSON leaves, and what is believed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.model import Span
from veil.recognizers import Models, TextAnalyzer, find_models
from veil.recognizers.text import json_leaves, nationalities, occupations, organizations, titles
from veil.recognizers.text.believed import believed
from veil.recognizers.text.language import language_of
from veil.recognizers.text.merging import CLASSIFIER, HINTED, KNOWN, LISTED, NER, PATTERN
from veil.recognizers.values import phones

INSTALLED = find_models()
REQUIRED = INSTALLED.required_only
needs_models = pytest.mark.skipif(bool(INSTALLED.missing), reason="a required model is not installed")


def cut(finder: object, text: str) -> list[str]:
    return sorted({text[span.start : span.end] for span in finder.find(text)})  # type: ignore[attr-defined]


@pytest.mark.parametrize(("text", "expected"), [
    ("ask Dr. Miller", ["Dr."]), ("Frau Schmidt rief an", ["Frau"]), ("la señora García", ["señora"]), ("ms. marcela", ["ms."]),
    ("the doctor came", []), ("Srta", []),
])
def test_titles_stand_before_a_name(text: str, expected: list[str]) -> None:
    assert cut(titles, text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("paid by Weber Logistik GmbH today", "Weber Logistik GmbH"), ("Miller and Sons sent it", "Miller and Sons"),
    ("she works at Blue Harbor now", "Blue Harbor"), ("treated at Mercy Hospital", "Mercy Hospital"),
    ("a degree from University of Leeds", "University of Leeds"), ("the CEO of Initech said", "Initech"),
    ("Initech is a Dutch software company.", "Initech"), ("Employer: Acme Tools", "Acme Tools"),
    ("er arbeitet bei Nordlicht", "Nordlicht"),
])
def test_organizations_are_found_by_the_words_around(text: str, expected: str) -> None:
    assert expected in cut(organizations, text)


@pytest.mark.parametrize("text", [
    "My website is down.", "the office is closed", "During 2008, nothing was sold", "it works at night",
])
def test_no_organization_where_none_is_named(text: str) -> None:
    assert cut(organizations, text) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("hired as a payroll clerk, then left", ["payroll clerk"]),
    ("Janka\n\nBus driver\n\nPhone", ["Bus driver"]), ("drive the bus", []),
])
def test_occupations_stand_where_trades_stand(text: str, expected: list[str]) -> None:
    assert cut(occupations, text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("a Dutch bank", ["Dutch"]), ("we are proud ecuadorians", ["ecuadorians"]), ("polish the shoes", []), ("Czech Republic", []),
])
def test_peoples(text: str, expected: list[str]) -> None:
    assert cut(nationalities, text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Bitte rufen Sie Frau Schmidt morgen früh im Büro an", "de"), ("Veuillez adresser la facture à notre bureau", "fr"),
    ("Please call the office tomorrow morning", "en"), ("Stuur het pakket alstublieft naar het nieuwe adres", "nl"),
    ("", "en"), ("Anna", "en"), ("\ud800", "en"),
])
def test_language_of_a_text(text: str, expected: str) -> None:
    assert language_of(text) == expected


def test_a_text_is_in_one_of_the_languages_given_and_a_short_one_in_the_first() -> None:
    assert language_of("Bitte rufen Sie Frau Schmidt morgen an", ("fr",)) == "fr"
    assert language_of("Anna", ("nl", "en")) == "nl"


@pytest.mark.parametrize(("text", "span", "source", "is_believed"), [
    ("My IBAN is lost", Span(3, 7, "PERSON", 0.7), NER, False),
    ("a KeyError is raised", Span(2, 10, "PERSON", 0.9), CLASSIFIER, False),
    ("calls lineno() first", Span(6, 12, "PERSON", 0.9), CLASSIFIER, False),
    ("Zoolander is a film", Span(0, 9, "PERSON", 0.7), NER, False),
    ("signed by Barack Obama there", Span(10, 22, "PERSON", 0.7), NER, True),
    ("Dear Xyzzyka, hello", Span(5, 12, "PERSON", 0.5), CLASSIFIER, True),
    ("then Anna left", Span(5, 9, "PERSON", 0.9), CLASSIFIER, True),
    ("Return a suffix of", Span(9, 15, "LOCATION", 0.7), CLASSIFIER, False),
    ("My IBAN is lost", Span(3, 7, "PERSON", 0.7), KNOWN, True),
    ("My IBAN is lost", Span(3, 7, "IBAN_CODE", 0.7), PATTERN, True),
])
def test_which_names_are_believed(text: str, span: Span, source: int, is_believed: bool) -> None:
    assert bool(believed([(span, source)], text)) is is_believed


def test_a_list_alone_is_not_enough_for_a_single_name() -> None:
    assert believed([(Span(5, 11, "PERSON", 0.5), LISTED)], "then Xyzzyk left") == []


@pytest.mark.parametrize(("text", "expected"), [
    ('{"mail": "jan@example.org", "n": 3}', ["jan@example.org"]),
    ('["call +32 470 12 34 56"]', ["+32 470 12 34 56"]),
    ('{"jan@example.org": 1}', []),
    ('{"broken: "jan@example.org"', ["jan@example.org"]),
])
def test_spans_of_json_stay_in_its_leaves(text: str, expected: list[str]) -> None:
    spans = TextAnalyzer(models=Models()).spans([text])[0]
    assert [text[span.start : span.end] for span in spans] == expected


@given(st.text(max_size=40), st.integers(0, 6), st.integers(1, 3))
def test_leaves_never_grow_a_span(text: str, start: int, length: int) -> None:
    cell = '{"a": "' + text.replace("\\", "").replace('"', "") + '"}'
    for span in json_leaves.inside([Span(start, min(len(cell), start + length), "PERSON", 0.5)], cell):
        assert start <= span.start < span.end <= start + length


@pytest.mark.parametrize("text", ["at 17031 2202 Rissik St", "66029 138 Consul Place"])
def test_a_house_number_starts_no_telephone_number(text: str) -> None:
    assert list(phones.find(text)) == []


class _Badge:
    def find(self, text: str) -> Iterator[Span]:
        if "badge" in text:
            yield Span(text.index("badge"), text.index("badge") + 5, "EMPLOYEE_ID", 0.95)


def test_the_recognizers_of_a_policy_are_asked() -> None:
    found = TextAnalyzer(models=Models(), custom=(_Badge(),)).spans(["his badge", "none"])
    assert found == [(Span(4, 9, "EMPLOYEE_ID", 0.95),), ()]


@needs_models
@pytest.mark.parametrize("models", [INSTALLED, REQUIRED], ids=["installed", "required"])
def test_people_are_found_with_and_without_the_optional_models(models: Models) -> None:
    analyzer = TextAnalyzer(models=models)
    texts = ["I spoke with Peter Smith in Chicago.", "Ich habe gestern mit Anna Schmidt über die kaputte Maschine gesprochen."]
    people = [[text[span.start : span.end] for span in spans if span.entity == "PERSON"]
              for text, spans in zip(texts, analyzer.spans(texts), strict=True)]
    assert people == [["Peter Smith"], ["Anna Schmidt"]]


@needs_models
@pytest.mark.parametrize("text", [
    "word " * 40_000, "\ud800 Anna \udfff", "@" * 10_000, "1" * 100_000, '{"a": "' + "x " * 20_000 + '"}',
])
def test_hostile_texts_take_bounded_time_with_models(text: str) -> None:
    analyzer = TextAnalyzer(models=REQUIRED)
    analyzer.spans(["My name is Anna."])
    started = time.process_time()
    assert all(span.end <= len(text) for span in analyzer.spans([text])[0])
    assert time.process_time() - started < 60


@needs_models
def test_the_classifier_labels_names_and_keeps_the_order_of_texts() -> None:
    classifier = REQUIRED.classifier()
    assert classifier is not None
    found = classifier.find(["", "My name is Anna Schmidt.", "nothing"])
    assert [bool(labelled) for labelled in found] == [False, True, False]
    assert {part.label for part in found[1]} <= {"GIVEN_NAME", "SURNAME"}


NUMBERS = [
    ("codice fiscale RSSMRA85T10A562S del paziente", "TAX_ID"),
    ("Her PESEL is 44051401359, please check.", "NATIONAL_ID"),
    ("DNI 12345678Z de la clienta", "NATIONAL_ID"),
    ("card 4111 1111 1111 1111 was charged", "CREDIT_CARD"),
]


@pytest.mark.parametrize(("text", "entity"), NUMBERS, ids=[entity + text[:6] for text, entity in NUMBERS])
def test_a_number_of_a_person_is_named_in_a_text(text, entity):
    (spans,) = TextAnalyzer(models=Models()).spans([text])
    assert entity in {span.entity for span in spans}


@pytest.mark.parametrize(("text", "expected"), [
    ("a flight with Zyxwer Airways today", "Zyxwer Airways"), ("bei den Zyxwer Stadtwerke", "Zyxwer Stadtwerke"),
    ("During 1971, Zyxwer invested heavily", "Zyxwer"), ("Zyxwer is the brainchild of two friends", "Zyxwer"),
    ("it was in her Zyxwer resignation letter", "Zyxwer"), ("my Zyxwer account is blocked", "Zyxwer"),
])
def test_organizations_by_kind_and_by_what_is_theirs(text: str, expected: str) -> None:
    assert expected in cut(organizations, text)


@pytest.mark.parametrize("text", ["Just posted a photo", "Their Bank was shut", "Nobody opened the door"])
def test_a_word_that_starts_a_sentence_is_no_organization(text: str) -> None:
    assert cut(organizations, text) == []


@pytest.mark.parametrize(("text", "said", "language", "expected"), [
    ("gezien: Amira en Jill", [("Jill", "PERSON", CLASSIFIER), ("Jill", "PERSON", NER)], "nl",
     [("Jill", "PERSON"), ("Jill", "PERSON")]),
    ("elle est en Zyxie", [("Zyxie", "PERSON", CLASSIFIER), ("Zyxie", "PERSON", NER)], "fr",
     [("Zyxie", "LOCATION"), ("Zyxie", "LOCATION")]),
    ("a contract with Zyxtel", [("Zyxtel", "PERSON", CLASSIFIER), ("Zyxtel", "ORGANIZATION", HINTED)], "en",
     [("Zyxtel", "ORGANIZATION")]),
    ("a contract with Anna", [("Anna", "PERSON", CLASSIFIER), ("Anna", "PERSON", NER), ("Anna", "ORGANIZATION", HINTED)], "en",
     [("Anna", "PERSON"), ("Anna", "PERSON"), ("Anna", "ORGANIZATION")]),
    ("Vrbka songwriter Anna Zyx", [("Vrbka songwriter Anna Zyx", "PERSON", CLASSIFIER), ("Vrbka", "PERSON", NER)], "en",
     [("Vrbka", "PERSON"), ("Anna Zyx", "PERSON"), ("Vrbka", "PERSON")]),
    ("met Anna van der Zyx", [("Anna van der Zyx", "PERSON", CLASSIFIER)], "en", [("Anna van der Zyx", "PERSON")]),
])  # fmt: skip
def test_the_language_and_the_words_around_decide_what_a_name_is(
    text: str, said: list[tuple[str, str, int]], language: str, expected: list[tuple[str, str]]
) -> None:
    ranked = [(Span(text.index(value), text.index(value) + len(value), entity, 0.9), source) for value, entity, source in said]
    assert [(text[span.start : span.end], span.entity) for span, _ in believed(ranked, text, language)] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("a band (1973) from", ["1973"]), ("from 1990 to 1995 in", ["1990", "1995"]), ("during the 1980s", ["1980s"]),
    ("a 2016 film", ["2016"]), ("Zyx, 1998.", ["1998"]), ("line 1998 is free", []), ("it cost 2000 euros", []),
])
def test_years_by_what_stands_around_them(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in TextAnalyzer(models=Models()).spans([text])[0]] == expected


def test_without_names_only_patterns_are_found() -> None:
    text = "Dr. Anna Smith of Berlin, born in Berlin, mailed anna@example.org from 12 Main Street, please."
    told = [(text[span.start : span.end], span.entity) for span in TextAnalyzer(models=Models(), names=False).spans([text])[0]]
    assert told == [("Dr.", "TITLE"), ("anna@example.org", "EMAIL_ADDRESS"), ("12 Main Street", "STREET_ADDRESS")]
