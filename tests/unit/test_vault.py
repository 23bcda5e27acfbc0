"""The vault: who is forgotten leaves nothing behind, and what was made of them cannot be made again."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from tasks import audit
from tasks.engine.job import Job
from tasks.settings import Keyring, key_from, read_keys
from tasks.vault import Vault, _names, _opened, _rows, forget, vault_file
from veil.errors import KeyUnavailable, TransformFailed
from veil.model import Column, Plan, Table
from veil.policy import load_policy
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import NOBODY, Key

SECRET = bytes(range(32))
SUBJECTS = [f"subject {number}" for number in range(400)]
DATES = ["1966-04-08"] * 3


def vault(home: Path, **options) -> Vault:
    return Vault(vault_file(home), frozenset({"person"}), **options)


def key(home: Path, epoch: str = "1", **options) -> Key:
    return Key("main", epoch, SECRET, vault(home, **options))


def applied(name: str, values: list[str], known: Key, *, subjects: list[str] | None = None, **parameters) -> list:
    subject = None if subjects is None else pd.Series(subjects, dtype=object)
    column = Column("c", "date", "%Y-%m-%d") if name == "date_shift" else Column("c")
    keyspace = "person" if subjects is None else "other"
    context = Context(column, key=known, keyspace=keyspace, subject=subject, subject_keyspace="person")
    return list(TRANSFORMS[name].model_validate(parameters).apply(pd.Series(values, dtype=object), context))


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((home / "vault").iterdir()))


def test_a_subject_has_one_key_whoever_asks(tmp_path):
    first = vault(tmp_path).keys_of(key(tmp_path), "person", SUBJECTS)
    assert vault(tmp_path).keys_of(key(tmp_path), "person", SUBJECTS[::-1]) == first[::-1]
    assert (
        vault(tmp_path).keys_of(key(tmp_path), "person", ["x", "x"])[0]
        == vault(tmp_path).keys_of(key(tmp_path), "person", ["x"])[0]
    )
    assert len({each.secret for each in first}) == len({each.handle for each in first}) == len(SUBJECTS)
    assert vault(tmp_path).find(key(tmp_path), [first[0].handle, b"0" * 16]) == [first[0], None]


def test_keyspaces_and_policy_keys_share_no_subject(tmp_path):
    other = Key("main", "1", b"x" * 32)
    drawn = [vault(tmp_path).keys_of(own, space, ["7"])[0] for own in (key(tmp_path), other) for space in ("person", "staff")]
    assert len({each.secret for each in drawn}) == 4


def test_an_epoch_does_not_change_who_a_subject_is(tmp_path):
    assert vault(tmp_path).keys_of(key(tmp_path), "person", ["7"]) == vault(tmp_path).keys_of(key(tmp_path, "2"), "person", ["7"])
    assert applied("token", ["7"], key(tmp_path)) != applied("token", ["7"], key(tmp_path, "2"))


@pytest.mark.parametrize("value", ["subject 77", "Zoë Weiß", "\ud800x", "0470123456"])
def test_a_forgotten_subject_is_in_no_byte_of_the_vault(tmp_path, value):
    """Rows come in the random order of their MACs, so that pages split and keep old copies; all of them must go."""
    for start in range(0, 400, 40):
        vault(tmp_path).keys_of(key(tmp_path), "person", [*SUBJECTS[start : start + 40], value])
    name = _names(key(tmp_path), "person", [value])[0]
    with _opened(vault_file(tmp_path)) as opened:
        row = _rows(opened, "name", [name])[name]
    secret = vault(tmp_path).keys_of(key(tmp_path), "person", [value])[0].secret
    assert all(part in bytes_of(tmp_path) for part in row)
    assert forget(tmp_path, [key(tmp_path)], "person", value, purpose="asked to be forgotten") == 1
    left = bytes_of(tmp_path)
    traces = [
        *row,
        secret,
        value.encode("utf-8", "surrogatepass"),
        value.encode("utf-16-le", "surrogatepass"),
        secret.hex().encode(),
    ]
    assert not [1 for trace in traces for at in range(0, len(trace) - 7, 4) if trace[at : at + 8] in left]
    assert sorted(path.name for path in (tmp_path / "vault").iterdir()) == ["subjects.sqlite"]
    assert all(vault(tmp_path).knows(key(tmp_path), "person", SUBJECTS[:76]))


def test_no_secret_lies_open_in_the_vault(tmp_path):
    made = vault(tmp_path).keys_of(key(tmp_path), "person", SUBJECTS)
    stored = bytes_of(tmp_path)
    assert not [1 for each in made if each.secret in stored]
    assert b"subject" not in stored.replace(b"subjects.sqlite", b"")
    assert (vault_file(tmp_path).stat().st_mode & 0o777, (tmp_path / "vault").stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("name", "values", "subjects", "parameters"),
    [
        ("token", ["7", "8", "7"], None, {}),
        ("hash", ["7", "8", "7"], None, {}),
        ("hash", ["7", "8", "7"], None, {"algorithm": "blake2b"}),
        ("encrypt", ["7", "8", "7"], None, {}),
        ("encrypt", ["a@x.example", "b@x.example", "a@x.example"], ["7", "8", "7"], {"by": "subject"}),
        ("date_shift", DATES, ["7", "8", "7"], {"days": [-9999, 9999]}),
        ("fake", ["a", "b", "a"], ["7", "8", "7"], {"of": "email"}),
    ],
)
def test_who_is_forgotten_gets_another_pseudonym_and_the_others_keep_theirs(tmp_path, name, values, subjects, parameters):
    before = applied(name, values, key(tmp_path), subjects=subjects, **parameters)
    assert before[0] == before[2] != before[1]
    assert applied(name, values, key(tmp_path), subjects=subjects, **parameters) == before
    assert forget(tmp_path, [key(tmp_path)], "person", "7", purpose="asked to be forgotten") == 1
    after = applied(name, values, key(tmp_path), subjects=subjects, **parameters)
    assert after[0] == after[2] != before[0]
    assert after[1] == before[1]


def test_what_was_encrypted_for_who_is_forgotten_is_erased(tmp_path):
    method, known = TRANSFORMS["encrypt"](), Context(Column("c"), key=key(tmp_path), keyspace="person")
    sealed = method.apply(pd.Series(["7", "8", None], dtype=object), known)
    assert list(method.reverse(sealed, known)) == ["7", "8", None]
    forget(tmp_path, [key(tmp_path)], "person", "7", purpose="asked to be forgotten")
    assert list(method.reverse(sealed, known)) == [None, "8", None]


def test_random_cells_of_one_subject_share_nothing(tmp_path):
    sealed = applied("encrypt", ["a", "a"], key(tmp_path), subjects=["7", "7"], by="subject", mode="random")
    handle = vault(tmp_path).keys_of(key(tmp_path), "person", ["7"])[0].handle
    assert sealed[0] != sealed[1]
    assert not [1 for each in sealed if handle.hex().translate(str.maketrans("0123456789abcdef", "BCDFGHJKLMNPQRST")) in each]


def test_rows_about_nobody_need_no_vault(tmp_path):
    marks = [f"{NOBODY}row t {row}" for row in range(3)]
    known = key(tmp_path, lasting=False)
    assert applied("date_shift", DATES, known, subjects=marks) == applied(
        "date_shift", DATES, Key("main", "1", SECRET), subjects=marks
    )


@pytest.mark.parametrize(
    ("name", "parameters", "subjects", "reason"),
    [
        ("fpe", {}, None, "one key for all"),
        ("encrypt", {"by": "subject"}, [f"{NOBODY}row t 1"], "without a data subject"),
    ],
)
def test_what_could_not_be_erased_is_refused(tmp_path, name, parameters, subjects, reason):
    with pytest.raises(TransformFailed, match=reason):
        applied(name, ["1234567"], key(tmp_path), subjects=subjects, **parameters)


def test_by_subject_needs_an_erasable_keyspace(tmp_path):
    for subjects in (None, Vault(vault_file(tmp_path), frozenset({"staff"}))):
        with pytest.raises(TransformFailed, match="erasable: true"):
            applied("encrypt", ["a"], Key("main", "1", SECRET, subjects), subjects=["7"], by="subject")


def test_who_only_looks_makes_no_key(tmp_path):
    with pytest.raises(KeyUnavailable, match="erased, or never seen"):
        vault(tmp_path, lasting=False).keys_of(key(tmp_path), "person", ["7"])
    assert vault(tmp_path).knows(key(tmp_path), "person", ["7"]) == [False]


def test_a_row_that_was_changed_is_refused(tmp_path):
    vault(tmp_path).keys_of(key(tmp_path), "person", ["7"])
    with _opened(vault_file(tmp_path)) as opened:
        opened.execute("UPDATE keys SET wrapped = zeroblob(48)")
    with pytest.raises(KeyUnavailable, match="restore"):
        vault(tmp_path).keys_of(key(tmp_path), "person", ["7"])


MAKER = """
import sys; from pathlib import Path; from tasks.vault import Vault; from veil.transforms.keys import Key
key = Key("main", "1", bytes(range(32)))
vault = Vault(Path(sys.argv[1]), frozenset({"person"}))
print([each.secret.hex() for each in vault.keys_of(key, "person", [str(number) for number in range(300)])][-100:])
"""


def test_of_two_processes_that_make_a_key_one_wins(tmp_path):
    file = vault_file(tmp_path)
    started = [subprocess.Popen([sys.executable, "-c", MAKER, str(file)], stdout=subprocess.PIPE) for _ in range(3)]
    printed = {process.communicate(timeout=120)[0] for process in started}
    assert len(printed) == 1
    assert [process.returncode for process in started] == [0, 0, 0]


def test_threads_share_a_vault(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: tuple(vault(tmp_path).keys_of(key(tmp_path), "person", SUBJECTS[:50])), range(8)))
    assert len(set(made)) == 1


def test_forgetting_is_noted_without_the_subject(tmp_path):
    vault(tmp_path).keys_of(key(tmp_path), "person", ["Zoë Weiß"])
    forget(tmp_path, [key(tmp_path)], "person", "Zoë Weiß", purpose="request 17")
    assert forget(tmp_path, [key(tmp_path)], "person", "nobody", purpose="request 18") == 0
    lines = [json.loads(line) for line in audit.audit_file(tmp_path).read_text().splitlines()]
    assert [line["action"] for line in lines] == ["forget", "forgotten"] * 2
    assert [line.get("purpose") for line in lines] == ["request 17", None, "request 18", None]
    text = audit.audit_file(tmp_path).read_text()
    assert "Zo" not in text
    assert "nobody" not in text
    assert SECRET.hex() not in text


def test_the_audit_log_misses_a_line_that_is_taken_out(tmp_path):
    file = audit.audit_file(tmp_path)
    for number in range(5):
        audit.append(file, "test", number=number, purpose="ä\ud800" * 40_000)
    assert audit.is_unbroken(file)
    assert (file.stat().st_mode & 0o777) == 0o600
    lines = file.read_bytes().splitlines(keepends=True)
    for changed in (
        [*lines[:2], *lines[3:]],
        [lines[1], lines[0], *lines[2:]],
        [lines[0].replace(b'"number": 0', b'"number": 1'), *lines[1:]],
    ):
        file.write_bytes(b"".join(changed))
        assert not audit.is_unbroken(file)


POLICY = """
policy: keys
version: 1
keys: {{main: {{from: {source}}}}}
keyspaces: {{person: {{key: main, erasable: {erasable}}}}}
tables:
  any: {{match: {{files: "*"}}}}
"""


def test_a_policy_says_which_keyspaces_are_erasable(tmp_path, monkeypatch):
    monkeypatch.setenv("VEIL_HOME", str(tmp_path))
    monkeypatch.setenv("VEIL_KEY", SECRET.hex())
    keyring = read_keys(load_policy(POLICY.format(source="env:VEIL_KEY", erasable="true")))
    assert keyring.vault == keyring.keys["main"].subjects == Vault(tmp_path / "vault" / "subjects.sqlite", frozenset({"person"}))
    assert read_keys(load_policy(POLICY.format(source="env:VEIL_KEY", erasable="false"))).keys["main"].subjects is None


def test_an_erasable_keyspace_needs_a_key_that_lasts(tmp_path, monkeypatch):
    monkeypatch.setenv("VEIL_HOME", str(tmp_path))
    with pytest.raises(KeyUnavailable, match="`person` is erasable"):
        read_keys(load_policy(POLICY.format(source="ephemeral", erasable="true")))


def test_worker_processes_get_the_vault_with_the_keys(tmp_path):
    """A process that had the policy's key alone would make pseudonyms that nothing could erase."""
    policy = load_policy(POLICY.format(source="env:VEIL_KEY", erasable="true"))
    keyring = Keyring({"main": key(tmp_path)}, {"main": "env"}, vault(tmp_path))
    job = Job.of(policy, keyring, Table("t", "u", "s", 1, (), "ingest"), Plan("t", "a", "b", None, (), ()), str(tmp_path))
    carried = Job.from_json(job.to_json()).key("main")
    assert carried.subjects == vault(tmp_path)
    assert (
        applied("token", ["7"], carried)
        == applied("token", ["7"], key(tmp_path))
        != applied("token", ["7"], Key("main", "1", SECRET))
    )


@pytest.mark.parametrize("source", ["ephemeral", "vault:x", "VEIL_KEY"])
def test_a_key_on_the_command_line_has_a_place_that_lasts(source):
    with pytest.raises(KeyUnavailable, match="env:NAME, file:PATH or prefect-secret:NAME"):
        key_from(source, "main", "1")
