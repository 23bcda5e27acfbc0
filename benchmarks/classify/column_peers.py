"""The peers on the same tables in the same run: each in its own environment, its labels read as Veil's entities."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.classify.column_report import summary_lines
from benchmarks.classify.column_run import Judged, Run
from benchmarks.classify.column_score import score
from benchmarks.classify.column_tables import write_tables
from benchmarks.classify.environment import ENVIRONMENTS
from benchmarks.classify.tables.model import LabelledTable, Truth

WORKER: Final = Path(__file__).resolve().parent / "column_peer_worker.py"
LIMIT_SECONDS: Final = 1800
_PERSON: Final = ("PERSON", "FIRST_NAME", "LAST_NAME", "MIDDLE_NAME")
_PLACE: Final = ("CITY", "REGION", "COUNTRY", "STREET_ADDRESS", "ADDRESS", "ADDRESS_LINE", "POSTCODE", "LOCATION", "COORDINATE")
_DATE: Final = ("EVENT_DATE", "BIRTH_DATE", "DATE_TIME", "CARD_EXPIRY")
_NATIONAL: Final = ("NATIONAL_ID", "TAX_ID", "HEALTH_INSURANCE_ID")
_DIGEST: Final = ("PASSWORD", "SESSION_ID", "CRYPTO", "RECORD_ID", "DEVICE_ID")
READ_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "PERSON": _PERSON, "LOCATION": _PLACE, "DATE_TIME": _DATE, "NRP": ("NRP", "NATIONALITY", "RELIGION", "ETHNICITY", "POLITICS"),
    "US_SSN": ("US_SSN", "NATIONAL_ID"), "US_ITIN": _NATIONAL, "US_PASSPORT": ("PASSPORT",),
    "US_DRIVER_LICENSE": ("DRIVING_LICENSE",), "US_BANK_NUMBER": ("ACCOUNT_NUMBER",), "UK_NHS": _NATIONAL,
    "UK_NINO": _NATIONAL, "ES_NIF": _NATIONAL, "ES_NIE": _NATIONAL,
    "IT_FISCAL_CODE": _NATIONAL, "IT_VAT_CODE": ("VAT_ID",), "PL_PESEL": _NATIONAL, "FI_PERSONAL_IDENTITY_CODE": _NATIONAL,
    "ADDRESS": _PLACE, "BAN": ("ACCOUNT_NUMBER", "IBAN_CODE"), "DATE": _DATE, "DATETIME": _DATE, "TIME": _DATE,
    "DRIVERS_LICENSE": ("DRIVING_LICENSE",), "UUID": ("RECORD_ID", "SESSION_ID", "DEVICE_ID"), "HASH_OR_KEY": _DIGEST,
    "IPV4": ("IP_ADDRESS",), "IPV6": ("IP_ADDRESS",), "SSN": ("US_SSN", "NATIONAL_ID"), "US_STATE": ("REGION",),
}
"""A peer's coarser label stands for any of these entities, whichever is true: the reading that favors the peer."""
NOTHING: Final = frozenset({"NON_PII", "UNKNOWN", "BACKGROUND", "PAD", "INTEGER", "FLOAT", "QUANTITY", "ORDINAL"})


def peer_lines(tables: Sequence[LabelledTable], title: str, veil_seconds: float) -> Iterator[str]:
    """Yield each peer's figures, or the sentence that says why there are none."""
    with tempfile.TemporaryDirectory(prefix="veil-peers-") as name:
        write_tables(tables, Path(name))
        for peer in ENVIRONMENTS:
            run = run_peer(peer, tables, Path(name))
            if isinstance(run, str):
                yield run
                continue
            yield from summary_lines(f"{peer}, {title}, {len(tables)} tables", score(run.judged), run.seconds)
            yield f"  CPU                  {run.seconds / max(veil_seconds, 1e-9):.1f} times Veil's"


def run_peer(peer: str, tables: Sequence[LabelledTable], folder: Path) -> Run | str:
    """Let a peer label written tables; a sentence if it is not installed or fails."""
    environment = ENVIRONMENTS[peer]
    if not environment.python.exists():
        return f"{peer}: not measured, no {environment.folder.name}; make it with python -m benchmarks.classify peers-env"
    command = [str(environment.python), str(WORKER), peer, str(folder)]
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False, env=variables)
    except subprocess.TimeoutExpired:
        return f"{peer}: not measured, it took over {LIMIT_SECONDS} s"
    if done.returncode:
        # The last line names the error's type; what follows the colon may hold a cell of a user's own tables.
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"{peer}: not measured, its process ended with {last.partition(':')[0]}"
    return _judged(json.loads(done.stdout.splitlines()[-1]), tables)


def _judged(answer: Mapping[str, Any], tables: Sequence[LabelledTable]) -> Run:
    judged = [
        Judged(table.name, table.language, column, truth, entity_of(answer["tables"][table.name].get(column, "NON_PII"), truth))
        for table in tables
        for column, truth in table.truth.items()
    ]
    return Run(tuple(judged), float(answer["seconds"]))


def entity_of(label: str, truth: Truth) -> str | None:
    """Return the entity that a label is read as, given what is true: the accepted one among those it may stand for."""
    if label in NOTHING:
        return None
    meanings = READ_AS.get(label, (label,))
    accepted = () if truth is None or isinstance(truth, str) else truth
    return next((entity for entity in meanings if entity in accepted), meanings[0])
