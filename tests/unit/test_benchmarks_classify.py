"""The labelled tables, the scores and the command of `python -m benchmarks.classify columns`."""

from __future__ import annotations

import importlib
import json
import random
from pathlib import Path

import pytest

from benchmarks.classify import __main__ as command
from benchmarks.classify import columns
from benchmarks.classify.column_peers import READ_AS, entity_of, peer_lines
from benchmarks.classify.column_report import error_lines, summary_lines
from benchmarks.classify.column_run import Judged, Run, run_veil
from benchmarks.classify.column_score import FAMILIES, Detection, Ratio, score
from benchmarks.classify.column_tables import BadTables, read_tables, write_tables
from benchmarks.classify.environment import ENVIRONMENTS
from benchmarks.classify.reliability import reliability_svg
from benchmarks.classify.tables import HALVES, build, read_specs
from benchmarks.classify.tables.build import _person
from benchmarks.classify.tables.checks import iban_check, luhn, mod_11_10, verhoeff
from benchmarks.classify.tables.model import LabelledTable
from benchmarks.classify.tables.national import NATIONAL_IDS
from benchmarks.classify.tables.patterns import filled
from benchmarks.classify.tables.specs import _column
from benchmarks.classify.tables.words import SPLIT_KEYS, words
from veil.recognizers.entities import ENTITIES

STDNUM = {
    "steuer_id": "de.idnr", "nir": "fr.nir", "dni": "es.dni", "nie": "es.nie", "codice_fiscale": "it.codicefiscale",
    "bsn": "nl.bsn",
    "rijksregister": "be.nn", "pesel": "pl.pesel", "nip": "pl.nip", "nif": "pt.nif", "personnummer": "se.personnummer",
    "cpr": "dk.cpr", "hetu": "fi.hetu", "rodne_cislo": "cz.rc", "cnp": "ro.cnp", "amka": "gr.amka", "afm": "gr.vat",
    "tckn": "tr.tckimlik", "fodselsnummer": "no.fodselsnummer", "ahv": "ch.ssn", "svnr": "at.vnr", "pps": "ie.pps",
    "nhs": "gb.nhs",
    "sin": "ca.sin", "aadhaar": "in_.aadhaar", "oib": "hr.oib", "egn": "bg.egn", "isikukood": "ee.ik", "cpf": "br.cpf",
    "tfn": "au.tfn", "vat_de": "de.vat", "vat_it": "it.iva", "vat_fr": "fr.tva", "vat_be": "be.vat", "ssn": "us.ssn",
    "pan": "in_.pan",
}


@pytest.fixture(scope="module")
def halves() -> dict[str, tuple[LabelledTable, ...]]:
    return {half: build(half) for half in HALVES}


def judged(truth: object, found: str | None, confidence: float = 0.95, language: str = "en") -> Judged:
    return Judged("t", language, "c", truth, found, confidence, "why")  # type: ignore[arg-type]


def test_tables_are_as_many_and_as_mixed_as_promised(halves: dict[str, tuple[LabelledTable, ...]]) -> None:
    every = [table for tables in halves.values() for table in tables]
    assert len(every) >= 64
    assert min(len(tables) for tables in halves.values()) >= 32
    assert len({table.language for table in every}) >= 12
    assert len({table.domain for table in every}) >= 12
    assert len({table.name for table in every}) == len(every)


def test_every_truth_is_an_entity_of_veil(halves: dict[str, tuple[LabelledTable, ...]]) -> None:
    accepted = {
        entity for tables in halves.values() for table in tables for truth in table.truth.values()
        if truth is not None and not isinstance(truth, str) for entity in truth if entity is not None
    }
    assert accepted <= set(ENTITIES)


def test_a_fair_share_of_columns_is_harmless(halves: dict[str, tuple[LabelledTable, ...]]) -> None:
    for tables in halves.values():
        truths = [truth for table in tables for truth in table.truth.values()]
        assert sum(truth is None for truth in truths) >= 0.28 * len(truths)


def test_tables_have_even_columns_and_some_rows(halves: dict[str, tuple[LabelledTable, ...]]) -> None:
    for tables in halves.values():
        for table in tables:
            assert len({len(cells) for cells in table.cells.values()}) == 1
            assert 60 <= len(next(iter(table.cells.values()))) <= 400
            assert 6 <= len(table.cells) <= 25
            assert list(table.cells) == list(table.truth)


def test_the_same_seed_gives_the_same_cells_and_another_seed_others() -> None:
    first, again, other = build("dev", seed=1), build("dev", seed=1), build("dev", seed=2)
    assert [table.cells for table in first] == [table.cells for table in again]
    assert [table.cells for table in first] != [table.cells for table in other]


def test_the_fresh_half_is_as_large_and_as_mixed_as_promised(halves: dict[str, tuple[LabelledTable, ...]]) -> None:
    fresh = halves["fresh"]
    truths = [truth for table in fresh for truth in table.truth.values()]
    assert len(fresh) >= 34
    assert len(truths) >= 280
    assert sum(truth is None for truth in truths) >= 100
    assert len({table.language for table in fresh}) >= 14
    assert len({table.domain for table in fresh}) >= 10


def test_halves_share_no_table_and_no_name_lists() -> None:
    names = [spec.name for half in HALVES for spec in read_specs(half)]
    assert len(set(names)) == len(names)
    for locale in ("de", "fr", "en", "pl"):
        one, two = words(locale, "dev"), words(locale, "held-out")
        for key in SPLIT_KEYS:
            assert not set(one[key]) & set(two[key]), (locale, key)


@pytest.mark.parametrize("half", HALVES)
def test_no_brace_or_mark_of_a_description_is_left_in_a_cell(half: str, halves: dict[str, tuple[LabelledTable, ...]]) -> None:
    for table in halves[half]:
        for column, cells in table.cells.items():
            assert not any("{" in cell or "}" in cell for cell in cells if cell), (table.name, column)


@pytest.mark.parametrize("kind", sorted(STDNUM))
def test_national_numbers_are_valid_for_stdnum(kind: str) -> None:
    module = importlib.import_module(f"stdnum.{STDNUM[kind]}")
    rng = random.Random(5)
    people = [_person(words("de", "dev"), rng) for _ in range(40)]
    assert all(module.is_valid(NATIONAL_IDS[kind](rng, person)) for person in people)


@pytest.mark.parametrize(("maker", "body", "check"), [
    (luhn, "7992739871", "3"), (luhn, "453201511283036", "6"), (mod_11_10, "136695976"[:8], "6"), (verhoeff, "236", "3"),
])
def test_check_digits_are_those_of_published_examples(maker: object, body: str, check: str) -> None:
    assert maker(body) == check  # type: ignore[operator]


def test_iban_check_is_that_of_the_standard_example() -> None:
    assert iban_check("GB", "WEST12345698765432") == "82"
    assert iban_check("DE", "370400440532013000") == "89"


def test_patterns_fill_marks_and_nested_options() -> None:
    rng = random.Random(1)
    assert filled("AB-{x|x}", rng) == "AB-x"
    assert filled("^#@~%&*", rng).isascii()
    assert {filled("{a{b|c}|d}", rng) for _ in range(60)} == {"ab", "ac", "d"}
    with pytest.raises(ValueError, match="brace"):
        filled("{open", rng)


@pytest.mark.parametrize(("line", "truth"), [
    ("a | - | integer 1 2", None), ("a | ? | integer 1 2", "ignore"), ("a | AGE/ignore | age", "ignore"),
    ("a | AGE | age", ("AGE",)), ("a | -/AGE | age | null=5", (None, "AGE")),
])
def test_descriptions_say_what_is_true(line: str, truth: object) -> None:
    assert _column(line, "here").truth == truth


def test_a_line_of_a_description_with_too_few_parts_names_the_place() -> None:
    with pytest.raises(ValueError, match=r"retail.txt.*header \| truth \| maker"):
        _column("a | AGE", "retail.txt")


def test_unknown_half_is_refused() -> None:
    with pytest.raises(ValueError, match="held-out"):
        read_specs("test")  # type: ignore[arg-type]


@pytest.mark.parametrize(("truth", "found", "direct", "strict"), [
    (("EMAIL_ADDRESS",), "EMAIL_ADDRESS", (1, 0, 0), (1, 0, 0)),
    (("EMAIL_ADDRESS",), None, (0, 0, 1), (0, 0, 1)),
    (("EMAIL_ADDRESS",), "URL", (0, 1, 1), (0, 1, 1)),
    (("EMAIL_ADDRESS",), "AGE", (0, 0, 1), (0, 0, 1)),
    (("PERSON",), "LAST_NAME", (1, 0, 0), (0, 1, 1)),
    (("AGE",), "PHONE_NUMBER", (0, 1, 0), (0, 1, 0)),
    (("AGE", "EMAIL_ADDRESS"), "EMAIL_ADDRESS", (0, 0, 0), (0, 0, 0)),
    (None, "PHONE_NUMBER", (0, 1, 0), (0, 1, 0)),
    (None, "AGE", (0, 0, 0), (0, 0, 0)),
    ((None, "RECORD_ID"), "RECORD_ID", (0, 0, 0), (0, 0, 0)),
    ("ignore", "PHONE_NUMBER", (0, 0, 0), (0, 0, 0)),
])
def test_direct_identifiers_are_scored_by_family_and_strictly(
    truth: object, found: str | None, direct: tuple[int, ...], strict: tuple[int, ...]
) -> None:
    scores = score([judged(truth, found)])
    assert scores.direct == Detection(*direct)
    assert scores.direct_strict == Detection(*strict)


def test_false_alarms_typed_share_and_micro_count_each_column_once() -> None:
    scores = score([
        judged(None, None), judged(None, "AGE"), judged(("CITY",), "CITY"), judged(("CITY",), "REGION"), judged(("CITY",), None),
        judged((None, "AGE"), None), judged("ignore", "CITY"),
    ])
    assert scores.n_columns == 6
    assert scores.false_alarms == Ratio(1, 2)
    assert scores.typed == Ratio(1, 3)
    assert scores.micro == Detection(1, 2, 2)


def test_recall_is_told_by_language_and_entity() -> None:
    scores = score([judged(("PERSON",), "PERSON", language="nl"), judged(("CITY",), None, language="nl"), judged(None, None,
            language="fr")])
    assert scores.by_language["nl"] == (Ratio(1, 1), Ratio(1, 1), Ratio(0, 1), Ratio(0, 0))
    assert scores.by_language["fr"][3] == Ratio(0, 1)
    assert scores.by_entity == {"CITY": Ratio(0, 1), "PERSON": Ratio(1, 1)}


def test_confidence_falls_into_one_bin_with_one_in_the_last() -> None:
    scores = score([judged(("AGE",), "AGE", each) for each in (0.3, 0.5, 0.59, 0.9, 1.0)] + [judged(None, "AGE", 0.95),
            judged(None, None, 0.95)])
    counts = {each.low: (each.ratio.right, each.ratio.total) for each in scores.bins}
    assert counts == {0.0: (1, 1), 0.5: (2, 2), 0.6: (0, 0), 0.7: (0, 0), 0.8: (0, 0), 0.9: (2, 3)}


def test_figures_of_nothing_are_defined() -> None:
    assert Detection(0, 0, 0).f1 == Detection(0, 0, 0).precision == Detection(0, 0, 0).recall == 1.0
    assert Ratio(0, 0).share is None
    assert list(summary_lines("empty", score([]), 0.0))


def test_families_and_peer_labels_are_entities_of_veil() -> None:
    assert set().union(*FAMILIES) <= set(ENTITIES)
    assert {entity for entities in READ_AS.values() for entity in entities} <= set(ENTITIES)


@pytest.mark.parametrize(("label", "truth", "entity"), [
    ("LOCATION", ("POSTCODE",), "POSTCODE"), ("LOCATION", ("AGE",), "CITY"), ("PERSON", None, "PERSON"), ("NON_PII", None, None),
    ("INTEGER", ("AGE",), None), ("IPV6", ("IP_ADDRESS",), "IP_ADDRESS"), ("CREDIT_CARD", "ignore", "CREDIT_CARD"),
])
def test_a_peers_label_is_read_in_its_favor(label: str, truth: object, entity: str | None) -> None:
    assert entity_of(label, truth) == entity  # type: ignore[arg-type]


def test_written_tables_come_back_with_their_truth(tmp_path: Path) -> None:
    tables = build("dev")[:4]
    write_tables(tables, tmp_path)
    again = read_tables(tmp_path)
    assert [table.truth for table in again] == [table.truth for table in tables]
    assert [table.language for table in again] == [table.language for table in tables]
    for table, back in zip(tables, again, strict=True):
        assert back.cells == {column: [cell or None for cell in cells] for column, cells in table.cells.items()}


def test_cells_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('n,m\n007,"NA"\n"1,0",\n', encoding="utf-8")
    (tmp_path / "truth.json").write_text('{"a.csv": {"n": null, "m": ["AGE", null]}}', encoding="utf-8")
    (table,) = read_tables(tmp_path)
    assert table.cells == {"n": ["007", "1,0"], "m": ["NA", None]}
    assert table.truth == {"n": None, "m": ("AGE", None)}


@pytest.mark.parametrize(("truth", "says"), [
    (None, "no truth.json"), ("{", "line 1 is not JSON"), ("[]", "object of tables"),
    ('{"b.csv": {}}', "`b.csv`, which is not there"),
    ('{"a.csv": {"z": null}}', "no column `z`"), ('{"a.csv": {"n": 5}}', "column `n`: write an entity"),
])
def test_bad_folders_are_refused_with_place_and_way_out(tmp_path: Path, truth: str | None, says: str) -> None:
    (tmp_path / "a.csv").write_text("n\nsecret\n", encoding="utf-8")
    if truth is not None:
        (tmp_path / "truth.json").write_text(truth, encoding="utf-8")
    with pytest.raises(BadTables, match=says) as caught:
        read_tables(tmp_path)
    assert "secret" not in str(caught.value)


def test_uneven_rows_are_counted_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n,m\nsecret\n", encoding="utf-8")
    (tmp_path / "truth.json").write_text('{"a.csv": {}}', encoding="utf-8")
    with pytest.raises(BadTables, match="fewer than 10 rows") as caught:
        read_tables(tmp_path)
    assert "secret" not in str(caught.value)


def test_veil_runs_with_and_without_headers() -> None:
    cells = {"e_mail": [f"ada{place}@example.org" for place in range(60)], "qty": [str(place % 7) for place in range(60)]}
    table = LabelledTable("one", "en", "retail", cells, {"e_mail": ("EMAIL_ADDRESS",), "qty": None})  # type: ignore[arg-type]
    for hidden in (False, True):
        run = run_veil([table], hide_headers=hidden)
        assert [(each.column, each.found) for each in run.judged] == [("e_mail", "EMAIL_ADDRESS"), ("qty", None)]
        assert run.seconds > 0


def test_error_lines_name_columns_and_hold_no_right_ones() -> None:
    lines = list(error_lines(Run((judged(None, "AGE"), judged(("AGE",), "AGE"), judged("ignore", "AGE")), 0.0)))
    assert len(lines) == 1
    assert "t.c: is -, found AGE (0.95) why" in lines[0]


def _folder(tmp_path: Path) -> Path:
    write_tables([table for table in build("dev") if table.name == "sensors"], tmp_path)
    return tmp_path


def test_own_tables_are_measured_and_their_errors_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "plot.svg"
    assert columns.main(["--tables", str(_folder(tmp_path)), "--errors", "--reliability", str(picture)]) == 0
    assert "direct identifiers" in capsys.readouterr().out
    assert picture.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("half", ["held-out", "fresh"])
def test_held_out_errors_are_refused_unless_spent(
    half: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Run((judged(None, "AGE"),), 0.0)
    monkeypatch.setattr(columns, "run_veil", lambda *_, **__: wrong)
    columns.main(["--half", half, "--errors"])
    refused = capsys.readouterr().out
    assert columns.NOT_SHOWN in refused
    assert "found AGE" not in refused
    columns.main(["--half", half, "--errors", "--spend"])
    assert "found AGE" in capsys.readouterr().out


def test_tables_can_be_written_for_others(tmp_path: Path) -> None:
    assert columns.main(["--half", "all", "--write", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(HALVES)
    assert len(json.loads((tmp_path / "dev" / "truth.json").read_text(encoding="utf-8"))) == len(read_specs("dev"))


def test_a_folder_without_truth_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert columns.main(["--tables", str(tmp_path)]) == 2
    assert "truth.json" in capsys.readouterr().err


def test_the_plot_is_the_same_for_the_same_counts() -> None:
    bins = score([judged(("AGE",), "AGE", 0.95), judged(None, "AGE", 0.75)]).bins
    assert reliability_svg(bins, title="<a>") == reliability_svg(bins, title="<a>")
    assert "&lt;a&gt;" in reliability_svg(bins, title="<a>")


def test_a_peer_that_is_not_installed_is_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import dataclasses

    missing = {name: dataclasses.replace(each, folder=tmp_path / "nowhere") for name, each in ENVIRONMENTS.items()}
    monkeypatch.setattr("benchmarks.classify.column_peers.ENVIRONMENTS", missing)
    lines = list(peer_lines(build("dev")[:1], "dev", 1.0))
    assert len(lines) == len(ENVIRONMENTS)
    assert all("peers-env" in line for line in lines)


def test_an_unknown_command_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nonsense"]) == 2
    assert "columns" in capsys.readouterr().err
