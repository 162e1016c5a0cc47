"""The gate: what has to hold before a person is asked, each point for itself.

There are no averages. A plugin that meets nineteen points of twenty is missing one, and
the gate says which.
"""

from __future__ import annotations

from plugwright.judging import Verdict
from plugwright_forge.acceptance import function_of
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.specification import Specification


def missing(
    matrix: Matrix, specification: Specification, trial: Trial, threshold: int
) -> tuple[str, ...]:
    """Say in words what is missing; nothing means that the gate is open."""
    return (
        *_loading(trial),
        *_tests(matrix, trial),
        *_security(trial),
        *trial.problems,
        *_requirements(matrix, specification, trial, threshold),
    )


def _loading(trial: Trial) -> tuple[str, ...]:
    if trial.loads:
        return ()
    said = trial.report.results[0].message if trial.report.results else "no test ran"
    return (f"the plugin does not load: {said}",)


def _tests(matrix: Matrix, trial: Trial) -> tuple[str, ...]:
    trusted = matrix.acceptance.trusted
    failed = trusted - matrix.trusted(trial)
    if not failed or not trial.loads:
        return ()
    names = ", ".join(f"`{name}` ({_verdict(trial, name)})" for name in sorted(failed))
    return (f"{len(failed)} of {len(trusted)} trusted tests fail: {names}",)


def _verdict(trial: Trial, function: str) -> str:
    return next(
        (
            result.verdict.value
            for result in trial.report.results
            if function_of(result.test) == function and result.verdict is not Verdict.AC
        ),
        "did not run",
    )


def _security(trial: Trial) -> tuple[str, ...]:
    violations = {r.verdict for r in trial.report.results} & {Verdict.SV}
    names = ", ".join(f"`{name}`" for name in trial.report.denied)
    if not violations and not names:
        return ()
    return (f"it reached for what was not granted: {names or 'see the report'}",)


def _requirements(
    matrix: Matrix, specification: Specification, trial: Trial, threshold: int
) -> tuple[str, ...]:
    met = matrix.met(trial)
    lacking = [r for r in specification.requirements if r.id not in met]
    total = len(specification.requirements)
    if (total - len(lacking)) * 100 >= threshold * total:
        return ()
    names = "; ".join(f"{r.id} ({r.text.rstrip('.')})" for r in lacking)
    return (
        f"{total - len(lacking)} of {total} requirements are shown to be met, and "
        f"{threshold} % are needed; not shown: {names}",
    )
