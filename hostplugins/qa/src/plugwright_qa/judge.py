"""Runs acceptance tests against a plugin, and is fooled by neither.

pytest runs in one sandbox, the plugin in another, and this file carries JSON between
the two. The plugin never sees a test, an expectation or the runner; all it can do to a
verdict is to answer a call well or badly. Each test meets a fresh plugin with empty
storage, so that nothing one test leaves behind can help or hurt the next.

A quota that did its work, or a reach for what was not granted, decides a test's verdict
even if the test itself was satisfied: a test must not be able to forgive them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plugwright.capabilities import OnUse, services, was_denied
from plugwright.capabilities.doubles import Stage
from plugwright.judging import Case, Report, TestResult, Verdict, Watcher
from plugwright.permissions import Permission
from plugwright.quotas import Quota
from plugwright.sandboxes import (
    GENERATED,
    JSON,
    Failure,
    Guest,
    Kind,
    Outcome,
    Sandbox,
    Service,
    Session,
)
from plugwright.storage import MemoryStorage, Refused

NOW = 1_767_600_000.0
"""The judge's clock stands still on Monday, 5 January 2026, 08:00 UTC."""
SEED = 0
RUNNER_QUOTA = Quota(
    fuel=60_000_000_000,
    seconds=120.0,
    host_calls=1_000_000,
    sent=1 << 30,
    received=1 << 30,
)
"""What a whole run of pytest may use; the plugin's fuel is not counted here."""

RUNS = 4
"""How many tests may end the whole run before the rest is given up."""
STOPS = {
    "fuel": Verdict.TLE,
    "seconds": Verdict.TLE,
    "memory": Verdict.MLE,
    "output": Verdict.OLE,
    "payload": Verdict.OLE,
    "writes": Verdict.OLE,
    "sent": Verdict.OLE,
    "received": Verdict.OLE,
    "host_calls": Verdict.OLE,
    "cpu_seconds": Verdict.TLE,
    "load_fuel": Verdict.TLE,
    "load_seconds": Verdict.TLE,
}


@dataclass
class Subject:
    """The plugin during one test: fresh, with doubles for what it was granted."""

    storage: MemoryStorage
    stage: Stage = field(default_factory=Stage)
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

    def services(self, name: str, permissions: Iterable[str]) -> dict[str, Service]:
        """What these permissions give, on doubles that the tests can look into."""
        granted = [Permission.parse(text) for text in permissions]
        # What the tests may do there does not depend on what the plugin may.
        folders = {each.target for each in granted if each.name.startswith("files.")}
        every = [Permission("storage")]
        for folder in sorted(folders):
            every += Permission("files.read", folder), Permission("files.write", folder)
        self.doubles = self._services("tests", every)
        return self._services(name, granted, lambda used: self.used.add(str(used)))

    def double(self, service: str) -> Service:
        """What the tests do to a double."""
        if service not in self.doubles:
            raise Refused("this plugin may use no folder, so there is none")
        return self.doubles[service]

    def _services(
        self, name: str, permissions: list[Permission], on_use: OnUse | None = None
    ) -> dict[str, Service]:
        return services(
            name,
            permissions,
            self.storage,
            lambda plugin, event, data: self.emitted.append(
                {"name": event, "data": data}
            ),
            lambda plugin, level, message, fields: self.logged.append(
                {"level": level, "message": message, "fields": fields}
            ),
            lambda: self.clock,
            self.stage.outside,
            on_use,
        )

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
    return service if service.startswith("import:") else was_denied(service)


def _said(failure: Failure) -> str:
    where = f" ({failure.where})" if failure.where else ""
    return f"{failure.type}: {failure.message}{where}"


class PytestJudge:
    """Judges plugins by ordinary pytest files that import the plugin's commands."""

    name = "pytest"

    def __init__(self, sandbox: Callable[[str], Sandbox]) -> None:
        self._sandbox = sandbox

    def judge(self, case: Case, watch: Watcher | None = None) -> Report:
        """Run every test; `watch` sees each result as it comes."""
        return _Run(self._sandbox, case, watch).report()


class _Run:
    """One judging of one case."""

    def __init__(
        self, sandbox: Callable[[str], Sandbox], case: Case, watch: Watcher | None
    ) -> None:
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
        first = self._open(initialise=False)
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
            self._run_tests(described.value)
        return Report(
            results=tuple(self._results),
            denied=tuple(dict.fromkeys(self._denied)),
            used=tuple(sorted(self._used)),
        )

    def _open(self, *, initialise: bool) -> Subject:
        case = self._case
        subject = Subject(MemoryStorage(case.quota.storage, case.quota.keys))
        subject.session = self._sandbox(case.engine).open(
            Guest(
                name=case.name,
                files=case.files,
                dispatcher="plugwright_sdk.guest:dispatch",
                packages=("plugwright_sdk",),
                services=subject.services(case.name, case.permissions),
                quota=case.quota,
                clock=NOW if "clock" in case.permissions else None,
                seed=SEED,
                arguments={"initialise": initialise},
            )
        )
        return subject

    def _finish(self, subject: Subject) -> None:
        subject.session.close()
        self._denied.extend(subject.denied)
        self._used |= subject.used

    def _run_tests(self, described: Mapping[str, JSON]) -> None:
        """Run pytest; go on in a new sandbox after a test that ended the first."""
        for _ in range(RUNS):
            outcome = self._run_once(described)
            if self._subject is not None:
                self._interrupted(outcome)
            if outcome.failure is None or not self._left():
                break
        said = outcome.output.strip()[-500:] or "the tests did not run"
        if outcome.failure is not None:
            said = _said(outcome.failure)
        for test in self._left():
            self._add(TestResult(test=test, verdict=Verdict.IE, message=said))

    def _run_once(self, described: Mapping[str, JSON]) -> Outcome:
        tests = self._sandbox(GENERATED).open(
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
            "commands": described.get("commands", {}),
            "tools": described.get("tools", {}),
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
            "plugin.tool": lambda a: self._ask("tool", a),
            "plugin.send": lambda a: self._ask("event", a),
            "plugin.validate": lambda a: self._ask("validate", a),
            "plugin.memory": lambda a: self._ask("memory", a),
            "plugin.emitted": lambda a: self._now().emitted,
            "plugin.logged": lambda a: self._now().logged,
            "plugin.stored": lambda a: self._now().double("storage.get")(a),
            "plugin.store": lambda a: self._now().double("storage.set")(a),
            "plugin.file": lambda a: self._now().double("files.read")(a),
            "plugin.put_file": lambda a: self._now().double("files.write")(a),
            "plugin.set_clock": self._set_clock,
            **{name: self._on_stage(name) for name in Stage().services()},
        }

    def _on_stage(self, name: str) -> Service:
        return lambda arguments: self._now().stage.services()[name](arguments)

    def _now(self) -> Subject:
        if self._subject is None:
            # A fixture of a wider scope, or the test module itself, calls the plugin.
            self._subject = self._open(initialise=True)
            self._subject.note(self._subject.session.loaded)
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
        subject.stage.outside.turn.next()
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
