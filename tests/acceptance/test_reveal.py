"""One person in three formats gets one pseudonym; who holds the key looks behind it, on record; who is forgotten is gone."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.cli import main
from tasks import audit
from tests.acceptance.conftest import Ended, Run

N_ROWS = 60
PURPOSE = "request 17 of the data subject"
COLUMNS = """
      person: {do: PERSON, in: person}
      phone: {do: token, in: phone}
      mobile: {do: fpe, in: phone}
      hashed: {do: hash, in: phone, algorithm: blake2b}
      email: {do: encrypt, in: email}
      born: {do: date_shift, days: [-999, 999]}
      note: {do: keep, reason: needed}"""
POLICY = """
policy: reveal
version: 1
keys: {main: {from: env:VEIL_TEST_KEY, epoch: "EPOCH"}}
keyspaces:
  person: {key: main, canonical: numeric-id, erasable: ERASABLE}
  phone: {key: main, canonical: phone, region: BE}
  email: {key: main, canonical: email}
tables:""" + "".join(
    f"""
  {name}:
    match: {{files: "{name}.*"}}
    subject: person
    quasi_identifiers: []
    columns:{COLUMNS}"""
    for name in ("sheet", "columns", "lines", "fractions")
) + """
synthesize: {synthesizer: none}
"""  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")
    monkeypatch.setenv("VEIL_OTHER_KEY", "ffeeddccbbaa99887766554433221100")


def policy(*, person: str = "encrypt", erasable: bool = False, epoch: str = "2026-11") -> str:
    written = POLICY.replace("EPOCH", epoch).replace("ERASABLE", str(erasable).lower())
    return written.replace("PERSON", person)


def drop(folder: Path) -> Path:
    """Write the same people four times: spelled in CSV, as integers and as fractions in Parquet, as numbers in JSON Lines."""
    folder.mkdir()
    people = [30_000_111 + 7 * row for row in range(N_ROWS)]
    phones = [32_470_120_000 + 37 * row for row in range(N_ROWS)]
    emails = [f"Ann.{row}@Example.org" for row in range(N_ROWS)]
    born = [f"{1950 + row % 50}-0{1 + row % 9}-1{row % 10}" for row in range(N_ROWS)]
    note = ["northern", "southern"] * (N_ROWS // 2)
    spelled = ["0{}{}{}/{}{}.{}{}.{}{}".format(*str(phone)[2:]) if at % 2 else f"+{phone}" for at, phone in enumerate(phones)]
    header = ["person", "phone", "mobile", "hashed", "email", "born", "note"]
    rows = zip((f"{person:012d}" for person in people), spelled, spelled, spelled, emails, born, note, strict=True)
    with (folder / "sheet.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    short = [phone - 32_000_000_000 for phone in phones]
    lower = [email.lower() for email in emails]
    as_integers = (
        pa.array(people),
        pa.array(phones),
        pa.array(short),
        pa.array(phones),
        pa.array(lower),
        pa.array(born),
        pa.array(note),
    )
    pq.write_table(pa.table(dict(zip(header, as_integers, strict=True))), folder / "columns.parquet")
    floats = pa.array([float(phone) for phone in phones])
    decimals = pa.array([Decimal(f"{phone}.00") for phone in phones], pa.decimal128(20, 2))
    as_fractions = (
        pa.array([float(each) for each in people]),
        floats,
        decimals,
        floats,
        pa.array(emails),
        pa.array(born),
        pa.array(note),
    )
    pq.write_table(pa.table(dict(zip(header, as_fractions, strict=True))), folder / "fractions.parquet")
    records = zip(people, phones, short, phones, emails, born, note, strict=True)
    text = "".join(json.dumps(dict(zip(header, record, strict=True))) + "\n" for record in records)
    (folder / "lines.jsonl").write_text(text, encoding="utf-8")
    return folder


def released(ended: Ended) -> Path:
    assert ended.name == "Released", ended.message
    return Path(ended.outcome.release.uri)


def columns_of(release: Path) -> dict[str, dict[str, list[str]]]:
    """Return the released cells by table and column."""
    found: dict[str, dict[str, list[str]]] = {}
    for file in (release / "transformed").iterdir():
        if file.suffix == ".parquet":
            found[file.stem] = pq.read_table(file).to_pydict()
            continue
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream)) if file.suffix == ".csv" else [json.loads(line) for line in stream]
        found[file.stem] = {name: [row[name] for row in rows] for name in rows[0]}
    return found


def revealed(capsys: pytest.CaptureFixture[str], release: Path, column: str, *options: str, key: str = "VEIL_TEST_KEY") -> dict:
    capsys.readouterr()
    arguments = [
        "reveal",
        str(release),
        "--column",
        column,
        "--purpose",
        PURPOSE,
        "--key-from",
        f"env:{key}",
        *(options or ("--all",)),
    ]
    code = main(arguments)
    told = capsys.readouterr()
    lines = list(csv.DictReader(told.out.splitlines()))
    return {"code": code, "rows": lines, "values": [line["value"] for line in lines], "error": told.err}


def test_one_pseudonym_in_every_format_and_back(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    release = released(run(drop(tmp_path / "people"), policy()))
    tables = columns_of(release)
    assert sorted(tables) == ["columns", "fractions", "lines", "sheet"]
    for column in ("person", "phone", "mobile", "hashed", "email", "born"):
        written = {name: [str(cell).lstrip("'") for cell in table[column]] for name, table in tables.items()}
        assert all(cells == written["sheet"] for cells in written.values()), column
        assert len(set(written["sheet"])) == N_ROWS or column == "born"

    phones = [f"+{32_470_120_000 + 37 * row}" for row in range(N_ROWS)]
    people = [str(30_000_111 + 7 * row) for row in range(N_ROWS)]
    for table in tables:
        assert revealed(capsys, release, f"{table}.mobile")["values"] == phones
        assert revealed(capsys, release, f"{table}.person")["values"] == people
        assert revealed(capsys, release, f"{table}.email")["values"] == [f"ann.{row}@example.org" for row in range(N_ROWS)]
        dates = revealed(capsys, release, f"{table}.born")
        assert [line["subject"] for line in dates["rows"]] == people
        assert dates["values"] == [f"{1950 + row % 50}-0{1 + row % 9}-1{row % 10}" for row in range(N_ROWS)]

    file = tmp_path / "asked.txt"
    file.write_text("\n".join(str(cell).lstrip("'") for cell in tables["sheet"]["mobile"][:3]) + "\n")
    assert revealed(capsys, release, "sheet.mobile", "--value-file", str(file))["values"] == phones[:3]
    target = tmp_path / "revealed.csv"
    assert revealed(capsys, release, "sheet.mobile", "--value-file", str(file), "--output", str(target))["values"] == []
    assert [line["value"] for line in csv.DictReader(target.read_text().splitlines())] == phones[:3]
    assert target.stat().st_mode & 0o777 == 0o600
    _assert_refusals(capsys, release, file)
    _assert_the_log_tells_no_value(tmp_path / "home", phones, people)


def _assert_refusals(capsys: pytest.CaptureFixture[str], release: Path, file: Path) -> None:
    asked = ("--value-file", str(file))
    before = audit.audit_file(Path(release).parents[2] / "home").read_bytes()
    for column, options, key, reason in (
        ("sheet.phone", asked, "VEIL_TEST_KEY", "became `token`, which nothing reverses"),
        ("sheet.note", asked, "VEIL_TEST_KEY", "became `keep`, which nothing reverses"),
        ("sheet.mobile", asked, "VEIL_OTHER_KEY", "is not the one of this release"),
        ("sheet.nothing", asked, "VEIL_TEST_KEY", "has no column `nothing`"),
        ("nothing.mobile", asked, "VEIL_TEST_KEY", "has no table `nothing`"),
        ("mobile", asked, "VEIL_TEST_KEY", "table.column"),
        ("sheet.born", asked, "VEIL_TEST_KEY", "needs its data subject"),
        ("sheet.mobile", ("--value-file", f"{file}.not"), "VEIL_TEST_KEY", "there is no file"),
        ("sheet.mobile", (*asked, "--output", str(file)), "VEIL_TEST_KEY", "exists already"),
    ):
        told = revealed(capsys, release, column, *options, key=key)
        assert told["code"] in (13, 18), told
        assert reason in told["error"]
        assert told["rows"] == []
    assert (
        main(["reveal", str(release), "--column", "sheet.mobile", "--purpose", " ", "--key-from", "env:VEIL_TEST_KEY", "--all"])
        == 18
    )
    assert "say what for" in capsys.readouterr().err
    assert audit.audit_file(Path(release).parents[2] / "home").read_bytes() == before
    told = revealed(capsys, release, "sheet.email", *asked)
    assert told["code"] == 14
    assert "fewer than 10 values: were not encrypted in this column" in told["error"]


def _assert_the_log_tells_no_value(home: Path, phones: list[str], people: list[str]) -> None:
    log = audit.audit_file(home)
    assert audit.is_unbroken(log)
    text = log.read_text()
    assert not [1 for value in (*phones, *people, "example.org") if value in text]
    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["purpose"] for line in lines if line["action"] == "reveal"} == {PURPOSE}
    assert {line["n"] for line in lines if line["action"] == "revealed"} == {N_ROWS, 3}


def test_a_changed_release_reveals_nothing(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    release = released(run(drop(tmp_path / "people"), policy(person="token")))
    told = revealed(capsys, release, "sheet.born")
    assert told["code"] == 18
    assert "cannot be told from the release" in told["error"]
    evidence = release / "evidence" / "keyspaces.json"
    evidence.write_text(evidence.read_text().replace("BE", "NL"))
    assert "is not the file that was released" in revealed(capsys, release, "sheet.mobile")["error"]
    (release / "manifest.json").unlink()
    assert "is no release" in revealed(capsys, release, "sheet.mobile")["error"]


def test_who_is_forgotten_cannot_be_revealed_or_joined(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = drop(tmp_path / "people")
    release = released(run(folder, policy(erasable=True)))
    assert revealed(capsys, release, "sheet.person")["values"][:2] == ["30000111", "30000118"]
    forget = [
        "forget",
        "0030000111",
        "--keyspace",
        "person",
        "--policy",
        str(tmp_path / "policy.yaml"),
        "--purpose",
        "request 18",
    ]
    assert main(forget) == 0
    assert "forgotten" in capsys.readouterr().err
    assert main(forget) == 0
    assert "nobody" in capsys.readouterr().err
    assert main([*forget[:3], "phone", *forget[4:]]) == 18

    for column in ("sheet.person", "lines.person", "sheet.born"):
        told = revealed(capsys, release, column)
        assert [line["status"] for line in told["rows"]] == ["erased", *["revealed"] * (N_ROWS - 1)], column
        assert told["values"][0] == ""
    with (folder / "sheet.csv").open("a", encoding="utf-8") as file:
        file.write("30000999999,+32470999999,+32470999999,+32470999999,new@example.org,1970-01-01,northern\n")
    again = columns_of(released(run(folder, policy(erasable=True))))["sheet"]
    before = columns_of(release)["sheet"]
    assert again["person"][0] != before["person"][0]
    assert again["person"][1:N_ROWS] == before["person"][1:]
    assert again["born"][1:N_ROWS] == before["born"][1:]


def test_an_epoch_makes_releases_unlinkable(run: Run, tmp_path: Path):
    folder = drop(tmp_path / "people")
    tables = [columns_of(released(run(folder, policy(epoch=epoch))))["sheet"] for epoch in ("2026-11", "2026-12")]
    for column in ("person", "phone", "mobile", "hashed", "email"):
        assert not set(tables[0][column]) & set(tables[1][column])


def test_a_stand_in_has_encrypted_columns_in_their_form(run: Run, tmp_path: Path):
    """Identifiers of a stand-in look like the transformed ones, join as they do, and are none of them."""
    folder = tmp_path / "people"
    folder.mkdir()
    header = ["person", "mobile", "email", "iban", "group", "amount"]
    rows = [
        [
            30_000_111 + 7 * (row // 2),
            f"+32470{row // 2 * 37:06d}",
            f"a{row // 2}@x.example",
            f"{1_000_000 + row}",
            "ab"[row % 2],
            row % 97,
        ]
        for row in range(600)
    ]
    with (folder / "people.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    release = released(run(folder, STAND_IN))
    with (release / "transformed" / "people.csv").open(encoding="utf-8", newline="") as stream:
        real = list(csv.DictReader(stream))
    with (release / "synthetic" / "people.csv").open(encoding="utf-8", newline="") as stream:
        made = list(csv.DictReader(stream))
    for name in ("person", "mobile", "email", "iban"):
        assert not {row[name] for row in real} & {row[name] for row in made}
        assert {len(row[name]) for row in made} <= {len(row[name]) for row in real}
    assert all(row["mobile"].lstrip("'").startswith("+32") for row in made)
    assert {row["email"].split(".")[0:2] == ["siv1", "2026-11"] for row in made} == {True}
    assert len({row["person"] for row in made}) == len({row["person"] for row in real}) == 300


STAND_IN = """
policy: standin
version: 1
keys: {main: {from: env:VEIL_TEST_KEY, epoch: "2026-11"}}
keyspaces: {phone: {key: main, canonical: phone, region: BE}}
tables:
  people:
    match: {files: "people*"}
    subject: person
    quasi_identifiers: []
    columns:
      person: {do: fpe, of: digits}
      mobile: {do: fpe, in: phone}
      email: {do: encrypt}
      iban: {do: fpe, of: digits}
      group: {do: keep, reason: needed}
      amount: {do: keep, reason: needed}
gates:
  check: {fidelity: off, utility_kept: off, correlation_difference: off, membership_auc: 1, membership_tpr: 1,
          nearest_share: 1, exact_copies: 1}
"""
