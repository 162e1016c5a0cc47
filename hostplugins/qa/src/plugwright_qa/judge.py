"""Runs acceptance tests against a plugin, and is fooled by neither.

pytest runs in one sandbox, the plugin in another, and this file carries JSON between
the two. The plugin never sees a test, an expectation or the runner; all it can do to a
verdict is to answer a call well or badly. Each test meets a fresh plugin with empty
storage, so that nothing one test leaves behind can help or hurt the next.

A quota that did its work, or a reach for what was not granted, decides a test's verdict
even if the test itself was satisfied: a test must not be able to forgive them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from plugwright.capabilities import permission_of, services
from plugwright.judging import Case, Report, TestResult, Verdict, Watcher
from plugwright.permissions import Permission
from plugwright.quotas import Quota
from plugwright.sandboxes import (
    JSON,
    Failure,
    Guest,
    Kind,
    Outcome,
    Sandbox,
    Service,
    Session,
)
from plugwright.storage import MemoryStorage

NOW = 1_767_600_000.0
"""The judge's clock stands still on Monday, 5 January 2026, 08:00 UTC."""
SEED = 0
RUNNER_QUOTA = Quota(fuel=60_000_000_000, seconds=120.0, host_calls=1_000_000)
"""What a whole run of pytest may use; the plugin's fuel is not counted here."""

RUNS = 4
"""How many tests may end the whole run before the rest is given up."""
STOPS = {
    "fuel": Verdict.TLE,
    "seconds": Verdict.TLE,
    "memory": Verdict.MLE,
    "output": Verdict.OLE,
    "payload": Verdict.OLE,
    "host_calls": Verdict.OLE,
}


@dataclass
class Subject:
    """The plugin during one test: fresh, with doubles for what it was granted."""

    storage: MemoryStorage
    session: Session = field(init=False)
    emitted: list[JSON] = field(default_factory=list)
    logged: list[JSON] = field(default_factory=list)
    clock: float = NOW
    fuel: int = 0
    doubles: dict[str, Service] = field(init=False)
    worst: tuple[Verdict, str] | None = None
    raised: set[str] = field(default_factory=set)
    denied: list[str] = field(default_factory=list)
    """Permissions that it reached for without a grant."""
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # What the tests may do to the doubles does not depend on the plugin's grants.
        self.doubles = self._services("tests", ["storage"])

    def services(self, name: str, permissions: Iterable[str]) -> dict[str, Service]:
        """What these permissions give, on doubles that the tests can look into."""
        granted = self._services(name, permissions)
        return {name: self._noting(name, service) for name, service in granted.items()}

    def _services(self, name: str, permissions: Iterable[str]) -> dict[str, Service]:
        return services(
            name,
            [Permission.parse(text) for text in permissions],
            self.storage,
            lambda plugin, event, data: self.emitted.append(
                {"name": event, "data": data}
            ),
            lambda plugin, level, message, fields: self.logged.append(
                {"level": level, "message": message, "fields": fields}
            ),
            lambda: self.clock,
        )

    def _noting(self, name: str, service: Service) -> Service:
        def call(arguments: dict[str, JSON]) -> JSON:
            value = service(arguments)
            self.used.add(permission_of(name, arguments))
            return value

        return call

    def note(self, outcome: Outcome) -> Outcome:
        """Remember what a call used, and whatever decides the verdict by itself."""
        self.fuel += outcome.usage.fuel
        self.denied.extend(permission(service) for service in outcome.denied)
        if outcome.read_clock:
            self.used.add("clock")
        failure = outcome.failure
        if failure is not None and failure.kind is Kind.RAISED:
            self.raised.add(failure.type)
        verdict = _decisive(outcome)
        if verdict is not None and self.worst is None:
            self.worst = verdict
        return outcome


def _decisive(outcome: Outcome) -> tuple[Verdict, str] | None:
    failure = outcome.failure
    if outcome.denied:
        wanted = dict.fromkeys(permission(service) for service in outcome.denied)
        names = ", ".join(f"`{name}`" for name in wanted)
        return Verdict.SV, f"the plugin reached for {names}, which was not granted"
    if failure is None:
        return None
    if failure.kind is Kind.STOPPED:
        verdict = STOPS.get(failure.type, Verdict.RE)
        return verdict, f"stopped by the quota `{failure.type}`: {failure.message}"
    if failure.kind is Kind.LOAD:
        return Verdict.CE, _said(failure)
    if failure.kind is Kind.BROKEN:
        verdict = Verdict.IE if failure.type == "worker" else Verdict.RE
        return verdict, f"the plugin's interpreter ended: {failure.message}"
    return None


def permission(service: str) -> str:
    """The permission behind a denied service; a refused import names itself."""
    return service if service.startswith("import:") else permission_of(service, {})


def _said(failure: Failure) -> str:
    where = f" ({failure.where})" if failure.where else ""
    return f"{failure.type}: {failure.message}{where}"


class PytestJudge:
    """Judges plugins by ordinary pytest files that import the plugin's commands."""

    name = "pytest"

    def __init__(self, sandbox: Callable[[], Sandbox]) -> None:
        self._sandbox = sandbox

    def judge(self, case: Case, watch: Watcher | None = None) -> Report:
        """Run every test; `watch` sees each result as it comes."""
        return _Run(self._sandbox(), case, watch).report()


class _Run:
    """One judging of one case."""

    def __init__(self, sandbox: Sandbox, case: Case, watch: Watcher | None) -> None:
        self._sandbox = sandbox
        self._case = case
        self._watch = watch
        self._results: list[TestResult] = []
        self._subject: Subject | None = None
        self._denied: list[str] = []
        self._used: set[str] = set()
        self._name = ""
        self._collected: list[str] = []

    def report(self) -> Report:
        """Load the plugin once to learn its commands, then let pytest run."""
        first = self._open()
        first.note(first.session.loaded)
        described = first.note(first.session.call("describe", None))
        self._finish(first)
        if first.worst is not None or not isinstance(described.value, dict):
            failure = described.failure
            said = "it does not describe itself" if failure is None else _said(failure)
            verdict, message = first.worst or (Verdict.CE, said)
            for name in sorted(self._case.tests):
                self._add(TestResult(test=name, verdict=verdict, message=message))
        else:
            self._run_tests(described.value.get("commands"))
        return Report(
            results=tuple(self._results),
            denied=tuple(dict.fromkeys(self._denied)),
            used=tuple(sorted(self._used)),
        )

    def _open(self) -> Subject:
        case = self._case
        subject = Subject(storage=MemoryStorage(case.quota.storage))
        subject.session = self._sandbox.open(
            Guest(
                name=case.name,
                files=case.files,
                dispatcher="plugwright_sdk.guest:dispatch",
                packages=("plugwright_sdk",),
                services=subject.services(case.name, case.permissions),
                quota=case.quota,
                clock=NOW if "clock" in case.permissions else None,
                seed=SEED,
            )
        )
        return subject

    def _finish(self, subject: Subject) -> None:
        subject.session.close()
        self._denied.extend(subject.denied)
        self._used |= subject.used

    def _run_tests(self, commands: JSON) -> None:
        """Run pytest; go on in a new sandbox after a test that ended the first."""
        for _ in range(RUNS):
            outcome = self._run_once(commands)
            if self._subject is not None:
                self._interrupted(outcome)
            if outcome.failure is None or not self._left():
                break
        said = outcome.output.strip()[-500:] or "the tests did not run"
        if outcome.failure is not None:
            said = _said(outcome.failure)
        for test in self._left():
            self._add(TestResult(test=test, verdict=Verdict.IE, message=said))

    def _run_once(self, commands: JSON) -> Outcome:
        tests = self._sandbox.open(
            Guest(
                name=f"the tests of {self._case.name}",
                files={},
                dispatcher="plugwright_qa_runner:dispatch",
                packages=("pytest", "plugwright_sdk", "plugwright_qa_runner"),
                services=self._services_of_the_tests(),
                quota=RUNNER_QUOTA,
                clock=NOW,
                seed=SEED,
            )
        )
        request: JSON = {
            "tests": dict(self._case.tests),
            "commands": commands,
            "done": [result.test for result in self._results],
        }
        try:
            return tests.call("run", request)
        finally:
            tests.close()

    def _interrupted(self, outcome: Outcome) -> None:
        """Give the test that was running when the run ended its verdict."""
        failure, verdict = outcome.failure, Verdict.IE
        said = "the run of the tests ended early"
        if failure is not None:
            said = f"the test itself did not come to an end: {_said(failure)}"
            verdict = STOPS.get(failure.type, Verdict.IE)
        self._end({"test": self._name, "outcome": "died", "message": said}, verdict)

    def _left(self) -> list[str]:
        """The tests without a result; a file that was never collected is one."""
        done = {result.test for result in self._results}
        files = {name.partition("::")[0] for name in (*done, *self._collected)}
        unseen = sorted(set(self._case.tests) - files)
        return [test for test in (*self._collected, *unseen) if test not in done]

    # What the tests' sandbox may ask.

    def _services_of_the_tests(self) -> dict[str, Service]:
        return {
            "judge.collected": self._collect,
            "judge.start": self._start,
            "judge.result": lambda result: self._end(result),
            "plugin.command": lambda a: self._ask("command", a),
            "plugin.send": lambda a: self._ask("event", a),
            "plugin.emitted": lambda a: self._now().emitted,
            "plugin.logged": lambda a: self._now().logged,
            "plugin.stored": lambda a: self._now().doubles["storage.get"](a),
            "plugin.store": lambda a: self._now().doubles["storage.set"](a),
            "plugin.set_clock": self._set_clock,
        }

    def _now(self) -> Subject:
        if self._subject is None:
            # A fixture of a wider scope, or the test module itself, calls the plugin.
            self._subject = self._open()
            self._subject.note(self._subject.session.loaded)
            self._subject.note(self._subject.session.call("initialise", None))
        return self._subject

    def _start(self, arguments: dict[str, JSON]) -> JSON:
        self._name = str(arguments["test"])
        self._drop()
        self._now()
        return None

    def _collect(self, arguments: dict[str, Any]) -> JSON:
        self._collected = [str(test) for test in arguments["tests"]]
        self._drop()
        return None

    def _drop(self) -> None:
        """Close a plugin that was opened outside of any test."""
        subject, self._subject = self._subject, None
        if subject is not None:
            self._finish(subject)

    def _ask(self, operation: str, arguments: JSON) -> dict[str, JSON]:
        subject = self._now()
        outcome = subject.note(subject.session.call(operation, arguments))
        if outcome.failure is None:
            return {"value": outcome.value}
        failure = outcome.failure
        return {
            "failure": {
                "kind": failure.kind.value,
                "type": failure.type,
                "message": failure.message,
            }
        }

    def _set_clock(self, arguments: dict[str, Any]) -> JSON:
        self._now().clock = float(arguments["seconds"])
        return None

    def _end(self, result: dict[str, Any], died: Verdict = Verdict.IE) -> JSON:
        subject = self._subject
        self._drop()
        verdict, message = _verdict(result, subject, died)
        self._add(
            TestResult(
                test=str(result["test"]),
                verdict=verdict,
                message=message,
                fuel=0 if subject is None else subject.fuel,
            )
        )
        return None

    def _add(self, result: TestResult) -> None:
        self._results.append(result)
        if self._watch is not None:
            self._watch(result)


def _verdict(
    result: dict[str, Any], subject: Subject | None, died: Verdict
) -> tuple[Verdict, str]:
    message = str(result.get("message", ""))
    if subject is not None and subject.worst is not None:
        return subject.worst
    outcome = result["outcome"]
    if outcome == "passed":
        return Verdict.AC, ""
    if outcome == "skipped":
        return Verdict.WA, f"a skipped test counts as failed: {message}"
    if outcome == "collect":
        return Verdict.CE, f"the test file does not load: {message}"
    if outcome == "died":
        return died, message
    plugin_raised = subject is not None and result.get("raised") in {
        *subject.raised,
        "PluginError",
        "InputError",
    }
    return (Verdict.RE if plugin_raised else Verdict.WA), message
