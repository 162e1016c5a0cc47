"""What a session commits, and in which words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugwright.judging import Verdict
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.answers import Answer
from plugwright_forge.delivering.doubts import doubts
from plugwright_forge.delivering.reporting import FILE as REPORT
from plugwright_forge.delivering.reporting import page
from plugwright_forge.matrix import Trial
from plugwright_forge.product import Attempt, Failure, Product
from plugwright_forge.repository import MAIN, Repository
from plugwright_forge.session import Session
from plugwright_forge.settling import FILE
from plugwright_forge.specification import Specification
from plugwright_forge.specification.document import dumps
from plugwright_forge.wording import bullets


class History:
    """Main holds what was settled; each candidate has a branch of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._repository = Repository(session.folder)
        self._files: dict[str, str] = {}
        self._main = ""

    def keep_request(self) -> None:
        """Commit what was asked for."""
        request = f"{self._session.options.request}\n"
        self._keep({"request.txt": request}, "The request")

    def keep_interview(self, answers: tuple[Answer, ...]) -> None:
        """Commit what was answered."""
        text = _json([vars(answer) for answer in answers])
        self._keep({"interview.json": text}, "The interview")

    def keep_specification(self, specification: Specification) -> None:
        """Commit what the plugin is to be."""
        self._keep({FILE: dumps(specification)}, "The specification")

    def keep_examples(self, specification: Specification) -> None:
        """Commit the specification with the examples that a person approved."""
        self._keep({FILE: dumps(specification)}, "The approved examples")

    def keep_tests(self, acceptance: Acceptance) -> None:
        """Commit the tests, and say which of them count."""
        marks = [
            f"not trusted, for it passes on an empty plugin: {name}"
            for name in acceptance.functions
            if name not in acceptance.trusted
        ]
        message = "\n".join(["The tests", "", *marks])
        self._keep({"tests/test_plugin.py": acceptance.source}, message)

    def keep_trial(self, trial: Trial, after: Trial | None) -> Trial:
        """Commit a version on its candidate's branch, with what the judge found."""
        commit = self._repository.commit(
            f"candidate-{trial.candidate}",
            {**self._files, "plugin.py": trial.code},
            _found(trial),
            at=self._session.moment,
            parents=[after.commit if after else self._main],
        )
        return replace(trial, commit=commit)

    def keep_failure(self, failure: Failure) -> None:
        """Bring the best candidate to main, with what is missing."""
        attempt = failure.attempt
        report = (
            f"# What is missing\n\n{bullets(failure.missing)}\n\n{_table(attempt)}\n"
        )
        files = {
            "plugin.py": attempt.best.code,
            "report.md": report,
            REPORT: _failed(failure),
        }
        self._close(attempt, files, "The best candidate, which is not good enough")

    def keep_bundle(self, product: Product, bundle: Mapping[str, bytes]) -> None:
        """Bring the finished bundle to main."""
        attempt = product.attempt
        report = f"# Report\n\n{_table(attempt)}\n".encode()
        message = f"{attempt.specification.name}, ready for a decision"
        shown = page(
            attempt,
            unsure=product.unsure,
            report=product.report,
            quality=product.quality,
        )
        files = {**bundle, "report.md": report, REPORT: shown.encode()}
        self._close(attempt, files, message)

    def _keep(self, files: Mapping[str, str], message: str) -> None:
        self._files.update(files)
        self._main = self._repository.commit(
            MAIN,
            self._files,
            message,
            at=self._session.moment,
            parents=[self._main] if self._main else [],
        )

    def _close(
        self, attempt: Attempt, files: Mapping[str, str | bytes], message: str
    ) -> None:
        self._repository.commit(
            MAIN,
            {**self._files, **files},
            message,
            at=self._session.moment,
            parents=[self._main, attempt.best.commit],
        )
        # A crash may have come between the last commit and its files.
        self._repository.check_out()


def _failed(failure: Failure) -> str:
    return page(
        failure.attempt,
        missing=failure.missing,
        unsure=doubts(failure.attempt),
        quality=failure.quality,
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _table(attempt: Attempt) -> str:
    best = f"{attempt.best.candidate}.{attempt.best.iteration}"
    matrix = attempt.matrix.in_words(attempt.trials)
    return f"One column per version, `candidate.iteration`; best: {best}.\n\n{matrix}"


def _found(trial: Trial) -> str:
    results = trial.report.results
    failed = [result for result in results if result.verdict is not Verdict.AC]
    title = f"Candidate {trial.candidate}, iteration {trial.iteration}"
    return "\n".join(
        [
            f"{title}: {len(results) - len(failed)} of {len(results)} accepted",
            "",
            *(f"{result.verdict} {result.test}" for result in failed),
            *trial.problems,
        ]
    )
