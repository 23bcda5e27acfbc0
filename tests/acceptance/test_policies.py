"""Each policy that ships sends a drop through the flow: what it promises in its first lines holds for every cell."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.demo import make_drop
from tasks.draft import draft
from tasks.policies import SHIPPED, sound_policy
from tests.acceptance.patients import IDENTIFIERS, OTHERS, ZIPS, write_patients
from tests.acceptance.small import write_people

Rows = list[dict[str, str]]

SHIPPED_NAMES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
NO_STAND_IN = "synthesize: {synthesizer: none}"


def without_stand_in(name: str) -> str:
    """Return the policy's own text, with a key for tests and no stand-in: what becomes of the cells is what is tested here."""
    text = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8").replace("env:VEIL_KEY", "env:VEIL_TEST_KEY")
    head, gates = re.sub(r"^synthesize: \{.*\}$", NO_STAND_IN, text, flags=re.MULTILINE).split("\ngates:\n")
    measured_on_stand_in = re.compile(r"^  (synthesize|check):.*\n(    .*\n)*", flags=re.MULTILINE)
    return f"{head}\ngates:\n{measured_on_stand_in.sub('', gates)}"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Run a policy on a drop once, whatever number of tests look at the result."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("veil")
        patch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")
        patch.setenv("VEIL_HOME", str(home / "home"))
        patch.setenv("VEIL_RELEASES", str(home / "releases"))
        yield lambda drop, policy: _run(home, drop, policy)


def _run(home: Path, drop: Path, policy: str) -> Path:
    from flows.anonymize import Options, anonymize

    file = home / "policy.yaml"
    file.write_text(policy, encoding="utf-8")
    state = anonymize(drop=str(drop), policy=str(file), dataset=None, options=Options(seed=7, epochs=1), return_state=True)
    assert state.name == "Released", state.message
    return Path(str(state.message))


def _read(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def patients(released, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows]:
    drop = write_patients(tmp_path_factory.mktemp("patients"))
    folder = released(drop, without_stand_in("hipaa-safe-harbor"))
    return _read(drop), _read(folder / "transformed" / "patients.csv")


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_no_identifier_of_the_safe_harbor_passes_unchanged(identifier: str, patients: tuple[Rows, Rows]) -> None:
    before, after = patients
    assert len(before) == len(after)
    for column in IDENTIFIERS[identifier]:
        if column != "age" and column in after[0]:
            assert not [1 for one, other in zip(before, after, strict=True) if one[column] == other[column]], column


def test_the_identifiers_of_the_safe_harbor_are_eighteen() -> None:
    assert "".join(name[0] for name in IDENTIFIERS) == "ABCDEFGHIJKLMNOPQR"


def test_the_safe_harbor_leaves_what_it_allows_and_no_more(patients: tuple[Rows, Rows]) -> None:
    before, after = patients
    allowed = {"zip_code", "birth_date", "admission_date", "discharged_at", "age"}
    assert set(after[0]) == allowed | set(OTHERS) - {"remark"}
    sparse = {code for code in ZIPS if code[:3] in ("036", "059", "821")}
    for one, other in zip(before, after, strict=True):
        assert other["zip_code"] == ("000**" if one["zip_code"] in sparse else f"{one['zip_code'][:3]}**")
        assert [other[name] for name in ("admission_date", "discharged_at")] == [
            one[name][:4] for name in ("admission_date", "discharged_at")
        ]
        assert other["age"] == (one["age"] if int(one["age"]) < 90 else "90+")
        assert re.fullmatch(r"[0-9]{1,2}|90\+", other["birth_date"])
    kept = [column for column in OTHERS if column != "remark"]
    assert [[row[column] for column in kept] for row in before] == [[row[column] for column in kept] for row in after]


def test_no_word_of_a_patient_is_anywhere_in_the_release(patients: tuple[Rows, Rows]) -> None:
    before, after = patients
    cells = " ".join(" ".join(row.values()) for row in after)
    for column in ("ssn", "email", "medical_record_number", "vin", "face_photo", "study_code", "patient_name", "ip_address"):
        assert not [1 for row in before if row[column] in cells], column


def test_gdpr_replaces_what_points_to_people_and_keeps_joins(released, tmp_path: Path) -> None:
    make_drop(tmp_path, n_customers=260, seed=4)
    folder = released(tmp_path, without_stand_in("gdpr")) / "transformed"
    before, after = _read(tmp_path / "customers.csv"), _read(folder / "customers.csv")
    for column in ("customer_id", "full_name", "email", "phone", "iban", "street"):
        assert not [1 for one, other in zip(before, after, strict=True) if one[column] and one[column] == other[column]], column
    assert "city" not in after[0]
    known = {row["customer_id"] for row in after}
    assert all(order["customer_id"] in known for order in _read(folder / "orders.csv"))


def test_strict_leaves_nobody_in_a_class_of_fewer_than_eleven(released, tmp_path: Path) -> None:
    drop = write_people(tmp_path, n_rows=1_200)
    after = _read(released(drop, without_stand_in("strict")) / "transformed" / "people.csv")
    assert not {"full_name", "email", "note", "city"} & set(after[0])
    quasi = [column for column in ("gender", "birth_date") if column in after[0]]
    classes = [tuple(row[column] for column in quasi) for row in after]
    assert min(classes.count(one) for one in set(classes)) >= 11
    assert all(re.fullmatch(r"[0-9]{4}|", row.get("signed_at", "")) for row in after)


def test_analytics_keeps_detail_and_joins_and_no_name(released, tmp_path: Path) -> None:
    make_drop(tmp_path, n_customers=260, seed=5)
    folder = released(tmp_path, without_stand_in("analytics")) / "transformed"
    before, after = _read(tmp_path / "customers.csv"), _read(folder / "customers.csv")
    for column in ("customer_id", "full_name", "email", "phone", "iban"):
        assert not [1 for one, other in zip(before, after, strict=True) if one[column] and one[column] == other[column]], column
    assert [row["country"] for row in before] == [row["country"] for row in after]
    assert {len(set(rows)) for rows in ([row["email"] for row in before], [row["email"] for row in after])} == {260}
    assert all(re.fullmatch(r"[0-9]{1,2}|90\+|", row["birth_date"]) for row in after)
    known = {row["customer_id"] for row in after}
    assert all(order["customer_id"] in known for order in _read(folder / "orders.csv"))


def test_test_data_has_the_shape_of_the_drop_and_no_true_row(released, tmp_path: Path) -> None:
    make_drop(tmp_path, n_customers=260, seed=6)
    folder = released(tmp_path, without_stand_in("test-data")) / "transformed"
    for table in ("customers", "orders"):
        before, after = _read(tmp_path / f"{table}.csv"), _read(folder / f"{table}.csv")
        assert len(before) == len(after)
        kept = [column for column in after[0] if len({row[column] for row in before}) > 20]
        for column in kept:
            same = sum(one[column] == other[column] != "" for one, other in zip(before, after, strict=True))
            assert same <= 0.1 * len(before), column
        shared = [column for column in after[0] if column in before[0]]
        true = {tuple(row[column] for column in shared) for row in before}
        assert not [1 for row in after if tuple(row[column] for column in shared) in true]
    known = {row["customer_id"] for row in _read(folder / "customers.csv")}
    assert all(order["customer_id"] in known for order in _read(folder / "orders.csv"))


def test_test_data_of_patients_has_fakes_for_every_number(released, tmp_path: Path) -> None:
    drop = write_patients(tmp_path)
    before, after = _read(drop), _read(released(drop, without_stand_in("test-data")) / "transformed" / "patients.csv")
    assert set(before[0]) - set(after[0]) == {"fingerprint_hash"}
    numbers = [column for name in "ADEFGHIJKLMNOR" for column in IDENTIFIERS[next(key for key in IDENTIFIERS if key[0] == name)]]
    for column in numbers:
        assert not [1 for one, other in zip(before, after, strict=True) if one[column] == other[column]], column
    assert all(re.fullmatch(r"(9[0-9]{2}|666|000)-?[0-9]{2}-?[0-9]{4}", row["ssn"]) for row in after), "areas never given out"
    assert len({row["mobile"] for row in after}) == len({row["mobile"] for row in before})


def test_a_drafted_policy_releases_the_drop_that_it_was_drafted_from(released, tmp_path: Path) -> None:
    drop = tmp_path / "shop"
    drop.mkdir()
    make_drop(drop, n_customers=260, seed=8)
    text = draft(drop, tmp_path / "work")
    folder = released(drop, re.sub(r"^synthesize: .*$", NO_STAND_IN, text, flags=re.MULTILINE)) / "transformed"
    before, after = _read(drop / "customers.csv"), _read(folder / "customers.csv")
    for column in ("customer_id", "full_name", "email", "phone", "iban", "street"):
        assert not [1 for one, other in zip(before, after, strict=True) if one[column] and one[column] == other[column]], column


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_the_first_lines_say_for_whom_what_remains_and_which_label(name: str) -> None:
    head = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8").split("\npolicy:")[0]
    assert all(f"# {words}: " in head for words in ("For whom", "What remains a risk", "Legal label"))
    assert sound_policy(name).policy == name
    assert "anonymous" not in head.lower()


def test_a_transform_that_is_too_weak_for_the_rows_holds_at_the_plan(released, tmp_path: Path) -> None:
    drop = write_people(tmp_path)
    text = "version: 1\ntables: {t: {match: {files: '*'}, columns: {}}}\n"
    weak = {"income": "{do: band, width: 1}"}
    columns = ", ".join(f"{name}: {weak.get(name, '{do: drop}')}" for name in _read(drop)[0])
    with pytest.raises(AssertionError, match=r"plan gate: .*transforms too weak for the rows"):
        released(drop, text.replace("columns: {}", f"columns: {{{columns}}}"))


def test_a_key_comes_from_a_secret_block_of_prefect() -> None:
    from prefect.blocks.system import Secret

    from tasks.settings import read_keys
    from veil.errors import KeyUnavailable
    from veil.policy import load_policy

    text = 'version: 1\nkeys: {main: {from: "prefect-secret:veil-test-key"}}\ntables: {t: {match: {files: a}}}\n'
    with pytest.raises(KeyUnavailable, match="has no Secret block `veil-test-key` of text"):
        read_keys(load_policy(text))
    Secret(value="00112233445566778899aabbccddeeff").save("veil-test-key")
    keyring = read_keys(load_policy(text))
    assert keyring.keys["main"].secret == bytes.fromhex("00112233445566778899aabbccddeeff")
    assert keyring.sources == {"main": "prefect-secret"}
    assert "001122" not in repr(keyring)
    Secret(value="short").save("veil-test-key", overwrite=True)
    with pytest.raises(KeyUnavailable, match="shorter than 16 bytes"):
        read_keys(load_policy(text))
