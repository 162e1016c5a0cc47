"""A real host, and an optimiser's workshop without a session."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Case
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Guest
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.optimising import Outcome, SessionWorkshop, optimise
from plugwright_forge.specification import Command, Example, Specification, Wish


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    home = Home(Path(tmp_path_factory.mktemp("home")))
    with Host.discover(home) as host:
        yield host


@dataclass
class Desk:
    """Optimises one plugin; a list says what the model answers."""

    host: Host
    steps: dict[str, JSON] = field(default_factory=dict)
    """The session: what is in it is not done again."""
    done: list[str] = field(default_factory=list)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    budget: int = 1000
    """Steps that may be done."""

    def optimise(
        self,
        code: str,
        *examples: Mapping[str, JSON],
        command: str,
        tests: str = "def test_nothing(): pass\n",
        permissions: tuple[str, ...] = (),
        answers: tuple[str, ...] = (),
    ) -> Outcome:
        case = Case(
            name="plugin",
            files={},
            tests={"test_plugin.py": tests},
            permissions=permissions,
        )
        workshop = SessionWorkshop(
            step=self._step,
            case=case,
            judge=self.host.judge(),
            accepted=lambda key, code: self._judged(case, code),
            ask=lambda about, sections: self._asked(answers, sections),
        )
        return optimise(
            code,
            workshop,
            _specification(command, examples, permissions),
            self._schemas(code),
            seed="tests",
            asks=len(answers),
        )

    def _step(self, key: str, compute: Any) -> JSON:
        if key not in self.steps:
            if len(self.done) == self.budget:
                raise OutOfBudget("nothing is left")
            self.done.append(key)
            self.steps[key] = json.loads(json.dumps(compute()))
        return self.steps[key]

    def _judged(self, case: Case, code: str) -> Any:
        full = Case(**{**vars(case), "files": {"plugin.py": code}})
        return self.host.judge().judge(full)

    def _asked(self, answers: tuple[str, ...], sections: Mapping[str, str]) -> str:
        self.asked.append(sections)
        return answers[len(self.asked) - 1]

    def _schemas(self, code: str) -> dict[str, Any]:
        session = self.host.sandbox("wasm").open(
            Guest(
                name="plugin",
                files={"plugin.py": code},
                dispatcher="plugwright_sdk.guest:dispatch",
                packages=("plugwright_sdk",),
            )
        )
        described: Any = session.call("describe", None).value
        session.close()
        return {n: each["input"] for n, each in described["commands"].items()}


def _specification(
    command: str, examples: tuple[Mapping[str, JSON], ...], permissions: tuple[str, ...]
) -> Specification:
    return Specification(
        name="plugin",
        summary="Does it.",
        requirements=(),
        types="",
        commands=(
            Command(
                name=command, function=command, parameters=(), returns="", summary=""
            ),
        ),
        events=(),
        permissions=tuple(
            Wish(permission=Permission.parse(each), reason="so") for each in permissions
        ),
        examples=tuple(
            Example(text="", command=command, arguments=each) for each in examples
        ),
        unsure=(),
        plans=("Loop.",),
    )


@pytest.fixture
def specification() -> Specification:
    return _specification("total", (), ())


@pytest.fixture
def desk(host: Host) -> Desk:
    return Desk(host)
