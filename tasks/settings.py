"""The only reader of the environment: where things lie, and the keys that a policy refers to.

VEIL_HOME       folder of the inbox and of the work in progress; default `.veil` in the current folder
VEIL_RELEASES   folder that releases and held runs are published in; default `releases`; deployed runs demand an absolute path
VEIL_WORKERS    most processes that transform a table, this one included; default the number of cores
VEIL_RUNNER     who transforms a table: threads, processes (the default) or dask
VEIL_DASK_SCHEDULER    address of the Dask scheduler; without it, a cluster of VEIL_WORKERS workers is started on this machine
VEIL_DASK_UNENCRYPTED  `accepted`: a scheduler on another machine may be spoken to without TLS
VEIL_SIGNING_KEY_FROM  the key that signs manifests: env:NAME, file:PATH or prefect-secret:NAME; unset, none is signed
VEIL_LOG_LEVEL  level of the `veil` logger; default INFO
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from tasks.signing import require_seed
from veil.errors import KeyUnavailable, ReleaseFailed, VeilError
from veil.transforms.keys import MIN_KEY_BYTES, Key

if TYPE_CHECKING:
    from tasks.vault import Vault
    from veil.policy import Policy

RunnerName = Literal["threads", "processes", "dask"]

# Prefect and others store, show and phone home by these; Veil's defaults are local and silent. What the operator sets stays.
PREFECT_DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # The stages run outside of a flow in `veil policy explain`; their events have no page to be shown on then.
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "GX_ANALYTICS_ENABLED": "false",
    # Idle OpenMP threads that spin make a fit 40 times slower when another process is busy.
    "OMP_WAIT_POLICY": "PASSIVE",
}


@dataclass(frozen=True)
class Settings:
    """Folders, the log level, and who transforms tables."""

    home: Path
    releases: Path
    log_level: str
    workers: int = 1
    runner: RunnerName = "processes"
    scheduler: str = ""
    unencrypted: bool = False

    @property
    def work(self) -> Path:
        """Where rows of a run lie while it lasts; mode 0700, one folder per run, removed when the run ends."""
        return self.home / "work"

    @property
    def inbox(self) -> Path:
        """Where a relative drop is looked for when it is not in the current folder."""
        return self.home / "inbox"


@dataclass(frozen=True)
class Keyring:
    """The keys of a run by their name in the policy, and where each came from; no bytes in its repr.

    `vault` holds data subjects' own keys, where a keyspace is erasable; each of the keys knows it.
    """

    keys: dict[str, Key]
    sources: dict[str, str]
    vault: Vault | None = None


def read_settings() -> Settings:
    """Return the settings of the environment."""
    return Settings(
        home=Path(os.environ.get("VEIL_HOME", ".veil")).resolve(),
        releases=Path(os.environ.get("VEIL_RELEASES") or "releases").resolve(),
        log_level=os.environ.get("VEIL_LOG_LEVEL", "INFO").upper(),
        workers=_workers(os.environ.get("VEIL_WORKERS", "")),
        runner=_runner(os.environ.get("VEIL_RUNNER") or "processes"),
        scheduler=os.environ.get("VEIL_DASK_SCHEDULER", ""),
        unencrypted=os.environ.get("VEIL_DASK_UNENCRYPTED") == "accepted",
    )


def _runner(written: str) -> RunnerName:
    if written not in get_args(RunnerName):
        raise VeilError(f"VEIL_RUNNER is none of {', '.join(get_args(RunnerName))}")
    return cast(RunnerName, written)


def _workers(written: str) -> int:
    if not written:
        return len(os.sched_getaffinity(0))
    if not written.isdecimal() or not 1 <= int(written) <= 256:
        raise VeilError("VEIL_WORKERS is not a number from 1 to 256")
    return int(written)


def releases_folder(out: str | None, *, deployed: bool) -> Path:
    """Return the folder to publish in: as asked for, else as VEIL_RELEASES says.

    Raises
    ------
    ReleaseFailed : a deployed run would publish in a relative folder. A worker runs a flow in a temporary folder that it removes
        afterwards, and the release with it.
    """
    wanted = Path(out or os.environ.get("VEIL_RELEASES") or "releases").expanduser()
    if deployed and not wanted.is_absolute():
        raise ReleaseFailed(
            "no folder for releases: set VEIL_RELEASES to an absolute path in the worker's environment, or give the run one "
            "in options.out; nothing was read"
        )
    return wanted.resolve()


def inventory_file(settings: Settings, output: str, name: str, *, deployed: bool) -> Path:
    """Return the file that an inventory is written to: as asked for, else a new one in the folder `inventories` of VEIL_HOME.

    Raises
    ------
    ReleaseFailed : a deployed run would write to a relative path, in a temporary folder that goes when the run ends.
    """
    wanted = Path(output).expanduser()
    if deployed and output and not wanted.is_absolute():
        raise ReleaseFailed(f"the output {output} is not an absolute path on the worker's machine; give one, or none")
    if output:
        return wanted.resolve()
    folder = settings.home / "inventories"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{name}.yaml"


def set_prefect_defaults(*, quiet: bool = False) -> None:
    """Set what Prefect reads at import, where the operator has not; must run before `prefect` is imported."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    if quiet:
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
        os.environ.setdefault("PREFECT_LOGGING_SERVER_LEVEL", "CRITICAL")


def read_keys(policy: Policy) -> Keyring:
    """Fetch every key that the policy names, before any data is read.

    Where a keyspace is erasable, the keys know the vault of the workspace, in which its data subjects' own keys lie.

    Raises
    ------
    KeyUnavailable : a variable that is not set, a file that others may read, a key shorter than 16 bytes; an erasable keyspace
        whose key would be gone after this run, and the vault's keys with it.
    """
    keys: dict[str, Key] = {}
    sources: dict[str, str] = {}
    vault = _vault(policy)
    for name, declared in policy.keys.items():
        secret, sources[name] = _secret(name, declared.source, declared.otherwise)
        keys[name] = Key(name=name, epoch=declared.epoch or "", secret=secret, subjects=vault)
    for name in sorted(vault.erasable if vault else ()):
        if sources[policy.keyspaces[name].key] == "ephemeral":
            raise KeyUnavailable(
                f"keyspace `{name}` is erasable, but its key is ephemeral; give it one that lasts, env:NAME or file:PATH"
            )
    return Keyring(keys, sources, vault)


def read_signing_key() -> bytes | None:
    """Return the seed that manifests are signed with, None where none is to be signed.

    Raises
    ------
    KeyUnavailable : it is named and cannot be had, or is not 32 bytes long.
    """
    source = os.environ.get("VEIL_SIGNING_KEY_FROM", "")
    if not source:
        return None
    if source.partition(":")[0] not in ("env", "file", "prefect-secret"):
        raise KeyUnavailable("VEIL_SIGNING_KEY_FROM takes env:NAME, file:PATH or prefect-secret:NAME")
    seed, _ = _secret("signing", source, None)
    require_seed(seed)
    return seed


def key_from(source: str, name: str, epoch: str) -> Key:
    """Return a key from `env:NAME`, `file:PATH` or `prefect-secret:NAME`, for who names its place on the command line."""
    if source.partition(":")[0] not in ("env", "file", "prefect-secret"):
        raise KeyUnavailable(f"key `{name}`: `--key-from` takes env:NAME, file:PATH or prefect-secret:NAME")
    return Key(name, epoch, _secret(name, source, None)[0])


def _vault(policy: Policy) -> Vault | None:
    from tasks.vault import Vault, vault_file

    erasable = frozenset(name for name, keyspace in policy.keyspaces.items() if keyspace.erasable)
    return Vault(vault_file(read_settings().home), erasable) if erasable else None


def _secret(name: str, source: str, otherwise: str | None) -> tuple[bytes, str]:
    kind, _, place = source.partition(":")
    if kind == "ephemeral":
        return secrets.token_bytes(32), "ephemeral"
    if kind == "env":
        text = os.environ.get(place)
        if text:
            return _decoded(name, text), "env"
        if otherwise == "ephemeral":
            return secrets.token_bytes(32), "ephemeral"
        raise KeyUnavailable(f"key `{name}`: the environment variable {place} is not set; set it, or use `ephemeral`")
    if kind == "file":
        return _decoded(name, _private_text(name, Path(place))), "file"
    if kind == "prefect-secret":
        return _decoded(name, _prefect_secret(name, place)), "prefect-secret"
    raise KeyUnavailable(
        f"key `{name}`: `{kind}` is not a source of keys; use env:NAME, file:PATH, prefect-secret:NAME or ephemeral"
    )


def _prefect_secret(name: str, block: str) -> str:
    """Fetch a Secret block from the Prefect server. Its errors are told by what to do: their text could hold what was fetched."""
    from prefect.blocks.system import Secret

    try:
        loaded: Any = Secret.load(block, _sync=True)  # type: ignore[call-arg]  # Prefect adds it, and its types leave it out
        held = loaded.get()
    except Exception:  # noqa: BLE001
        held = None
    if not isinstance(held, str):
        raise KeyUnavailable(f"key `{name}`: the Prefect server has no Secret block `{block}` of text, or does not answer")
    return held


def _private_text(name: str, path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError:
        mode = 0
    if not stat.S_ISREG(mode):
        raise KeyUnavailable(f"key `{name}`: {path} is not a file that can be read")
    if mode & 0o077:
        raise KeyUnavailable(f"key `{name}`: others may read {path}; run `chmod 600` on it")
    return path.read_text(encoding="utf-8")


def _decoded(name: str, text: str) -> bytes:
    """Read a key as hex or base64 where it is written so, else as it stands; refuse what is too short to be one."""
    stripped = text.strip()
    for decode in (bytes.fromhex, lambda value: base64.b64decode(value, validate=True)):
        try:
            secret = decode(stripped)
        except (ValueError, binascii.Error):
            continue
        if len(secret) >= MIN_KEY_BYTES:
            return secret
    if len(stripped.encode()) < MIN_KEY_BYTES:
        raise KeyUnavailable(f"key `{name}`: shorter than {MIN_KEY_BYTES} bytes; make one with `openssl rand -hex 32`")
    return stripped.encode()
