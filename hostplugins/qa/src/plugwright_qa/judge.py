"""Runs acceptance tests against a plugin, and is fooled by neither.

pytest runs in one sandbox, the plugin in another, and this file carries JSON between
the two. The plugin never sees a test, an expectation or the runner; all it can do to a
verdict is to answer a call well or badly. Each test meets a fresh plugin with empty
storage, so that nothing one test leaves behind can help or hurt the next.

A quota that did its work, or a reach for what was not granted, decides a test's verdict
even if the test itself was satisfied: a test must not be able to forgive them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from plugwright.capabilities.doubles import Stage
from plugwright.judging import (
    Call,
    Case,
    Mutants,
    Observed,
    Report,
    TestResult,
    Verdict,
    Watcher,
)
from plugwright.quotas import Quota
from plugwright.sandboxes import GENERATED, JSON, Guest, Outcome, Sandbox, Service
from plugwright_qa.coverage import Notes, measuring
from plugwright_qa.lanes import Lane, side_by_side
from plugwright_qa.mutation import Fate, mutants, score
from plugwright_qa.observing import observed
from plugwright_qa.profiling import Profile, profiled
from plugwright_qa.subject import NOW, SEED, STOPS, Subject, said

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


class PytestJudge:
    """Judges plugins by ordinary pytest files that import the plugin's commands."""

    name = "pytest"

    def __init__(
        self, sandbox: Callable[[str], Sandbox], lane: Callable[[], Lane] | None = None
    ) -> None:
        self._sandbox = sandbox
        self._lane = lane
        """Opens sandboxes that nobody else has, to work side by side."""

    def judge(self, case: Case, watch: Watcher | None = None) -> Report:
        """Run every test; `watch` sees each result as it comes."""
        return _judged(self._sandbox, case, watch)

    def judge_many(self, cases: Sequence[Case]) -> list[Report]:
        """Judge each case as `judge` would; the reports are in the order of the cases.

        Where there are processors for it, some are judged at the same time, each in
        sandboxes that no other uses: so none can hold another up, or end it.
        """
        return side_by_side(_judged, cases, self._sandbox, self._lane)

    def mutate(self, case: Case, most: int, baseline: Report | None = None) -> Mutants:
        """Judge mutants of a plugin, chosen evenly over its code."""
        made = list(mutants(case.files))
        if len(made) > most:
            made = [made[n * len(made) // most] for n in range(most)]
        found = score(case, self.judge_many, baseline=baseline, of=made)
        kills: dict[str, int] = {}
        for test, killed in found.kills.items():
            name = test.partition("[")[0].rpartition("::")[2]
            if killed:
                kills[name] = kills.get(name, 0) + len(killed)
        tally = found.whole
        alive = [
            each.mutant
            for each in found.fates
            if each.fate in (Fate.SURVIVED, Fate.TIMED_OUT)
        ]
        return Mutants(
            killed=tally.killed,
            counted=tally.counted,
            alive=tuple(each.said for each in alive),
            kills=kills,
            survivors=tuple({**case.files, each.file: each.source} for each in alive),
        )

    def calls(self, case: Case) -> dict[str, tuple[Call, ...]]:
        """Say what each test asks of a plugin, up to what no story could repeat."""
        run = _Run(self._sandbox, case)
        run.report()
        return {test: tuple(calls) for test, calls in run.calls.items()}

    def observe(
        self, case: Case, stories: Sequence[Sequence[Call]]
    ) -> list[tuple[Observed, ...]]:
        """Play each story on a fresh plugin, call after call; its tests are ignored."""
        return [observed(self._sandbox, case, story) for story in stories]

    def profile(self, case: Case, calls: Sequence[Call]) -> Profile:
        """Say where the fuel goes when a fresh plugin is called so."""
        return profiled(self._sandbox, case, calls)


def _judged(
    sandbox: Callable[[str], Sandbox], case: Case, watch: Watcher | None = None
) -> Report:
    report = _Run(sandbox, case, watch).report()
    if not case.coverage:
        return report
    # A run of its own: watching costs fuel, and no verdict may come from that.
    notes = Notes(case.files)
    _Run(sandbox, measuring(case), notes=notes).report()
    return replace(report, coverage=notes.read(sandbox(GENERATED)))


class _Run:
    """One judging of one case."""

    def __init__(
        self,
        sandbox: Callable[[str], Sandbox],
        case: Case,
        watch: Watcher | None = None,
        notes: Notes | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._notes = notes
        self._case = case
        self._watch = watch
        self._results: list[TestResult] = []
        self._subject: Subject | None = None
        self._denied: list[str] = []
        self._used: set[str] = set()
        self._name = ""
        self._collected: list[str] = []
        self.calls: dict[str, list[Call]] = {}
        """What each test asks of the plugin."""
        self._listens = False

    def report(self) -> Report:
        """Load the plugin once to learn its commands, then let pytest run."""
        first = self._open(initialise=False)
        first.note(first.session.loaded)
        described = first.note(first.session.call("describe", None))
        self._finish(first)
        if first.worst is not None or not isinstance(described.value, dict):
            failure = described.failure
            why = "it does not describe itself" if failure is None else said(failure)
            verdict, message = first.worst or (Verdict.CE, why)
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
        case, subject = self._case, Subject.of(self._case)
        guest = subject.guest(case, initialise=initialise)
        if self._notes is not None:
            guest = self._notes.noting(guest)
        subject.session = self._sandbox(case.engine).open(guest)
        return subject

    def _finish(self, subject: Subject) -> None:
        if self._notes is not None:
            self._notes.take(subject.session)
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
        why = outcome.output.strip()[-500:] or "the tests did not run"
        if outcome.failure is not None:
            why = said(outcome.failure)
        for test in self._left():
            self._add(TestResult(test=test, verdict=Verdict.IE, message=why))

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
        why = "the run of the tests ended early"
        if failure is not None:
            why = f"the test itself did not come to an end: {said(failure)}"
            verdict = STOPS.get(failure.type, Verdict.IE)
        self._end({"test": self._name, "outcome": "died", "message": why}, verdict)

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
            "plugin.fuel": lambda a: self._now().fuel,
            "plugin.stored": lambda a: self._now().double("storage.get")(a),
            "plugin.store": lambda a: self._prepared().double("storage.set")(a),
            "plugin.file": lambda a: self._now().double("files.read")(a),
            "plugin.put_file": lambda a: self._prepared().double("files.write")(a),
            "plugin.set_clock": self._set_clock,
            **{name: self._on_stage(name) for name in Stage().services()},
        }

    def _on_stage(self, name: str) -> Service:
        return lambda arguments: self._prepared().stage.services()[name](arguments)

    def _prepared(self) -> Subject:
        """Give the plugin to a test that arranges what no call could."""
        self._listens = False
        return self._now()

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
        self.calls[self._name], self._listens = [], True
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
        if self._listens and operation in _ASKED:
            self.calls[self._name].append(_call(arguments))
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
        self._prepared().clock = float(arguments["seconds"])
        return None

    def _end(self, result: dict[str, Any], died: Verdict = Verdict.IE) -> JSON:
        subject, self._listens = self._subject, False
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


_ASKED = ("command", "event")


def _call(arguments: Any) -> Call:
    """Write what a test asks of a plugin as a part of a story."""
    if "data" in arguments:
        return Call(event=str(arguments["name"]), data=arguments["data"])
    return Call(command=str(arguments["name"]), arguments=arguments["arguments"])


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
