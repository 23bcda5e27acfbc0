"""The stages and gates of a run, called one after the other without the Prefect engine, each timed as a lap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import Laps
from flows.record import Record, publication
from tasks.check import check
from tasks.classify import classify
from tasks.gates import check_gate, classify_gate, ingest_gate, plan_gate, synthesize_gate, transform_gate
from tasks.ingest import ingest
from tasks.plan import Planned, plan
from tasks.policies import declared_encodings, sound_policy
from tasks.release import release
from tasks.settings import read_keys
from tasks.stage import Stage
from tasks.synthesize import synthesize
from tasks.transform import transform
from veil.model import Epoch

MOMENT = "2026-01-01T00:00:00+00:00"


class Journey:
    """A drop on its way. A gate that does not pass is noted and does not end the measurement."""

    def __init__(self, laps: Laps, policy: str, folder: Path, *, seed: int) -> None:
        self.laps, self.folder = laps, folder
        self.work = str(folder / "work")
        Path(self.work).mkdir(mode=0o700, parents=True)
        with laps("policy"):
            self.policy = sound_policy(policy)
            self.keyring = read_keys(self.policy)
        self.record = Record("bench", seed, policy=self.policy, keyring=self.keyring)

    def transform(self, drop: Path) -> Planned:
        """Go from the drop to the transformed tables."""
        record, policy = self.record, self.policy
        record.drop = self._stage("ingest", ingest, str(drop), self.work, "bench", MOMENT, declared_encodings(policy))
        self._gate("ingest", ingest_gate, policy, record.drop)
        record.classified = self._stage("classify", classify, record.drop.tables, record.seed)
        self._gate("classify", classify_gate, policy, record.classified)
        planned = self._stage("plan", plan, policy, record.drop, record.classified)
        record.plans = planned.plans
        self._gate("plan", plan_gate, policy, record.classified, record.plans)
        given = (policy, self.keyring, record.classified, planned, self.work, record.seed)
        record.transformed = self._stage("transform", transform, *given)
        self._gate("transform", transform_gate, policy, record.transformed)
        return planned

    def finish(self, planned: Planned, epochs: int | None) -> None:
        """Go from the transformed tables to the release."""
        record, policy = self.record, self.policy
        left = record.transformed.classified
        given = (policy, "bench", left, planned, record.transformed, self.work, record.seed, epochs)
        record.synthesized = self._stage("synthesize", synthesize, *given, bar=no_bar)
        self._gate("synthesize", synthesize_gate, policy, record.synthesized.syntheses, record.synthesized.results)
        judged = (left, planned, record.transformed, record.synthesized, record.seed)
        record.checked = self._stage("check", check, *judged)
        self._gate("check", check_gate, policy, record.checked)
        with self.laps("release"):
            published = publication(record, "released", ("measured",), stopped_at=None, started_at=MOMENT, ended_at=MOMENT)
            release.fn(published, record.drop, str(self.folder / "releases"), MOMENT)

    def facts(self) -> dict[str, Any]:
        """Return rows and columns of the drop, the gates that did not pass, and the fidelity of each stand-in."""
        record = self.record
        results = record.checked.report.results if record.checked else ()
        return {
            "tables": [[table.n_rows, len(table.columns)] for table in record.drop.tables],
            "not_passed": [f"{gate.stage} ({', '.join(gate.failed)})" for gate in record.gates if not gate.passed],
            "fidelity": [round(result.value, 4) for result in results if result.check == "fidelity" and result.value is not None],
        }

    def _stage(self, name: str, stage: Stage[Any, Any], *args: Any, **kwargs: Any) -> Any:
        with self.laps(name):
            return stage.fn(*args, **kwargs)

    def _gate(self, name: str, gate: Stage[Any, Any], *args: Any) -> None:
        self.record.gates.append(self._stage(f"{name} gate", gate, *args))


def no_bar(_dataset: str, _table: str) -> Callable[[Epoch, int], None]:
    """Show nothing while a synthesizer trains."""
    return lambda _epoch, _n_epochs: None
