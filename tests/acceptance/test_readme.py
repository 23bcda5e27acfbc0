"""The README's commands are run, or are known to be run by another test; a command that is neither fails here."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.acceptance.small import POLICY, write_people

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# `make demo` and `make test` are run by whoever runs this; the servers by tests/integration, with these very words.
ELSEWHERE = {"make demo", "make test"}


def _commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


VEIL = [command for command in _commands() if command.startswith("veil ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader of the README has it: a drop and a policy."""
    here = tmp_path_factory.mktemp("readme")
    write_people(here, name="people.csv").rename(here / "customers.csv")
    (here / "my-policy.yaml").write_text(POLICY)
    page = (ROOT / "docs" / "generate.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(schema: shop.*?)```", page, flags=re.DOTALL)
    assert example is not None
    (here / "shop.yaml").write_text(example.group(1))
    return here


@pytest.mark.parametrize("command", VEIL)
def test_a_command_of_the_readme_does_what_it_says(command: str, folder: Path):
    environment = {**os.environ, "VEIL_HOME": str(folder / "home"), "VEIL_RELEASES": str(folder / "releases")}
    words, _, target = command.partition(" > ")
    if "RELEASE" in words:  # the folder that the commands before it made
        words = words.replace("RELEASE", str(next((folder / "releases").rglob("manifest.json")).parent))
    program = [sys.executable, "-m", "flows.cli", *shlex.split(words)[1:]]
    if words.startswith("veil run"):
        program += ["--epochs", "40"]
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True)
    # A drop of 400 rows is too small for the default policy to release: the run is held with a reason, and says so.
    assert done.returncode in ((0, 20) if words.startswith("veil run") else (0,)), done.stderr
    if words.startswith("veil run"):
        assert "Decision   " in done.stdout
        assert list((folder / "releases").rglob("report.html"))
    if target:
        assert json.loads(done.stdout)["title"]
    if "explain" in words:
        assert "`email`" in done.stdout
        assert "rules[" in done.stdout


def test_every_other_command_is_tested_elsewhere():
    others = [command for command in _commands() if command not in VEIL]
    servers = "\n".join(path.read_text() for path in (ROOT / "tests" / "integration").glob("*.py"))
    for command in others:
        if command in ELSEWHERE:
            target = command.split()[1]
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
        else:
            assert command.split()[0] == "prefect"
            assert command.split()[1] in servers
            assert shutil.which("prefect", path=str(Path(sys.executable).parent))


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_policy_in_the_readme_is_part_of_a_policy_that_loads():
    from veil.policy import load_policy

    (block,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    assert yaml.safe_load(block)["tables"]
    policy = load_policy(f"policy: readme\nversion: 1\nkeys: {{main: {{from: ephemeral}}}}\n{block}")
    assert list(policy.tables["customers"].columns) == ["customer_id", "full_name", "birth_date", "segment"]
