"""The strategies: what each makes of a request, with the same team and budget.

All of them get the same specification, and each role's n-th answer is the same for all.
The three simple ones have no gate; they say that they succeeded as people say it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contest.check import TESTS, Asked
from contest.mistakes import Misunderstandings
from contest.persons import Requester
from contest.students import Pupil

from plugwright.errors import PlugwrightError
from plugwright.judging import Case, Report, Verdict
from plugwright.providers import Sampling
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget
from plugwright_forge.cards import card
from plugwright_forge.evidence import evidence
from plugwright_forge.fences import python_file
from plugwright_forge.forge import Forge
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.options import Options
from plugwright_forge.person import Absent
from plugwright_forge.product import Failure
from plugwright_forge.session import Session
from plugwright_forge.watching import Nobody
from plugwright_forge.wording import specification_in_words

BUDGET = 16
"""Questions to the models, for each request and strategy."""
ROUNDS = 5
ENOUGH = 0.85
"""The share of passed tests from which a strategy without a gate says: it works."""
MOMENT = 1_767_600_000.0


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a person gets."""

    code: str
    """The best that there is; empty if there is nothing."""
    claimed: bool
    """Whether it comes with the words that it works."""
    calls: int
    confidence: float | None = None
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One request and one student, with everything that a strategy may use."""

    asked: Asked
    right: float
    seed: int
    alike: Misunderstandings
    judge: Any
    describe: Callable[[str, Mapping[str, str]], Mapping[str, Any]]

    def pupil(self) -> Pupil:
        """Give the student at the start of its work."""
        return Pupil(self.asked.name, self.right, self.seed, self.alike)

    def judged(self, code: str, tests: Mapping[str, str]) -> Report:
        """Let some tests be run."""
        return self.judge.judge(
            Case(
                name=self.asked.name,
                files={"plugin.py": code},
                tests=tests,
                permissions=self.asked.permissions,
            )
        )


def single_shot(desk: Desk) -> Delivered:
    """Take the first program there is. Whoever tests nothing knows of no mistake."""
    team = _Team(desk)
    return Delivered(code=next(team.programs()), claimed=True, calls=team.calls)


def most_tests(desk: Desk) -> Delivered:
    """Spend the whole budget on programs, and take who passes most of the tests."""
    team = _Team(desk)
    tests, programs = team.tests(), team.programs()
    codes = [next(programs) for _ in range(BUDGET - team.calls)]
    # Of those that pass as many, the first.
    best = max(codes, key=lambda code: _share(desk.judged(code, tests)))
    share = _share(desk.judged(best, tests))
    return Delivered(
        code=best, claimed=share >= ENOUGH, calls=team.calls, confidence=share
    )


def repair_loop(desk: Desk) -> Delivered:
    """Show one program its failures until all tests pass, and keep the best."""
    team = _Team(desk)
    tests, code = team.tests(), next(team.programs())
    best, most = code, _share(desk.judged(code, tests))
    for _ in range(ROUNDS):
        if most == 1:
            break
        code = team.repair(code, desk.judged(code, tests))
        share = _share(desk.judged(code, tests))
        if share > most:
            best, most = code, share
    return Delivered(
        code=best, claimed=most >= ENOUGH, calls=team.calls, confidence=most
    )


def forge(desk: Desk) -> Delivered:
    """Run the forge, with nobody to ask."""
    return _forged(desk, Autonomy.FULL, Absent())


def forge_with_cards(desk: Desk) -> Delivered:
    """Run the forge, with somebody who answers example cards."""
    person = Requester(desk.asked, desk.judge, desk.seed)
    return _forged(desk, Autonomy.SEMI, person)


STRATEGIES: Mapping[str, Callable[[Desk], Delivered]] = {
    "single shot": single_shot,
    "most tests passed": most_tests,
    "repair loop of five": repair_loop,
    "forge": forge,
    "forge with example cards": forge_with_cards,
}


def _forged(desk: Desk, autonomy: Autonomy, person: Any) -> Delivered:
    pupil = desk.pupil()
    root = Path(tempfile.mkdtemp(prefix="contest-"))
    try:
        options = Options(
            request=desk.asked.request,
            model="student",
            autonomy=autonomy,
            candidates=BUDGET,
            budget=Budget(calls=BUDGET),
        )
        session = Session.begin(root, options, lambda: MOMENT)
        made = Forge(
            session,
            provider=pupil,
            judge=desk.judge,
            describe=desk.describe,
            person=person,
            watcher=Nobody(),
        ).run()
    except PlugwrightError as error:
        return Delivered(code="", claimed=False, calls=pupil.calls, said=str(error))
    finally:
        shutil.rmtree(root)
    failed = isinstance(made, Failure)
    attempt = made.attempt
    return Delivered(
        code=attempt.best.code,
        claimed=not failed,
        calls=pupil.calls,
        confidence=attempt.board.confidence.probability,
        said="; ".join(made.missing) if isinstance(made, Failure) else "",
    )


class _Team:
    """The same team, asked with the same cards, by a strategy that has no forge."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pupil = desk.pupil()
        for role in ("requirements-analyst", "architect"):
            self._ask(role, request=desk.asked.request, interview="")
        self._sections = {
            "request": desk.asked.request,
            "specification": specification_in_words(desk.asked.specification),
        }

    @property
    def calls(self) -> int:
        """How many questions were asked."""
        return self._pupil.calls

    def tests(self) -> dict[str, str]:
        """Have the tests written."""
        text = self._ask("test-engineer", **self._sections)
        return {TESTS: python_file(text, TESTS)}

    def programs(self) -> Iterator[str]:
        """Have programs written, one after the other."""
        while True:
            yield python_file(self._ask("implementer", plan="", **self._sections))

    def repair(self, code: str, report: Report) -> str:
        """Have a program repaired."""
        trial = Trial(candidate=1, iteration=0, code=code, report=report)
        functions = tuple(r.test.rpartition("::")[2] for r in report.results)
        known = Acceptance(source="", functions=functions, trusted=frozenset(functions))
        return python_file(
            self._ask(
                "implementer",
                page="repair",
                code=code,
                evidence=evidence(Matrix(known), trial),
                lesson="",
                **self._sections,
            )
        )

    def _ask(self, role: str, page: str = "ask", **sections: str) -> str:
        request = card(role).request(page, sections, Sampling())
        return self._pupil.complete(request).text


def _share(report: Report) -> float:
    passed = sum(result.verdict is Verdict.AC for result in report.results)
    return passed / len(report.results)
