"""The command line: `veil run`, `demo`, `verify`, `policy …` and more. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from flows.cli_reveal import add_commands as add_reveal_commands
from flows.cli_verify import add_command as add_verify_command
from flows.generate import add_command as add_generate_command
from veil.errors import VeilError

DESCRIPTION = "Turns drops of personal data into data sets that people can work with, each stage behind a gate."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code says why it failed (see veil/errors.py)."""
    options = _parser().parse_args(arguments)
    failure: VeilError
    try:
        return int(options.command(options))
    except VeilError as error:
        failure = error
    print(f"veil: {failure}", file=sys.stderr)
    return failure.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="veil", description=DESCRIPTION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="send a drop through the flow and release it, or hold it with a reason")
    run.add_argument("drop", metavar="DROP", help="a file, or a folder of files that make one drop")
    run.add_argument("--policy", default="gdpr", help="a policy file, or the name of one that ships with Veil (default: gdpr)")
    run.add_argument("--dataset", help="name of the data set (default: the drop's name)")
    _add_run_options(run)
    run.set_defaults(command=_run)
    demo = commands.add_parser("demo", help="make a drop of invented customers and orders and send it through the flow")
    demo.add_argument("--customers", type=int, default=10_000, metavar="N", help="how many (default: 10000)")
    _add_run_options(demo)
    demo.set_defaults(command=_demo)
    inventory = commands.add_parser("inventory", help="say what each column of a drop holds, and write it for a reviewer")
    inventory.add_argument("drop", metavar="DROP", help="a file, or a folder of files that make one drop")
    inventory.add_argument("--policy", default="", help="a policy whose recognizers and approvals are used (default: none)")
    inventory.add_argument("--output", metavar="FILE", help="YAML to write, and JSON beside it (default: DROP.inventory.yaml)")
    inventory.add_argument("--quiet", action="store_true", help="print the table only")
    inventory.set_defaults(command=_inventory)
    add_reveal_commands(commands)
    add_verify_command(commands)
    add_generate_command(commands)
    _add_policy_commands(commands.add_parser("policy", help="draft, check, explain and compare policies"))
    return parser


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FOLDER", help="where to publish (default: releases, or VEIL_RELEASES)")
    parser.add_argument("--seed", type=int, default=2026, help="of splits, training and samples; never of keys (default: 2026)")
    parser.add_argument("--epochs", type=int, help="training epochs, if not the policy's")
    parser.add_argument("--runner", choices=("threads", "processes", "dask"), default="", help="who transforms tables")
    parser.add_argument("--quiet", action="store_true", help="print the summary only")


def _add_policy_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    lint = commands.add_parser("lint", help="refuse a policy that is wrong or weak, with line, reason and repair")
    lint.add_argument("policy", help="a policy file, or the name of one that ships with Veil")
    lint.set_defaults(command=_lint)
    explain = commands.add_parser("explain", help="say what a policy makes of each column of a drop, and which line decided")
    explain.add_argument("policy", help="a policy file, or the name of one that ships with Veil")
    explain.add_argument("drop", metavar="DROP", help="a file, or a folder of files that make one drop")
    explain.add_argument("column", nargs="?", help="this column only")
    explain.set_defaults(command=_explain)
    init = commands.add_parser("init", help="draft a policy from a drop: every column decided, with a comment that says why")
    init.add_argument("drop", metavar="DROP", help="a file, or a folder of files that make one drop")
    init.add_argument("--output", metavar="FILE", help="the file to write (default: DROP.policy.yaml)")
    init.set_defaults(command=_init)
    diff = commands.add_parser("diff", help="say which columns' outputs would change from one policy to another, and why")
    diff.add_argument("before", metavar="A", help="a policy file, or the name of one that ships with Veil")
    diff.add_argument("after", metavar="B", help="another one")
    diff.add_argument("--drop", metavar="DROP", help="compare what becomes of the columns of this drop")
    diff.add_argument("--json", action="store_true", help="print JSON")
    diff.set_defaults(command=_diff)
    schema = commands.add_parser("schema", help="print the JSON schema of policies, for editors")
    schema.set_defaults(command=_schema)


def _run(options: argparse.Namespace) -> int:
    if _is_missing(options.drop):
        return 2
    return _anonymize(options, options.drop, options.policy, options.dataset)


def _is_missing(drop: str) -> bool:
    if not Path(drop).exists():
        print(f"veil: there is no file or folder {drop}", file=sys.stderr)
        return True
    return False


def _inventory(options: argparse.Namespace) -> int:
    """Run the inventory flow in this process, as `veil run` does with its own."""
    if _is_missing(options.drop):
        return 2
    from tasks.settings import read_settings, set_prefect_defaults

    drop = Path(options.drop).absolute()
    output = Path(options.output or f"{drop.name.split('.')[0]}.inventory.yaml").absolute()
    _show_progress("WARNING" if options.quiet else read_settings().log_level)
    set_prefect_defaults(quiet=True)
    from flows.inventory import INVENTORIES, inventory
    from tasks.inventory import claimed, table_lines

    claimed(output)
    state = inventory(drop=str(drop), policy=options.policy, output=str(output), return_state=True)
    made = INVENTORIES.get(str(state.state_details.flow_run_id))
    if made is None or made.path is None:
        print(f"veil: {made.message if made else f'the run ended {state.name}: {state.message}'}", file=sys.stderr)
        return made.exit_code if made else 1
    print("\n".join([*table_lines(made.classified), f"Written  {made.path}", f"         {made.path.with_suffix('.json')}"]))
    return 0


def _demo(options: argparse.Namespace) -> int:
    from tasks.demo import make_drop
    from tasks.settings import read_settings

    folder = read_settings().inbox / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    files = make_drop(folder, n_customers=options.customers, seed=options.seed)
    if not options.quiet:
        print(f"Made a drop of invented people: {', '.join(file.name for file in files)} in {folder}", file=sys.stderr)
    return _anonymize(options, str(folder), "demo", "demo")


def _anonymize(options: argparse.Namespace, drop: str, policy: str, dataset: str | None) -> int:
    """Run the Prefect flow in this process, on Prefect's embedded defaults unless PREFECT_API_URL names a server."""
    from tasks.settings import read_settings, set_prefect_defaults

    _show_progress("WARNING" if options.quiet else read_settings().log_level)
    set_prefect_defaults(quiet=True)
    from flows.anonymize import OUTCOMES, Options, anonymize
    from flows.summary import summary_lines

    state = anonymize(
        drop=str(Path(drop).absolute()),
        policy=policy,
        dataset=dataset,
        options=Options(seed=options.seed, epochs=options.epochs, out=options.out, runner=options.runner),
        return_state=True,
    )
    outcome = OUTCOMES.get(str(state.state_details.flow_run_id))
    if outcome is None:
        print(f"veil: the run ended {state.name}: {state.message}", file=sys.stderr)
        return 1
    if outcome.already:
        print(state.message)
        return 0
    print("\n".join(summary_lines(outcome.record, outcome.release, outcome.message)))
    return outcome.exit_code


def _show_progress(level: str) -> None:
    """Write the `veil` log to standard error; events with names and counts, no cell."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
    logger = logging.getLogger("veil")
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False


def _lint(options: argparse.Namespace) -> int:
    from tasks.policies import find_policy
    from veil.errors import PolicyInvalid
    from veil.policy import lint, load_policy

    policy = load_policy(find_policy(options.policy))
    problems = lint(policy)
    for problem in problems:
        print(problem.at(policy.source), file=sys.stderr)
    if problems:
        return PolicyInvalid.exit_code
    print(f"{policy.source}: no problem found (policy {policy.policy} version {policy.version}, sha256 {policy.sha256[:12]})")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from tasks.explain import explanations
    from tasks.settings import read_settings

    for line in explanations(options.policy, Path(options.drop), options.column, read_settings().work):
        print(line)
    return 0


def _init(options: argparse.Namespace) -> int:
    if _is_missing(options.drop):
        return 2
    from tasks.draft import draft, writable
    from tasks.settings import read_settings

    drop = Path(options.drop)
    output = writable(Path(options.output or f"{drop.name.split('.')[0]}.policy.yaml"))
    text = draft(drop, read_settings().work)
    with output.open("x", encoding="utf-8") as stream:
        stream.write(text)
    print(f"Written  {output}\nNext     read it line by line, then: veil run {drop} --policy {output}")
    return 0


def _diff(options: argparse.Namespace) -> int:
    if options.drop is not None and _is_missing(options.drop):
        return 2
    from tasks.difference import as_json, as_lines, difference
    from tasks.settings import read_settings

    found = difference(options.before, options.after, Path(options.drop) if options.drop else None, read_settings().work)
    print(as_json(found) if options.json else "\n".join(as_lines(found)))
    return 0


def _schema(_: argparse.Namespace) -> int:
    import json

    from veil.policy import json_schema

    print(json.dumps(json_schema(), indent=2, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
