"""A made-up run of a small shop for the report's tests: released with two tables, held at transform, and held before anything."""

import dataclasses
import math

import numpy as np

from veil.model import (
    Association,
    CheckReport,
    CheckResult,
    ColumnProfile,
    Comparison,
    Epoch,
    Expectation,
    Finding,
    GateResult,
    ModelScore,
    Plan,
    Step,
)
from veil.report import FileFacts, KeyFacts, PolicyFacts, ReportContent, SynthesisFacts

DIGEST = "3f1a9c0e5b7d24688ac1f0937be4d512aa06c7e98d3b4f1052c6e7a8b9d0f1e2"
CUSTOMERS = (
    # column, entity, role, confidence, recognizer, transform, parameters, effect, reason
    ("customer_id", "CUSTOMER_ID", "direct", 0.99, "column names", "token", {"in": "person", "prefix": "C"}, "pseudonymize",
     "name says customer id; every value is unique"),
    ("full_name", "PERSON", "direct", 0.97, "spacy", "fake", {"of": "person_name", "locale": "nl_BE", "sex_from": "gender"},
     "fake",     "480 of 500 sampled values are names"),
    ("email", "EMAIL_ADDRESS", "direct", 1.0, "patterns", "fake", {"of": "email", "in": "email", "unique": True}, "fake",
     "500 of 500 sampled values are e-mail addresses"),
    ("mobile", "PHONE_NUMBER", "direct", 0.98, "phones", "fake", {"of": "phone", "region": "BE"}, "fake",
     "497 of 500 sampled values are valid phone numbers"),
    ("birth_date", "BIRTH_DATE", "quasi", 0.93, "column names", "age_band", {"width": 5, "top": 90}, "generalize",
     "dates between 18 and 100 years ago; the name says birth date"),
    ("postcode", "POSTCODE", "quasi", 0.9, "column names", "postcode_prefix", {"keep": 2}, "generalize", "name says postcode"),
    ("gender", "GENDER", "quasi", 0.88, "dictionary", "keep", {}, "keep", "needed for segment counts"),
    ("religion", "RELIGION", "sensitive", 0.84, "dictionary", "drop", {}, "suppress", "special category; no purpose for it"),
    ("income", "SALARY", "sensitive", 0.71, "column names", "top_bottom", {"top": 0.99, "bottom": 0.01}, "generalize",
     "name says income"),
    ("signup_at", "EVENT_DATE", "quasi", 0.8, "shapes", "date_shift", {"days": [-180, 180], "weeks_only": True}, "perturb",
     "dates with times; every record has one"),
    ("note", "FREE_TEXT", "direct", 0.95, "text", "redact_text", {"using": ["ner", "patterns", "subject"], "replace": "fake"},
     "fake",     "texts of 14 words on average; names found in 212 of 500 sampled"),
    ("segment", None, "other", 0.99, "statistics", "keep", {}, "keep", "no finding"),
    ("visits", None, "other", 0.99, "statistics", "keep", {}, "keep", "no finding"),
)  # fmt: skip
ORDERS = (
    ("order_id", "RECORD_ID", "direct", 0.96, "column names", "token", {"in": "order", "prefix": "O"}, "pseudonymize",
     "name says order id; every value is unique"),
    ("customer_id", "CUSTOMER_ID", "direct", 0.99, "column names", "token", {"in": "person", "prefix": "C"}, "pseudonymize",
     "name says customer id"),
    ("ordered_at", "EVENT_DATE", "quasi", 0.82, "shapes", "date_shift", {"days": [-180, 180], "weeks_only": True}, "perturb",
     "dates with times"),
    ("channel", None, "other", 0.99, "statistics", "keep", {}, "keep", "no finding"),
    ("amount", None, "other", 0.97, "statistics", "keep", {}, "keep", "no finding"),
    ("returned", None, "other", 0.99, "statistics", "keep", {}, "keep", "no finding"),
)  # fmt: skip
TABLES = {"customers": CUSTOMERS, "orders": ORDERS}
LEARNED = {"customers": ("birth_date", "postcode", "gender", "income", "signup_at", "segment", "visits"),
           "orders": ("ordered_at", "channel", "amount", "returned")}  # fmt: skip
MODELS = (("boosted trees", 0.9132, 0.8894), ("linear", 0.8911, 0.8802), ("decision tree", 0.8744, 0.8395),
          ("naive Bayes", 0.8412, 0.8401), ("nearest neighbors", 0.8127, 0.7984))  # fmt: skip
N_ROWS = {"customers": 10_000, "orders": 31_877}


def released() -> ReportContent:
    """Return a run that went all the way through."""
    return dataclasses.replace(
        _begun(),
        decision="released",
        reasons=("Every gate was passed: 32 of 32 demands of the policy are met.",),
        stopped_at=None,
        gates=(*_early_gates(), _transform_gate(passed=True), *_late_gates()),
        transformed=measured_on_transformed(14.0, 0.0),
        checks=checks(),
        syntheses=tuple(_synthesis(table) for table in TABLES),
        histories={table: history(number) for number, table in enumerate(TABLES)},
        digests={
            **{f"transformed/{table}": DIGEST[::-1] for table in TABLES},
            **{f"synthetic/{table}": DIGEST[8:] + DIGEST[:8] for table in TABLES},
        },
        notes=("Order amounts in the last month were complete when the drop was made.",),
    )


def held_at_transform() -> ReportContent:
    """Return a run that was held because identifiers were left over and k was too small."""
    return dataclasses.replace(
        _begun(),
        reasons=("customers: identifiers of the original were found in the output.", "customers: k is 4, and 11 is demanded."),
        gates=(*_early_gates(), _transform_gate(passed=False)),
        transformed=measured_on_transformed(4.0, 3.0),
    )


def held_at_once() -> ReportContent:
    """Return a run whose drop could not even be read."""
    reason = "orders.csv, line 3: 5 fields where 6 are expected"
    return ReportContent("retail-crm", "held", reasons=(reason,), stopped_at="ingest")


def hostile(name: str) -> ReportContent:
    """Return a released run in which every name that a sender can choose is `name`."""
    content = released()
    assert content.checks is not None
    return dataclasses.replace(
        content,
        dataset=name,
        files=tuple(dataclasses.replace(file, name=name) for file in content.files),
        findings=tuple(dataclasses.replace(each, table=name, column=name, reason=name) for each in content.findings),
        plans=tuple(
            dataclasses.replace(plan, table=name, subject=name, quasi_identifiers=(name,),
                                steps=tuple(dataclasses.replace(step, column=name, reason=name) for step in plan.steps))
            for plan in content.plans
        ),
        gates=(*content.gates, GateResult("check", True, (Expectation(name, True, "<= 0", 0.0, name),))),
        transformed=tuple(dataclasses.replace(each, table=name, columns=(name,), detail=name) for each in content.transformed),
        checks=_hostile_checks(content.checks, name),
        syntheses=tuple(
            dataclasses.replace(each, table=name, withheld=(name,), parameters={name: name}) for each in content.syntheses
        ),
        histories={name: history(0)},
        digests={name: DIGEST},
        models_missing=(name,),
        notes=(name,),
    )  # fmt: skip


def _hostile_checks(report: CheckReport, name: str) -> CheckReport:
    return CheckReport(
        tuple(dataclasses.replace(each, table=name, columns=(name, name), detail=name) for each in report.results),
        tuple(dataclasses.replace(each, table=name, column=name) for each in report.comparisons),
        tuple(dataclasses.replace(each, table=name, columns=(name,) * len(each.columns)) for each in report.associations),
        tuple(dataclasses.replace(each, table=name, target=name) for each in report.models),
    )


def _begun() -> ReportContent:
    return ReportContent(
        dataset="retail-crm",
        decision="held",
        legal_label="pseudonymised personal data",
        stopped_at="transform",
        drop_sha256=DIGEST,
        files=tuple(
            FileFacts(f"{table}_2026-11.csv", N_ROWS[table], len(TABLES[table]), "csv", "utf-8", ";", DIGEST) for table in TABLES
        ),
        policy=PolicyFacts("retail-crm", "4", DIGEST[4:] + DIGEST[:4]),
        keys=(KeyFacts("main", "2026-11", "env"),),
        code_version="0.1.0",
        seed=20261101,
        findings=tuple(finding for table in TABLES for finding in _findings(table)),
        profiles={table: _profiles(table) for table in TABLES},
        plans=tuple(_plan(table) for table in TABLES),
    )


def _findings(table: str) -> list[Finding]:
    return [
        Finding(table, column, entity, role, recognizer, confidence, confidence, 500, reason,  # type: ignore[arg-type]
                special_category=column == "religion", free_text=column == "note")
        for column, entity, role, confidence, recognizer, *_, reason in TABLES[table]
    ]  # fmt: skip


def _profiles(table: str) -> tuple[ColumnProfile, ...]:
    return tuple(
        ColumnProfile(row[0], "text", None, N_ROWS[table], 412 if row[0] == "note" else 0, 900, 0.1, 9.0, 30, 1.4)
        for row in TABLES[table]
    )


def _plan(table: str) -> Plan:
    steps = tuple(
        Step(column, role, entity, transform, parameters, effect, reason, f"columns.{column} (line {line})")  # type: ignore[arg-type]
        for line, (column, entity, role, _, _, transform, parameters, effect, reason) in enumerate(TABLES[table], start=12)
    )
    quasi = ("gender", "birth_date", "postcode") if table == "customers" else ()
    return Plan(table, DIGEST, DIGEST, "customer_id", quasi, steps)


def _gate(stage: str, *lines: tuple[str, str, float]) -> GateResult:
    return GateResult(stage, True, tuple(Expectation(name, True, demanded, observed) for name, demanded, observed in lines))


def _early_gates() -> tuple[GateResult, ...]:
    return (
        _gate("ingest", ("files", ">= 1", 2.0), ("customers: rows", ">= 1", 10_000.0), ("orders: rows", ">= 1", 31_877.0)),
        _gate("classify", *((f"{table}: columns without a finding", "<= 0", 0.0) for table in TABLES)),
        _gate("plan", ("customers: one step per column", ">= 1", 1.0), ("customers: columns undecided", "<= 0", 0.0),
              ("orders: one step per column", ">= 1", 1.0), ("orders: columns undecided", "<= 0", 0.0)),
    )  # fmt: skip


def _transform_gate(*, passed: bool) -> GateResult:
    lines = [
        Expectation("customers: rows lost", True, "<= 0", 0.0),
        Expectation("customers: kept columns not byte-identical", True, "<= 0", 0.0),
        Expectation("customers: k", passed, ">= 11", 14.0 if passed else 4.0, "over 3 quasi-identifiers"),
        Expectation("customers: residual_identifiers", passed, "<= 0", 0.0 if passed else 3.0, "" if passed else "column `note`"),
        Expectation("customers: own_names", True, "<= 0", 0.0),
        Expectation("customers: own_birth_dates", True, "<= 0", 0.0),
        Expectation("customers: names_by_chance", True, "<= 0", 0.0),
        Expectation("orders: references `customer_id` changed", True, "<= 0", 0.0),
    ]
    return GateResult("transform", passed, tuple(lines))


def _late_gates() -> tuple[GateResult, ...]:
    synthesize = [(f"{table}: {name}", ">= 1", 1.0) for table in TABLES for name in ("structure", "validity", "losses finite")]
    demands = {"fidelity": ">= 0.8", "utility_kept": ">= 0.8", "membership_auc": "<= 0.6", "exact_copies": "<= 0.01",
               "nearest_share": "<= 0.6", "residual_identifiers": "<= 0"}  # fmt: skip
    judged = [
        (f"{result.table}: {result.check}", demands[result.check], result.bad_end or 0.0)
        for result in checks().results
        if result.check in demands and result.status == "pass"
    ]
    return _gate("synthesize", *synthesize), _gate("check", *judged)


def _synthesis(table: str) -> SynthesisFacts:
    parameters = {"epochs": 150, "batch_size": 500, "embedding": 128, "layers": [256, 256]}
    withheld = ("note",) if table == "customers" else ()
    regenerated = ("customer_id", "full_name", "email", "mobile") if table == "customers" else ("order_id", "customer_id")
    n = N_ROWS[table]
    return SynthesisFacts(table, "ctgan", parameters, int(n * 0.8), n - int(n * 0.8), n, regenerated, withheld)


def history(seed: int, n_epochs: int = 150) -> tuple[Epoch, ...]:
    """Return losses that settle as those of a GAN do."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.12, (n_epochs, 2))
    return tuple(
        Epoch(epoch + 1, {"generator": 1.6 * math.exp(-epoch / 30) - 0.9 + noise[epoch, 0],
                          "discriminator": 0.1 - 0.5 * math.exp(-epoch / 18) + noise[epoch, 1]})
        for epoch in range(n_epochs)
    )  # fmt: skip


def checks() -> CheckReport:
    """Return what the check stage measured."""
    results = tuple(result for table in TABLES for result in _results(table))
    comparisons = tuple(_comparison(table, column, number) for table in TABLES for number, column in enumerate(LEARNED[table]))
    models = tuple(
        ModelScore(table, target, model, "AUC", original, synthetic)
        for table, target in (("customers", "segment"), ("orders", "returned"))
        for model, original, synthetic in MODELS
    )
    return CheckReport(results, comparisons, tuple(association(table, number) for number, table in enumerate(TABLES)), models)


def _results(table: str) -> list[CheckResult]:
    worse = 0.0 if table == "customers" else 0.013
    columns, n = LEARNED[table], N_ROWS[table]

    def result(check, family, value, low, high, better, detail="", **more):
        return CheckResult(check, family, table, columns, value, low, high, better, detail=detail, n=n, **more)

    return [
        result("structure", "structure", 1.0, 1.0, 1.0, "higher", "13 of 13 columns at their place"),
        result("validity", "structure", 1.0, 1.0, 1.0, "higher", "every cell is valid"),
        result("shapes", "fidelity", 0.951 - worse, 0.944 - worse, 0.957 - worse, "higher", "holdout against train: 0.9884"),
        result("pairs", "fidelity", 0.917 - worse, 0.909 - worse, 0.925 - worse, "higher", "holdout against train: 0.9731"),
        result("fidelity", "fidelity", 0.934 - worse, 0.927 - worse, 0.941 - worse, "higher", "holdout against train: 0.9807"),
        result("correlation_difference", "fidelity", 0.031, 0.024, 0.038, "lower", "21 pairs; holdout against train: 0.0102"),
        result("utility_kept", "utility", 0.942 - worse, 0.921 - worse, 0.962 - worse, "higher", "best model boosted trees"),
        result("exact_copies", "privacy", 0.0004, 0.0, 0.0021, "lower", "fewer than 10 rows equal train only"),
        result("nearest_share", "privacy", 0.512 + worse, 0.501 + worse, 0.523 + worse, "lower", "10000 synthetic rows"),
        result("membership_auc", "privacy", 0.509 + worse, 0.491 + worse, 0.527 + worse, "lower", "2000 rows of each side"),
        result("membership_tpr", "privacy", 0.0125, 0.0081, 0.0184, "lower", "members found at 0.0100 false alarms"),
        CheckResult("k", "privacy", table, (), None, status="not_run", detail="no quasi-identifier declared or found"),
        CheckResult("residual_identifiers", "privacy", table, (), 0.0, 0.0, 0.0, "lower", n=n, detail="40210 looked for"),
    ]


def measured_on_transformed(k: float, residual: float) -> tuple[CheckResult, ...]:
    """Return what the transform stage measures: identifiers left over, own and chance names, k."""

    def count(check, table, value, detail=""):
        return CheckResult(check, "privacy", table, (), value, value, value, "lower", detail=detail, n=N_ROWS[table])

    quasi = ("gender", "birth_date", "postcode")
    return (
        count("residual_identifiers", "customers", residual, "column `note`" if residual else "none of 9 kinds"),
        count("residual_identifiers", "orders", 0.0, "none of 9 kinds"),
        count("own_names", "customers", 0.0, "0 of 10000 rows hold their own source value"),
        count("own_birth_dates", "customers", 0.0, "0 of 10000 rows hold their own source value"),
        count("names_by_chance", "customers", 0.0, "38 rows coincide with the source; by chance 41, upper 99.99 % limit 58"),
        CheckResult("k", "privacy", "customers", quasi, k, k, k, "higher", n=10_000),
        CheckResult("unique_share", "privacy", "customers", quasi, 0.0, 0.0, 0.0, "lower", n=10_000),
    )


def _comparison(table: str, column: str, number: int) -> Comparison:
    rng = np.random.default_rng(number + 10 * len(table))
    kind = "categorical" if column in ("gender", "segment", "channel", "returned", "postcode", "birth_date") else "numeric"
    levels = {"gender": 3, "segment": 5, "channel": 4, "returned": 2}.get(column, 20)
    bell = np.exp(-np.square(np.linspace(-2, 2.5, 20)))
    base = np.sort(rng.dirichlet(np.ones(levels)))[::-1] if kind == "categorical" else bell
    other = np.abs(base / base.sum() + rng.normal(0, 0.012, levels))
    shares = [tuple(float(share) for share in part / part.sum()) for part in (base, other)]
    return Comparison(table, column, kind, shares[0], shares[1], 1 - float(np.abs(np.subtract(*shares)).sum() / 2))  # type: ignore[arg-type]


def association(table: str, seed: int, n: int | None = None) -> Association:
    columns = LEARNED[table] if n is None else tuple(f"column_{index}" for index in range(n))
    rng = np.random.default_rng(seed)
    half = rng.beta(1.1, 3.5, (len(columns), len(columns)))
    original = np.clip((half + half.T) / 2, 0, 1)
    np.fill_diagonal(original, 1.0)
    synthetic = np.clip(original + rng.normal(0, 0.06, original.shape) * (1 - np.eye(len(columns))), 0, 1)
    synthetic = (synthetic + synthetic.T) / 2
    matrices = [tuple(tuple(float(cell) for cell in row) for row in each) for each in (original, synthetic)]
    return Association(table, columns, *matrices)


def test_sample_runs_agree_with_their_gates():
    assert all(gate.passed for gate in released().gates)
    assert [gate.stage for gate in held_at_transform().gates if not gate.passed] == ["transform"]
