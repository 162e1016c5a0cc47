"""Everybody judged anew by more tests, which must change nothing about the old ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plugwright.judging import Verdict
from plugwright_forge.acceptance import Acceptance, function_of
from plugwright_forge.bench import Bench
from plugwright_forge.candidates import put_on_trial
from plugwright_forge.matrix import Trial
from plugwright_forge.specification import Specification


def judged_anew(
    bench: Bench,
    specification: Specification,
    acceptance: Acceptance,
    trial: Trial,
    suite: str,
) -> Trial:
    """Judge a version by other tests; `suite` is their name in the session."""
    judged = put_on_trial(
        bench,
        specification,
        acceptance,
        trial.code,
        candidate=trial.candidate,
        iteration=trial.iteration,
        suite=suite,
    )
    return replace(judged, commit=trial.commit)


def is_undisturbed(old: Trial, new: Trial, before: Acceptance, now: Acceptance) -> bool:
    """Tell whether the tests that were there say of a version what they said before.

    A file behind another may shadow its names, skip its tests or have tests that
    nobody counts: then it is no addition.
    """
    if not old.loads:
        return True
    counted = {function_of(result.test) for result in new.report.results}
    return counted <= {*now.functions} and _said(new, before) == _said(old, before)


def _said(trial: Trial, tests: Acceptance) -> Mapping[str, Verdict]:
    return {
        result.test: result.verdict
        for result in trial.report.results
        if function_of(result.test) in tests.trusted
    }
