from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.errors import StageFailed
from veil.model import Span
from veil.recognizers import Models, TextAnalyzer, find_models
from veil.recognizers.text.analyzer import resolved
from veil.recognizers.text.known import KnownValues, folded

DATA = Path(__file__).parents[2].parent / "shared" / "data"
HIDDEN_IN_TEXTS = ("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS")
PLAIN = TextAnalyzer(models=Models())
FULL = TextAnalyzer()


def told(analyzer: TextAnalyzer, text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.entity) for span in analyzer.spans([text])[0]]


@pytest.mark.parametrize(("text", "expected"), [
    ("mail jan.peeters@example.org today", [("jan.peeters@example.org", "EMAIL_ADDRESS")]),
    ("call +32 470 12 34 56 or (212) 736-5000", [("+32 470 12 34 56", "PHONE_NUMBER"), ("(212) 736-5000", "PHONE_NUMBER")]),
    ("IBAN DE89 3704 0044 0532 0130 00, thanks", [("DE89 3704 0044 0532 0130 00", "IBAN_CODE")]),
    ("card 4111-1111-1111-1111 was declined", [("4111-1111-1111-1111", "CREDIT_CARD")]),
    ("SSN 536-90-4399 on file", [("536-90-4399", "US_SSN")]),
    ("login from 192.168.1.10 failed", [("192.168.1.10", "IP_ADDRESS")]),
    ("see https://example.org/u/12 please", [("https://example.org/u/12", "URL")]),
    ("lives at 12 Elm Street now", [("12 Elm Street", "STREET_ADDRESS")]),
    ("wohnt Hauptstraße 5, 10115 Berlin", [
        ("Hauptstraße 5", "STREET_ADDRESS"), ("10115", "POSTCODE"), ("Berlin", "LOCATION"),
    ]),
    ("habite 12, rue de la Paix, 75002 Paris", [
        ("12, rue de la Paix", "STREET_ADDRESS"), ("75002", "POSTCODE"), ("Paris", "LOCATION"),
    ]),
    ("geboren am 12.03.1980 dort", [("12.03.1980", "BIRTH_DATE")]),
    ("delivered on 12/03/2021 again", [("12/03/2021", "DATE_TIME")]),
    ("she is 34 years old", [("34", "AGE")]),
    ("my zip code is 35350", [("35350", "POSTCODE")]),
    ("passport no. AB1234567 expired", [("AB1234567", "RECORD_ID")]),
    ("tell @jan_peeters about it", [("@jan_peeters", "USER_NAME")]),
    ("number 123456789012 there", [("123456789012", "RECORD_ID")]),
])
def test_patterns_in_texts(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(PLAIN, text) == expected


@pytest.mark.parametrize("text", [
    "", " ", "the meeting went well and will continue", "ordered 3 pieces of item 4711 for 20.50 each",
    "version 1.2.3 since 10:30",
    "see page 12, table 3", "a 20 % discount on 2 of 3",
])
def test_harmless_texts_have_no_spans(text: str) -> None:
    assert told(FULL, text) == []


def test_the_model_finds_names_that_no_column_holds() -> None:
    assert ("Barack Obama", "PERSON") in told(FULL, "The order was signed by Barack Obama in Chicago.")
    assert ("Chicago", "LOCATION") in told(FULL, "The order was signed by Barack Obama in Chicago.")


@pytest.mark.parametrize(("known", "text", "expected"), [
    ({"LAST_NAME": ["Zyxwer"]}, "spoke with ZYXWER again", [("ZYXWER", "LAST_NAME")]),
    ({"LAST_NAME": ["Müllerovka"]}, "frau mullerovka rief an", [("mullerovka", "LAST_NAME")]),
    ({"LAST_NAME": ["Zyxw"]}, "zyxwer is another word, so is azyxw", []),
    ({"FIRST_NAME": ["Zu"]}, "zu kurz", []),
    ({"FIRST_NAME": ["Will"]}, "he will pay", []),
    ({"FIRST_NAME": ["Will"]}, "says Will again", [("Will", "FIRST_NAME")]),
    ({"PERSON": ["Zyxa Qwertov"]}, "ask zyxa or Zyxa Qwertov", [("zyxa", "PERSON"), ("Zyxa Qwertov", "PERSON")]),
    ({"CUSTOMER_ID": ["K-10023"]}, "account of k-10023.", [("k-10023", "CUSTOMER_ID")]),
    ({"CUSTOMER_ID": ["123"]}, "paid 123 euro", []),
    ({"GENDER": ["female"], "SALARY": ["54321"]}, "female, earns 54321", []),
    ({"FIRST_NAME": ["Zyx"], "PERSON": ["Zyx Qwe"]}, "so Zyx Qwe left", [("Zyx Qwe", "PERSON")]),
])
def test_known_values_are_found_in_texts(known: dict[str, list[str]], text: str, expected: list[tuple[str, str]]) -> None:
    assert told(TextAnalyzer(known=known, models=Models()), text) == expected


def test_the_shorter_known_value_is_found_where_the_longer_one_ends_inside_a_word() -> None:
    analyzer = TextAnalyzer(known={"FIRST_NAME": ["zyxa"], "PERSON": ["zyxa bro"]}, models=Models())
    assert told(analyzer, "zyxa brown") == [("zyxa", "FIRST_NAME")]


def test_nothing_to_search_for_is_no_search() -> None:
    assert KnownValues.of({}) is None
    assert KnownValues.of({"FIRST_NAME": ["", "?", "J"], "FREE_TEXT": ["a whole note"]}) is None


def test_no_known_value_is_shown() -> None:
    known = KnownValues.of({"LAST_NAME": ["Zyxwer"]})
    assert "zyxwer" not in repr(known).lower()
    assert "zyxwer" not in repr(TextAnalyzer(known={"LAST_NAME": ["Zyxwer"]}, models=Models())).lower()


@given(st.text(max_size=60))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)


@pytest.mark.parametrize("text", [
    "a." * 100_000 + "1", "A-" * 100_000 + " 1", "1 " * 50_000, "12, rue " * 20_000, "@" * 50_000, "x@" * 50_000, "1-" * 50_000,
    "www." * 30_000, "::" * 50_000, "Jan " * 30_000 + "1", "customer " * 20_000 + "1", "AA11" * 30_000, "1.1" * 30_000,
    "(1" * 50_000, "Apt 1, " * 20_000,
])
def test_hostile_texts_take_no_more_time_than_their_length(text: str) -> None:
    started = time.process_time()
    PLAIN.spans([text])
    assert time.process_time() - started < 10


SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 12), st.sampled_from(["PERSON", "LOCATION"]), st.integers(0, 3)).map(
        lambda drawn: (Span(drawn[0], min(24, drawn[0] + drawn[1]), drawn[2], 0.5), drawn[3])
    ),
    max_size=8,
)


@given(SPANS)
def test_resolved_spans_cover_the_same_and_do_not_overlap(spans: list[tuple[Span, int]]) -> None:
    text = "abcdefghijklmnopqrstuvwx"
    kept = resolved(spans, text)
    covered = [place for span in kept for place in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert set(covered) == {place for span, _ in spans for place in range(span.start, span.end)}
    assert list(kept) == sorted(kept)


@pytest.mark.parametrize(("spans", "kept"), [
    ([(Span(0, 4, "PERSON", 0.7), 2), (Span(0, 9, "STREET_ADDRESS", 0.8), 0)], [Span(0, 9, "STREET_ADDRESS", 0.8)]),
    ([(Span(0, 4, "PERSON", 0.7), 2), (Span(0, 4, "LAST_NAME", 0.9), 1)], [Span(0, 4, "LAST_NAME", 0.9)]),
    ([(Span(0, 4, "LAST_NAME", 0.9), 1), (Span(0, 4, "EMAIL_ADDRESS", 0.9), 0)], [Span(0, 4, "EMAIL_ADDRESS", 0.9)]),
    ([(Span(0, 6, "PERSON", 0.7), 2),
    (Span(4, 9, "LOCATION", 0.7), 2)], [Span(0, 6, "PERSON", 0.7), Span(6, 9, "LOCATION", 0.7)]),
])
def test_longest_wins_then_patterns_then_known_then_the_model(spans: list[tuple[Span, int]], kept: list[Span]) -> None:
    assert resolved(spans, "abcdefghijkl") == tuple(kept)


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in PLAIN.spans([text])[0])


def test_texts_keep_their_order_and_a_long_one_is_cut() -> None:
    long = "nothing here. " * 1_000 + "mail jan@example.org about Barack Obama"
    found = FULL.spans(["", long, "mail jan@example.org"])
    assert (len(found), found[0], len(found[2])) == (3, (), 1)
    assert {"EMAIL_ADDRESS", "PERSON"} <= {span.entity for span in found[1]}


def test_the_same_texts_in_other_batches_give_the_same_spans() -> None:
    texts = ["Call Anna García in Madrid", "Sent by Peter Smith", "nothing", "Paid to Maria Rossi, Roma"] * 3
    assert FULL.spans(texts) == [FULL.spans([text])[0] for text in texts]


def test_an_error_inside_the_model_tells_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(text: str) -> None:
        raise ValueError(text)

    monkeypatch.setattr("veil.recognizers.text.places.find", breaks)
    with pytest.raises(StageFailed, match="ValueError") as caught:
        PLAIN.spans(["secret text"])
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_labelled_sentences_are_found() -> None:
    path = DATA / "pii_sentences_dev.json"
    if not path.exists():
        pytest.skip("pii_sentences_dev.json is not in shared/data")
    labelled = json.loads(path.read_text(encoding="utf-8"))[:600]
    texts = [entry["full_text"] for entry in labelled]
    found = TextAnalyzer(models=find_models()).spans(texts)
    hidden, total = 0, 0
    for entry, spans in zip(labelled, found, strict=True):
        covered = {place for span in spans for place in range(span.start, span.end)}
        for gold in entry["spans"]:
            if gold["entity_type"] in HIDDEN_IN_TEXTS:
                places = set(range(gold["start_position"], gold["end_position"]))
                hidden, total = hidden + len(places & covered), total + len(places)
    assert hidden / total >= 0.8
