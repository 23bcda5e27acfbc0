"""What a run has made so far, and how that is told: to the report, the manifest, the evidence and the summary."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.generations import ORIGINAL, Ancestry
from tasks.release import Publication
from tasks.released import keyspace_facts
from veil.legal import legal_label
from veil.model import Decision, GateResult, Plan
from veil.recognizers.models import find_models
from veil.report import FileFacts, KeyFacts, PolicyFacts, ReportContent, SynthesisFacts

if TYPE_CHECKING:
    from tasks.check import Checked
    from tasks.classify import Classification
    from tasks.settings import Keyring
    from tasks.synthesize import Synthesized
    from tasks.transform import Transformed
    from veil.model import Drop, Stage
    from veil.policy import Policy

LIBRARIES = ("prefect", "great_expectations", "presidio-analyzer", "presidio-anonymizer", "spacy", "onnxruntime", "tokenizers",
             "py3langid", "google-re2", "phonenumbers", "python-stdnum", "pandas", "numpy", "pyarrow", "ctgan", "torch",
             "scikit-learn")  # fmt: skip


@dataclass
class Record:
    """The notebook of one run: filled stage by stage, so that a run that is held can tell how far it came."""

    dataset: str
    seed: int
    policy: Policy | None = None
    keyring: Keyring | None = None
    drop: Drop | None = None
    classified: tuple[Classification, ...] = ()
    plans: tuple[Plan, ...] = ()
    transformed: Transformed | None = None
    synthesized: Synthesized | None = None
    checked: Checked | None = None
    gates: list[GateResult] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    flow_run: str = ""
    origin: Ancestry = ORIGINAL


def publication(
    record: Record, decision: Decision, reasons: tuple[str, ...], *, stopped_at: Stage | None, started_at: str, ended_at: str
) -> Publication:
    """Gather what is published of a run; the tables go along only if it was released."""
    content = _content(record, decision, reasons, stopped_at)
    released = decision == "released"
    run = {
        "started_at": started_at,
        "ended_at": ended_at,
        "seconds": {name: round(value, 3) for name, value in record.seconds.items()},
        "prefect_flow_run": record.flow_run,
        "drop_received_at": record.drop.received_at if record.drop else None,
    }
    return Publication(
        content=content,
        manifest=_manifest(record, content),
        evidence=_evidence(record),
        run=run,
        transformed=record.transformed.tables if released and record.transformed else (),
        synthetic=tuple(made.synthetic for made in record.synthesized.syntheses) if released and record.synthesized else (),
        models=Path(record.synthesized.models) if released and record.synthesized and record.synthesized.models else None,
        formulas=record.policy.defaults.formulas if record.policy else "escape",
    )


def _content(record: Record, decision: Decision, reasons: tuple[str, ...], stopped_at: Stage | None) -> ReportContent:
    policy, drop, synthesized = record.policy, record.drop, record.synthesized
    made = synthesized.syntheses if synthesized else ()
    return ReportContent(
        dataset=record.dataset,
        decision=decision,
        reasons=reasons,
        legal_label=legal_label(record.plans).words if record.plans else "",
        stopped_at=stopped_at,
        drop_sha256=drop.sha256 if drop else "",
        files=tuple(FileFacts.of(file) for file in drop.files) if drop else (),
        policy=PolicyFacts(policy.policy, str(policy.version), policy.sha256) if policy else None,
        keys=_keys(record),
        code_version=version(),
        seed=record.seed,
        findings=tuple(finding for each in record.classified for finding in each.findings),
        profiles={each.table.name: each.profiles for each in record.classified},
        searches={each.table.name: each.search for each in record.classified},
        plans=record.plans,
        gates=tuple(record.gates),
        checks=record.checked.report if record.checked else None,
        transformed=record.transformed.results if record.transformed else (),
        syntheses=tuple(SynthesisFacts.of(synthesis.synthetic.name, synthesis) for synthesis in made),
        histories={synthesis.synthetic.name: synthesis.history for synthesis in made},
        digests=_table_digests(record),
        models_missing=tuple(sorted({model for each in record.classified for model in each.missing_models})),
        notes=(*_origin_notes(record), *(synthesized.notes if synthesized else ())),
    )


def _origin_notes(record: Record) -> tuple[str, ...]:
    if not record.origin.parents:
        return ()
    return (f"This drop is synthetic itself, generation {record.origin.generation}: {' / '.join(record.origin.parents[:3])}.",)


def _keys(record: Record) -> tuple[KeyFacts, ...]:
    if record.keyring is None:
        return ()
    sources = record.keyring.sources
    return tuple(
        KeyFacts(name, key.epoch, sources[name], "" if sources[name] == "ephemeral" else key.fingerprint)  # type: ignore[arg-type]
        for name, key in sorted(record.keyring.keys.items())
    )


def _table_digests(record: Record) -> dict[str, str]:
    digests = {f"drop/{file.name}": file.sha256 for file in record.drop.files} if record.drop else {}
    digests |= {f"transformed/{table.name}": table.sha256 for table in record.transformed.tables} if record.transformed else {}
    made = record.synthesized.syntheses if record.synthesized else ()
    return digests | {f"synthetic/{synthesis.synthetic.name}": synthesis.synthetic.sha256 for synthesis in made}


def _manifest(record: Record, content: ReportContent) -> Mapping[str, Any]:
    return {
        "dataset": content.dataset,
        "decision": content.decision,
        "reasons": content.reasons,
        "stopped_at": content.stopped_at,
        "legal_label": content.legal_label,
        "legal_label_because": legal_label(record.plans).because if record.plans else (),
        "drop": {"sha256": content.drop_sha256, "files": content.files},
        "policy": content.policy,
        "plan_sha256": {plan.table: plan_sha256(plan) for plan in record.plans},
        "keys": content.keys,
        "seed": content.seed,
        "tables": content.digests,
        "synthetic": _generation(record),
        "gates": {gate.stage: {"passed": gate.passed, "failed": gate.failed} for gate in content.gates},
        "versions": {"veil": version(), "code_sha256": code_sha256(), **libraries()},
    }


def _generation(record: Record) -> dict[str, Any]:
    """Return of which generation the stand-ins are, and which files of the drop were stand-ins themselves."""
    made = bool(record.synthesized and record.synthesized.syntheses)
    return {"generation": record.origin.generation + made, "synthetic_sources": record.origin.parents}


def _evidence(record: Record) -> dict[str, Any]:
    evidence: dict[str, Any] = {f"gate-{gate.stage}": gate for gate in record.gates}
    if record.drop:
        evidence["formats"] = {file.name: file.format for file in record.drop.files}
    if record.classified:
        evidence["findings"] = {each.table.name: each.findings for each in record.classified}
        evidence["singled-out"] = {each.table.name: each.search for each in record.classified}
    if record.plans:
        evidence["plan"] = {plan.table: plan for plan in record.plans}
        if record.policy:
            evidence["keyspaces"] = keyspace_facts(record.policy, record.plans, [each.table for each in record.classified])
    if record.synthesized:
        evidence["race"] = {made.synthetic.name: made.race for made in record.synthesized.syntheses if made.race}
        evidence["asked"] = {made.synthetic.name: made.asked for made in record.synthesized.syntheses if made.asked}
        evidence["training"] = {made.synthetic.name: made.history for made in record.synthesized.syntheses}
    if record.checked:
        evidence["checks"] = record.checked.report.results
        evidence["models"] = record.checked.report.models
    return evidence


def plan_sha256(plan: Plan) -> str:
    """Return the digest of a plan in its canonical form."""
    from veil.model import to_json

    return hashlib.sha256(to_json(plan).encode()).hexdigest()


def version() -> str:
    """Return the installed version of Veil."""
    return importlib.metadata.version("veil-data")


@cache
def libraries() -> dict[str, str]:
    """Return the versions of the libraries and language models that can change a result."""
    models = dict(model.split(" ", 1) for model in find_models().installed)
    return {**{name: importlib.metadata.version(name) for name in LIBRARIES}, **models}


@cache
def code_sha256() -> str:
    """Return the digest of Veil's own source files and word lists, in name order."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    files = (path for package in ("flows", "tasks", "veil") for path in (root / package).rglob("*"))
    for path in sorted(path for path in files if path.suffix in (".py", ".txt")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
