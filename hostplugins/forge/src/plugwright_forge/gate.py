"""The gate: what has to hold before a person is asked, each point for itself.

There are no averages. A plugin that meets nineteen points of twenty is missing one, and
the gate says which.
"""

from __future__ import annotations

import re

from plugwright.judging import Verdict
from plugwright.quality import WITHOUT, Quality, in_words
from plugwright_forge.acceptance import function_of
from plugwright_forge.board import Board
from plugwright_forge.choice import Source, confidence
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.specification import Requirement, Specification

_SECURITY = "security"
# To the letter: other reasons may quote the plugin, which could say the same.
_LACKING = re.compile(
    rf"not looked at: ({re.escape(WITHOUT)}|`[a-z]+` is not installed)"
)


def missing(
    matrix: Matrix,
    specification: Specification,
    trial: Trial,
    threshold: int,
    *,
    known: Board | None = None,
    version: str = "",
) -> tuple[str, ...]:
    """Say in words what is missing; nothing means that the gate is open.

    `known` and `version` add what only the whole board knows: approved examples, how
    much the tests notice, and how sure we are.
    """
    return (
        *_loading(trial),
        *(_approved(known, version) if known else ()),
        *_tests(matrix, trial),
        *_security(trial),
        *trial.problems,
        *_requirements(matrix, specification, trial, threshold, known, version),
        *(little_noticed(known, version, threshold) if known else ()),
        *(_confidence(known, version, threshold) if known else ()),
    )


def withheld(found: Quality) -> tuple[str, ...]:
    """Say what the stages of quality found that shuts the gate.

    Errors; and where security could not be looked at, for whoever is too odd for that
    must not get through by it. What is not installed is nobody's fault here.
    """
    odd = (
        in_words(remark)
        for side in found.sides
        if side.stage == _SECURITY
        for remark in side.remarks
        if remark.is_unseen and not _LACKING.fullmatch(remark.what)
    )
    return (*found.missing(), *odd)


def _loading(trial: Trial) -> tuple[str, ...]:
    if trial.loads:
        return ()
    said = trial.report.results[0].message if trial.report.results else "no test ran"
    return (f"the plugin does not load: {said}",)


def _approved(known: Board, version: str) -> tuple[str, ...]:
    examples = [
        test
        for test in known.matrix.tests
        if known.ledger[test].source is Source.APPROVED
    ]
    failed = sorted(known.matrix.failed(version) & {*examples})
    if not failed:
        return ()
    names = ", ".join(f"`{name}`" for name in failed)
    return (f"{len(failed)} of {len(examples)} approved examples fail: {names}",)


def _tests(matrix: Matrix, trial: Trial) -> tuple[str, ...]:
    trusted = matrix.rejecting
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


def unshown(
    matrix: Matrix,
    specification: Specification,
    trial: Trial,
    threshold: int,
    known: Board | None = None,
    version: str = "",
) -> tuple[Requirement, ...]:
    """Give the requirements that nothing shows to be met, if these are too many."""
    met = shown(matrix, trial, known, version)
    lacking = tuple(r for r in specification.requirements if r.id not in met)
    total = len(specification.requirements)
    return () if (total - len(lacking)) * 100 >= threshold * total else lacking


def shown(
    matrix: Matrix, trial: Trial, known: Board | None = None, version: str = ""
) -> frozenset[str]:
    """Name the requirements that are shown to be met.

    A trusted test shows one, and so does an example that a person approved of it.
    """
    met = matrix.met(trial)
    if known is None:
        return met
    # Whatever may yet be right of the same requirement has to be met, too.
    ledger, failed = known.ledger, matrix.ranking - matrix.ranked(trial)
    approved = [
        ledger[test]
        for test in known.matrix.passed(version)
        if ledger[test].source is Source.APPROVED
    ]
    refused = {ledger[test].requirement for test in failed}
    return met | ({entry.requirement for entry in approved} - refused - {""})


def _requirements(
    matrix: Matrix,
    specification: Specification,
    trial: Trial,
    threshold: int,
    known: Board | None,
    version: str,
) -> tuple[str, ...]:
    lacking = unshown(matrix, specification, trial, threshold, known, version)
    if not lacking:
        return ()
    total = len(specification.requirements)
    names = "; ".join(f"{r.id} ({r.text.rstrip('.')})" for r in lacking)
    return (
        f"{total - len(lacking)} of {total} requirements are shown to be met, and "
        f"{threshold} % are needed; not shown: {names}",
    )


def little_noticed(known: Board, version: str, threshold: int) -> tuple[str, ...]:
    """Say that the tests notice too little of a version, if that was measured."""
    score = known.matrix.row(version).program.mutation
    if score is None or round(100 * score) >= threshold:
        return ()
    return (
        f"the tests notice {score:.0%} of small mistakes put into the code on purpose, "
        f"and {threshold} % are needed",
    )


def _confidence(known: Board, version: str, threshold: int) -> tuple[str, ...]:
    sure = confidence(known.matrix, known.ledger, version)
    if sure.percent >= threshold:
        return ()
    return (f"{sure.in_words()}; {threshold} % are needed",)
