"""`veil generate`: schemas refused with their lines, invented people that agree and are valid, whole folders, the same bytes."""

from __future__ import annotations

import argparse
import csv
import json
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from stdnum import get_cc_module, luhn

from flows.generate import add_command
from tasks.generate import RECORD, generate
from tasks.schema_files import load_schema
from veil.errors import PolicyInvalid, ReleaseFailed, SynthesisFailed
from veil.synthesizers.schemas import KINDS
from veil.synthesizers.schemas.distributions import NEEDED
from veil.transforms.fakes.packs import LOCALES

SHOP = """\
schema: shop
version: 1
locale: nl_BE
tables:
  products:
    rows: 30
    columns:
      id: {kind: uuid}
      price: {kind: decimal, distribution: lognormal, median: 20, log_deviation: 1, low: 0.5, high: 900}
  customers:
    rows: 400
    columns:
      id: {kind: serial, prefix: C, width: 6}
      sex: {kind: category, values: [f, m]}
      name: {kind: fake, of: person_name, sex_from: sex}
      first: {kind: fake, of: first_name, sex_from: sex}
      partner: {kind: fake, of: first_name, about: partner}
      email: {kind: fake, of: email, unique: true, sex_from: sex}
      phone: {kind: fake, of: phone, unique: true}
      card: {kind: fake, of: card, unique: true}
      born: {kind: date, from: 1950-01-01, to: 2004-12-31, format: "%d/%m/%Y"}
      national: {kind: fake, of: national_id, birth_from: born, sex_from: sex}
      vip: {kind: boolean, share: 0.1}
  orders:
    columns:
      id: {kind: serial}
      customer: {kind: reference, to: customers.id, each: {distribution: poisson, mean: 3}}
      product: {kind: reference, to: products.id, skew: 1.2}
      placed: {kind: date, after: customers.born, gap: {low: 7000, high: 9000}}
      net: {kind: decimal, low: 1, high: 100}
      tax: {kind: computed, is: "net * 0.21"}
      gross: {kind: computed, is: "net + tax"}
      note: {kind: category, values: ['a "quoted", word', '=1+1'], nulls: 0.2}
"""


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    paths = sorted(folder.glob("*.csv"))
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""]) for path in paths}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shop") / "made"
    generate(SHOP, out, seed=7)
    return out


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return tables_of(folder)


def test_all_tables_and_a_record_are_written_and_nothing_else(folder, tables):
    assert sorted(path.name for path in folder.iterdir()) == ["customers.csv", RECORD, "orders.csv", "products.csv"]
    record = json.loads((folder / RECORD).read_text())
    assert {name: table["rows"] for name, table in record["tables"].items()} == {name: len(rows) for name, rows in tables.items()}
    assert (record["seed"], record["locale"], record["schema"]) == (7, "nl_BE", "shop")
    assert "without original data" in record["kind"]


def test_no_row_is_an_orphan_and_keys_are_unique(tables):
    customers, orders, products = tables["customers"], tables["orders"], tables["products"]
    assert orders.customer.isin(customers.id).all()
    assert orders["product"].isin(products.id).all()
    assert all(table.id.is_unique for table in tables.values())
    assert abs(len(orders) / len(customers) - 3) < 0.4


def test_totals_add_up_and_dates_are_in_order(tables):
    orders = tables["orders"].merge(tables["customers"][["id", "born"]], left_on="customer", right_on="id")
    cents = {name: orders[name].str.replace(".", "").astype(int) for name in ("net", "tax", "gross")}
    assert (cents["net"] + cents["tax"] == cents["gross"]).all()
    days = (pd.to_datetime(orders.placed) - pd.to_datetime(orders.born, format="%d/%m/%Y")).dt.days
    assert days.between(7000, 9000).all()


def test_what_belongs_to_one_person_agrees(tables):
    customers = tables["customers"]
    assert all(name.startswith(f"{first} ") for name, first in zip(customers.name, customers["first"], strict=True))
    assert (customers["first"] == customers.partner).mean() < 0.1
    slugs = customers["first"].str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii").str.lower()
    agrees = [re.sub("[^a-z]", "", mail.split(".")[0]) == re.sub("[^a-z]", "", slug)
              for mail, slug in zip(customers.email, slugs, strict=True)]  # fmt: skip
    assert sum(agrees) / len(agrees) > 0.97


def test_national_numbers_hold_the_date_of_birth_and_the_sex(tables):
    customers = tables["customers"]
    born = pd.to_datetime(customers.born, format="%d/%m/%Y")
    digits = customers.national.str.replace(r"\D", "", regex=True)
    assert (digits.str[:6] == born.dt.strftime("%y%m%d")).all()
    assert ((digits.str[6:9].astype(int) % 2 == 1) == (customers.sex == "m")).all()


def test_unique_fakes_are_unique_and_cards_have_their_check_digit(tables):
    customers = tables["customers"]
    for name in ("email", "phone", "card"):
        assert customers[name].is_unique
    assert customers.card.map(luhn.is_valid).all()


CHECKED = {"BE": "nn", "PL": "pesel", "ES": "dni", "FR": "nir", "DK": "cpr", "CZ": "rc", "NL": "bsn"}


def mod_97_holds(number: str) -> bool:
    """Return whether the check digits of an IBAN are right (ISO 13616)."""
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_fakes_are_valid_where_the_locale_says(locale, tmp_path):
    text = "\n".join([
        "version: 1", "tables:", "  t:", "    rows: 40", "    columns:",
        "      iban: {kind: fake, of: iban}", "      national: {kind: fake, of: national_id}",
        "      phone: {kind: fake, of: phone}",
        "      postcode: {kind: fake, of: postcode}", "      name: {kind: fake, of: person_name}",
        "      country: {kind: fake, of: country}", "",
    ])  # fmt: skip
    generate(text, tmp_path / "out", seed=1, locale=locale)
    rows = tables_of(tmp_path / "out")["t"]
    if locale[3:] != "US":
        assert rows.iban.map(mod_97_holds).all()
        assert set(rows.iban.str[:2]) == {locale[3:]}
    if locale[3:] in CHECKED:
        module = get_cc_module(locale[3:].lower(), CHECKED[locale[3:]])
        assert rows.national.map(module.validate).notna().all()
    assert rows.phone.str.startswith("+999").all()
    assert rows.country.nunique() == 1
    assert rows.name.nunique() > 30


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(folder, tmp_path):
    generate(SHOP, tmp_path / "again", seed=7)
    generate(SHOP, tmp_path / "other", seed=8)
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()
        assert (tmp_path / "other" / path.name).read_bytes() != path.read_bytes()


def test_all_formats_hold_the_same_cells(folder, tables, tmp_path):
    for kind in ("parquet", "jsonl"):
        generate(SHOP, tmp_path / kind, seed=7, kind=kind)
    parquet = pq.read_table(tmp_path / "parquet" / "orders.parquet")
    assert {str(parquet.schema.field(name).type) for name in ("net", "gross")} == {"decimal128(18, 2)"}
    assert str(parquet.schema.field("placed").type) == "date32[day]"
    assert [str(cell) for cell in parquet["gross"].to_pylist()] == list(tables["orders"].gross)
    lines = [json.loads(line) for line in (tmp_path / "jsonl" / "orders.jsonl").read_text().splitlines()]
    assert [line["customer"] for line in lines] == list(tables["orders"].customer)
    assert isinstance(lines[0]["net"], float)
    assert [line["note"] for line in lines] == [None if pd.isna(note) else note for note in tables["orders"].note]
    records = [json.loads((place / RECORD).read_text()) for place in (folder, tmp_path / "parquet", tmp_path / "jsonl")]
    assert len({record["tables"]["orders"]["sha256"] for record in records}) == 1


def test_rows_and_locale_can_come_from_outside(tmp_path):
    made = generate(SHOP, tmp_path / "out", seed=1, rows={"": 5, "customers": 20}, locale="de_DE")
    counts = {table.name: table.n_rows for table in made.tables}
    assert (counts["products"], counts["customers"]) == (5, 20)
    assert json.loads((tmp_path / "out" / RECORD).read_text())["locale"] == "de_DE"


def test_the_rows_for_no_table_in_particular_are_those_of_the_first_that_has_its_own():
    text = SHOP.replace("  products:\n    rows: 30\n", "  products:\n")
    with pytest.raises(PolicyInvalid, match="does not say how many rows"):
        load_schema(text)
    assert load_schema(text, rows={"": 9}).tables["products"].rows == 9


def test_a_folder_that_holds_something_is_left_alone(folder, tmp_path):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ReleaseFailed, match="holds something"):
        generate(SHOP, folder, seed=1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (tmp_path / "empty").mkdir()
    generate(SHOP, tmp_path / "empty", seed=1)
    assert (tmp_path / "empty" / "orders.csv").exists()


def test_what_fails_half_way_leaves_nothing_behind(tmp_path):
    never = "net: {kind: decimal, distribution: normal, mean: 0, deviation: 1, low: 90}"
    text = SHOP.replace("net: {kind: decimal, low: 1, high: 100}", never)
    with pytest.raises(SynthesisFailed, match=r"`orders\.net`"):
        generate(text, tmp_path / "out", seed=1)
    assert not list(tmp_path.iterdir())


def test_the_page_says_what_is_so(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "generate.md").read_text()
    example = re.search(r"```yaml\n(schema.*?)```", page, re.DOTALL)
    assert example is not None
    made = generate(example[1], tmp_path / "out", seed=7)
    assert [table.name for table in made.tables] == ["products", "customers", "orders"]
    listed = re.findall(r"^\| (`[a-z`, ]+`) \|", page, re.MULTILINE)
    words = {word.strip("` ") for cell in listed for word in cell.split(",")}
    assert set(KINDS) | set(NEEDED) <= words


def test_files_are_for_their_owner_only(folder):
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_cells_that_need_quotes_are_read_back(folder):
    with (folder / "orders.csv").open(newline="") as file:
        notes = {row["note"] for row in csv.DictReader(file)}
    assert notes == {'a "quoted", word', "=1+1", ""}


REFUSED = [
    ("kind: uuid", "kind: guid", "tables.products.columns.id: unknown kind `guid`; did you mean `uuid`?"),
    ("kind: uuid", "tpye: uuid", "does not say of which kind it is"),
    ("prefix: C", "prefx: C", "tables.customers.columns.id.prefx: unknown key `prefx`; did you mean `prefix`?"),
    ("mean: 3}", "mena: 3}", "orders.columns.customer.each.mena: unknown key `mena`; did you mean `mean`?"),
    ("    rows: 400", "    row: 400", "tables.customers.row: unknown key `row`; did you mean `rows`?"),
    ("schema: shop", "shema: shop", "unknown key `shema`; did you mean `schema`?"),
    ("rows: 400", "rows: -1", "customers.rows: input should be greater than or equal to 0"),
    ("rows: 400", 'rows: "400"', "customers.rows: input should be a valid integer"),
    ("values: [f, m]", "values: [f, f]", "a value comes twice"),
    ("values: [f, m]", "values: [f, null]", "for nulls, say `nulls: 0.1`"),
    ("values: [f, m]", "values: [true, false]", "a cell is text: put it in quotes"),
    ("values: [f, m]", "values: {f: 0}", "weights are 0 or more, and not all of them 0"),
    ("low: 7000, high: 9000", "low: 9000, high: 7000", "`low` is more than `high`"),
    ("from: 1950-01-01", "from: 1950-13-01", "write a day such as 2026-01-31"),
    ("from: 1950-01-01, ", "", "write `from` and `to`, or `after: COLUMN`"),
    ('"%d/%m/%Y"', '"%d/%m"', "a format that does not tell day, month and year"),
    ("share: 0.1", "share: 1.1", "vip.share: input should be less than or equal to 1"),
    ("nulls: 0.2", "nulls: 20", "note.nulls: input should be less than or equal to 1"),
    ("kind: uuid", "kind: uuid, nulls: 0.1", "id.nulls"),
    ('is: "net + tax"', 'is: "net / tax"', "character 5 of the formula"),
    ('is: "net + tax"', 'is: "net + taxx"', "needs a column `taxx` that is not there; did you mean `tax`?"),
    ('is: "net + tax"', 'is: "note + tax"', "`note` is a category, not a number"),
    ('is: "net * 0.21"', 'is: "gross - net"', "columns need each other: `tax`, `gross`"),
    ('is: "net * 0.21"', 'is: "tax * 2"', "needs `tax`, which is itself"),
    ("to: customers.id", "to: customer.id", "unknown table `customer`; did you mean `customers`?"),
    ("to: customers.id", "to: customers.key", "table `customers` has no column `key`"),
    ("to: customers.id", "to: customers.sex", "`customers.sex` is a category, which need not be unique"),
    ("to: customers.id", "to: customers", "not written as it must be"),
    (", skew: 1.2", ", each: {low: 1, high: 2}", "`customer` has `each` too"),
    ("skew: 1.2", "each: {low: 1, high: 2}, skew: 1.2", "with `each` every row has its parent"),
    ("  orders:\n", "  orders:\n    rows: 5\n", "is told by `each` of `customer` too"),
    ("after: customers.born", "after: customers.brn", "did you mean `customers.born`?"),
    ("after: customers.born", "after: customers.sex", "`customers.sex` is a category, not a date"),
    ("after: customers.born", "after: products.price", "only the table that `each` refers to can be looked into"),
    ("of: person_name", "of: person", "unknown fake `person`"),
    ("of: first_name, about", "of: date_of_birth, about", "a date of birth is of `kind: date`"),
    ("birth_from: born", "birth_from: sex", "`sex` is a category, not a date"),
    ("of: person_name, sex_from: sex", "of: person_name, unique: true", "`unique` means nothing for `of: person_name`"),
    ("of: person_name, sex_from: sex", "of: person_name, locale: xx_YY", "unknown locale `xx_YY`"),
    ("locale: nl_BE", "locale: be", "unknown locale `be`"),
    ("low: 1, high: 100}", "low: 1, high: 100, given: note, cases: {other: {low: 2}}}", "`note` is never `other`"),
    ("low: 1, high: 100}", "low: 1, high: 100, given: note}", "`given` and `cases` belong together"),
    ("low: 1, high: 100}", "low: 1, high: 100, given: note, cases: {'=1+1': {lo: 2}}}", "case `=1+1`: lo"),
    ("low: 1, high: 100}", "low: 1, high: 100, given: note, cases: {'=1+1': {kind: integer}}}", "a case changes neither"),
    ("{kind: serial}", "{kind: code, pattern: abc}", "not written as it must be"),
    ("{kind: serial}", "{kind: code, pattern: 'A-@', check: luhn}", "`check: luhn` is for digits"),
    ("{kind: uuid}", "{kind: code, pattern: '#', unique: true}", "the pattern has 10 codes for 30 rows"),
    ("{kind: uuid}", "!!python/object:os.system {kind: uuid}", "a YAML tag"),
    ("  customers:\n", "  products:\n", "a duplicate key"),
    ("from: 1950-01-01", "from: 0001-01-01", "years from 1700 to 2200 are known"),
    ("gap: {low: 7000, high: 9000}", "gap: {low: -5, high: 9000}", "it may be negative; say `low: 0`"),
    ("each: {distribution: poisson, mean: 3}", "each: {distribution: normal, mean: 3, deviation: 1}", "it may be negative"),
    ("net: {", '"": {', "string should have at least 1 character"),
    ("net: {", '"a\\nb": {', "not written as it must be"),
    ("  products:", "  ../products:", "not written as it must be"),
]


@pytest.mark.parametrize(("old", "new", "words"), REFUSED, ids=[words[:60] for *_, words in REFUSED])
def test_a_wrong_schema_is_refused_with_its_line_and_a_way_out(old, new, words):
    assert old in SHOP
    with pytest.raises(PolicyInvalid) as caught:
        load_schema(SHOP.replace(old, new, 1))
    told = [text for text in str(caught.value).split("\n") if words in text]
    line = SHOP[: SHOP.index(old)].count("\n") + 1 + new.startswith("  orders:")
    assert any(text.startswith(f"schema, line {line}: ") for text in told), f"{line}: {caught.value}"


@pytest.mark.parametrize(("old", "words"), [
    ("version: 1\n", "schema: version: missing; add `version: …`"),
    (", each: {distribution: poisson, mean: 3}", "line 24: tables.orders: does not say how many rows; add `rows: 1000`"),
])  # fmt: skip
def test_what_is_missing_is_told_where_it_should_be(old, words):
    with pytest.raises(PolicyInvalid, match=re.escape(words)):
        load_schema(SHOP.replace(old, ""))


def test_all_problems_are_told_at_once():
    with pytest.raises(PolicyInvalid) as caught:
        load_schema(SHOP.replace("kind: uuid", "kind: guid").replace("prefix: C", "prefx: C").replace("nulls: 0.2", "nulls: 2"))
    assert [word in str(caught.value) for word in ("guid", "prefx", "note.nulls")] == [True] * 3


def test_tables_that_tell_each_others_rows_are_refused():
    text = ("version: 1\ntables:\n"
            "  a:\n    columns: {k: {kind: serial}, b: {kind: reference, to: b.k, each: {low: 1, high: 1}}}\n"
            "  b:\n    columns: {k: {kind: serial}, a: {kind: reference, to: a.k, each: {low: 1, high: 1}}}\n")  # fmt: skip
    with pytest.raises(PolicyInvalid, match="its rows are told by itself: `a` → `b` → `a`"):
        load_schema(text)


@pytest.mark.parametrize(("text", "words"), [
    ("\n", "the file is empty"), ("a: [\n", "not YAML"), ("- 1\n", "schema"), ("version: 1\ntables: 5\n", "tables"),
    ("version: 1\ntables: {t: 5}\n", "keys and values expected"), ("version: 1\ntables: {}\n", "tables"),
])  # fmt: skip
def test_what_is_no_schema_at_all_is_refused(text, words):
    with pytest.raises(PolicyInvalid, match=words):
        load_schema(text, rows={})


def test_an_unknown_table_from_outside_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(PolicyInvalid, match=r"rows are given for a table `custmers`; did you mean `customers`\?"):
        load_schema(SHOP, rows={"custmers": 3})
    with pytest.raises(PolicyInvalid, match="cannot be read"):
        load_schema(tmp_path / "none.yaml")


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers())
    return parser.parse_args(["generate", *words])


def test_the_command_writes_the_files_and_tells_of_them(tmp_path, capsys):
    (tmp_path / "shop.yaml").write_text(SHOP)
    ways = ("--rows", "12", "--rows", "customers=34", "--seed", "3", "--locale", "fr_FR", "--format", "jsonl")
    options = parsed(str(tmp_path / "shop.yaml"), "--out", str(tmp_path / "out"), *ways)
    assert options.command(options) == 0
    told = capsys.readouterr().out
    assert "products: 12 rows" in told
    assert "customers: 34 rows" in told
    assert len((tmp_path / "out" / "customers.jsonl").read_text().splitlines()) == 34


@pytest.mark.parametrize("rows", ["many", "customers=", "=", "-3", "customers=3.5"])
def test_rows_that_are_no_number_are_refused(rows, capsys):
    with pytest.raises(SystemExit):
        parsed("s.yaml", "--out", "o", f"--rows={rows}")
    assert "neither a number of rows nor TABLE=N" in capsys.readouterr().err
