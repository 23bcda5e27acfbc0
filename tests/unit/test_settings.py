from __future__ import annotations

from pathlib import Path

import pytest

from tasks.settings import read_keys, read_settings, releases_folder
from veil.errors import KeyUnavailable, ReleaseFailed
from veil.policy import load_policy

POLICY = """
policy: keys
version: 1
keys:
  main: {{{key}}}
tables:
  any: {{match: {{files: "*"}}}}
"""


def _keys(key: str):
    return read_keys(load_policy(POLICY.format(key=key)))


def test_a_key_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("VEIL_KEY", "00112233445566778899aabbccddeeff")
    keyring = _keys("from: env:VEIL_KEY, epoch: 2026-11")
    assert keyring.keys["main"].secret == bytes.fromhex("00112233445566778899aabbccddeeff")
    assert keyring.keys["main"].epoch == "2026-11"
    assert keyring.sources == {"main": "env"}


def test_a_missing_variable_is_refused_and_named(monkeypatch):
    monkeypatch.delenv("VEIL_KEY", raising=False)
    with pytest.raises(KeyUnavailable, match="VEIL_KEY is not set"):
        _keys("from: env:VEIL_KEY")


def test_a_missing_variable_may_be_replaced_by_a_key_of_this_run_only(monkeypatch):
    monkeypatch.delenv("VEIL_KEY", raising=False)
    first, second = (_keys("from: env:VEIL_KEY, otherwise: ephemeral") for _ in range(2))
    assert first.sources == {"main": "ephemeral"}
    assert first.keys["main"].secret != second.keys["main"].secret


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int):
    file = tmp_path / "key"
    file.write_text("00112233445566778899aabbccddeeff")
    file.chmod(mode)
    with pytest.raises(KeyUnavailable, match="chmod 600"):
        _keys(f"from: 'file:{file}'")


def test_a_private_key_file_is_read(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("00112233445566778899aabbccddeeff\n")
    file.chmod(0o600)
    assert len(_keys(f"from: 'file:{file}'").keys["main"].secret) == 16


@pytest.mark.parametrize("secret", ["tiny-one", "0011223344"])
def test_a_short_key_is_refused_without_being_shown(monkeypatch, secret: str):
    monkeypatch.setenv("VEIL_KEY", secret)
    with pytest.raises(KeyUnavailable, match="shorter than 16 bytes") as caught:
        _keys("from: env:VEIL_KEY")
    assert secret not in str(caught.value)


def test_no_key_is_in_the_repr_of_a_keyring(monkeypatch):
    monkeypatch.setenv("VEIL_KEY", "correct horse battery staple")
    assert "horse" not in repr(_keys("from: env:VEIL_KEY"))


def test_folders_come_from_the_environment(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("VEIL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VEIL_RELEASES", str(tmp_path / "out"))
    settings = read_settings()
    assert (settings.work, settings.releases) == (tmp_path / "home" / "work", tmp_path / "out")


@pytest.mark.parametrize(("out", "variable"), [(None, None), (None, ""), (None, "releases"), ("releases", "/srv/releases")])
def test_a_deployed_run_refuses_a_folder_that_goes_with_the_worker(monkeypatch, out, variable):
    monkeypatch.delenv("VEIL_RELEASES", raising=False)
    if variable is not None:
        monkeypatch.setenv("VEIL_RELEASES", variable)
    with pytest.raises(ReleaseFailed, match="set VEIL_RELEASES to an absolute path"):
        releases_folder(out, deployed=True)
    assert releases_folder(out, deployed=False) == Path("releases").absolute()


@pytest.mark.parametrize("deployed", [True, False])
def test_an_absolute_folder_is_taken_and_the_runs_own_goes_first(monkeypatch, tmp_path: Path, deployed: bool):
    monkeypatch.setenv("VEIL_RELEASES", str(tmp_path / "set"))
    assert releases_folder(None, deployed=deployed) == tmp_path / "set"
    assert releases_folder(str(tmp_path / "own"), deployed=deployed) == tmp_path / "own"
