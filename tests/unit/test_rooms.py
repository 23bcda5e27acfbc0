"""Every boundary of SECURITY.md has one room, and nothing of it stands elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for package in ("flows", "tasks", "veil") for path in (ROOT / package).rglob("*.py"))


def _names(path: Path) -> Iterator[str]:
    """Yield every dotted name that a file imports or uses, as written."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node) if isinstance(node.value, (ast.Name, ast.Attribute)) else node.attr


ROOMS = [
    (("os.environ", "os.getenv"), "", ("tasks/settings.py",)),
    (("prefect.artifacts",), "", ("tasks/artifacts.py",)),
    (("pyarrow.parquet", "pyarrow.csv", "pa_csv.", "pq."), "", ("tasks/store/",)),
    # The engine of `argn` knows its weights as torch files only: they are read with `weights_only`, in a process of its own.
    (("pickle", "joblib", "dill", "cloudpickle", "torch.load", "torch.save"), "", ("veil/synthesizers/engines/worker.py",)),
    (("prefect",), "veil/", ()),
    (("requests", "urllib.request", "http.client", "socket", "httpx"), "", ()),
    (("time.time", "datetime.now", "datetime.datetime.now", "date.today", "datetime.date.today"), "veil/", ()),
    (("random.random", "random.seed", "np.random.seed", "numpy.random.seed"), "veil/", ("veil/synthesizers/ctgan_library.py",)),
    (("secrets.token_bytes", "os.urandom"), "", ("tasks/settings.py", "tasks/vault.py", "veil/transforms/ciphers/sealed.py",
                                                 "veil/transforms/private_noise.py")),
    (("great_expectations",), "", ("veil/gate.py",)),
    (("ctgan",), "", ("veil/synthesizers/ctgan_library.py",)),
]


@pytest.mark.parametrize(("names", "inside", "rooms"), ROOMS, ids=[names[0] for names, *_ in ROOMS])
def test_it_stands_in_its_room_only(names: tuple[str, ...], inside: str, rooms: tuple[str, ...]):
    for path in FILES:
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith(inside) or place.startswith(rooms or "\0"):
            continue
        used = [name for name in _names(path) if any(name == own or name.startswith(f"{own}.") for own in names)]
        assert not used, f"{place}: {used}"


def test_print_is_for_the_command_line_only():
    for path in FILES:
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        prints = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
        assert not prints or path.name == "cli.py", path
