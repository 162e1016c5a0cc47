"""The bench where plugins are judged and looked at, each version once per session."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from plugwright.errors import Denied, PluginError, Stopped
from plugwright.judging import (
    Call,
    Case,
    Judge,
    Mutants,
    Observed,
    Observer,
    Report,
)
from plugwright.sandboxes import JSON
from plugwright_forge.budget import Amounts, Purse
from plugwright_forge.probing import Probe, output_of
from plugwright_forge.session import Session
from plugwright_forge.specification import Specification
from plugwright_forge.watching import Watcher

Describe = Callable[[str, Mapping[str, str]], Mapping[str, Any]]
"""Opens sources in a sandbox and says what they offer."""


@dataclass(frozen=True)
class CommandDescription:
    """One command, as the guest API describes it."""

    function: str
    summary: str
    parameters: tuple[str, ...]
    input: dict[str, Any] = field(default_factory=dict)
    output: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Description:
    """What a plugin offers, once it is loaded."""

    commands: dict[str, CommandDescription]
    events: tuple[str, ...]
    initialiser: bool = False


class NotDescribed(Exception):
    """A plugin does not load, or says nothing sensible of itself; the text says why."""


_NAME = "candidate"
_OUTPUTS = TypeAdapter(list[str])
_REPORT = TypeAdapter(Report)
_MUTANTS = TypeAdapter(Mutants)
MOST_MUTANTS = 24
"""For one plugin; each is judged by all of its tests."""
_DESCRIPTION = TypeAdapter(Description)


class Bench:
    """Judges and describes; what is in the session's log is not done again."""

    def __init__(
        self,
        session: Session,
        judge: Judge,
        describe: Describe,
        watcher: Watcher,
        purse: Purse,
    ) -> None:
        self._session = session
        self._purse = purse
        self._judge = judge
        self._describe = describe
        self._watcher = watcher

    def judge(
        self,
        key: str,
        subject: str,
        files: Mapping[str, str],
        tests: Mapping[str, str],
        specification: Specification,
        permissions: tuple[str, ...] | None = None,
        *,
        last: bool = False,
    ) -> Report:
        """Run the tests; without permissions, with those of the specification.

        Only the `last` judging may use what the budget keeps for it. It also says which
        lines and branches ran, for the report.
        """
        case = _case(specification, files, tests, permissions)
        case = replace(case, coverage=last)
        known = self._session.has(key)
        self._watcher.judging(subject)

        def compute() -> JSON:
            report = self._judge.judge(case, lambda r: self._watcher.result(subject, r))
            dumped: JSON = _REPORT.dump_python(report, mode="json")
            return dumped

        report = _REPORT.validate_python(self.work(key, compute, last=last))
        for result in report.results if known else ():
            self._watcher.result(subject, result)
        return report

    @property
    def observer(self) -> Observer | None:
        """Give the judge itself, if it can look; what it does is paid by `work`."""
        can = hasattr(self._judge, "observe")
        return cast("Observer", self._judge) if can else None

    def observe(
        self,
        key: str,
        code: str,
        specification: Specification,
        probes: Sequence[Probe],
    ) -> tuple[str | None, ...]:
        """Say what a candidate gives for each probe; None where the judge cannot see.

        As text that is equal where everybody outside sees the same.
        """
        observe = getattr(self._judge, "observe", None)
        if observe is None or not probes:
            return (None,) * len(probes)
        case = _case(specification, {"plugin.py": code}, {})

        def compute() -> JSON:
            return _played([probe.story for probe in probes], partial(observe, case))

        return tuple(_OUTPUTS.validate_python(self.work(key, compute)))

    def calls(
        self,
        key: str,
        code: str,
        tests: Mapping[str, str],
        specification: Specification,
    ) -> dict[str, tuple[Call, ...]]:
        """Say what tests ask of a plugin; nothing where the judge cannot."""
        listen = getattr(self._judge, "calls", None)
        if listen is None:
            return {}
        case = _case(specification, {"plugin.py": code}, tests)

        def compute() -> JSON:
            return {
                t: [asdict(call) for call in made] for t, made in listen(case).items()
            }

        found: Any = self.work(key, compute)
        return {
            test: tuple(Call(**call) for call in made) for test, made in found.items()
        }

    def mutate(
        self,
        key: str,
        code: str,
        tests: Mapping[str, str],
        specification: Specification,
        report: Report,
    ) -> Mutants | None:
        """Measure what the tests notice; None where the judge cannot."""
        mutate = getattr(self._judge, "mutate", None)
        if mutate is None:
            return None
        case = _case(specification, {"plugin.py": code}, tests)

        def compute() -> JSON:
            found: JSON = _MUTANTS.dump_python(
                mutate(case, MOST_MUTANTS, report), mode="json"
            )
            return found

        self._watcher.note("measuring what the tests notice")
        return _MUTANTS.validate_python(self.work(key, compute))

    def describe(self, key: str, files: Mapping[str, str]) -> Description:
        """Load the sources and say what they offer. Raises `NotDescribed`."""

        def compute() -> JSON:
            try:
                return {"described": asdict(self._described(files))}
            except NotDescribed as error:
                return {"error": str(error)}

        value = self._session.step(key, compute)
        assert isinstance(value, dict)
        if "error" in value:
            raise NotDescribed(value["error"])
        return _DESCRIPTION.validate_python(value["described"])

    def work(
        self, key: str, compute: Callable[[], JSON], *, last: bool = False
    ) -> JSON:
        """Do a step of work, and pay for it."""
        if not self._session.has(key):
            self._purse.need(Amounts(), last=last, among=("seconds", "wall"))
        value = self._session.step(key, compute)
        session = self._session
        self._purse.spend(Amounts(seconds=session.took, wall=session.worked))
        return value

    def _described(self, files: Mapping[str, str]) -> Description:
        try:
            return _parsed(self._describe(_NAME, files))
        except PluginError as error:
            raise NotDescribed(error.message.removeprefix(f"`{_NAME}`: ")) from error
        except Denied as error:
            raise NotDescribed(error.message) from error
        except Stopped as error:
            # How much it used is the machine's business, and prompts have none.
            raise NotDescribed(f"loading it broke the quota `{error.quota}`") from error


def _case(
    specification: Specification,
    files: Mapping[str, str],
    tests: Mapping[str, str],
    permissions: tuple[str, ...] | None = None,
) -> Case:
    asked = tuple(str(wish.permission) for wish in specification.permissions)
    return Case(
        name=specification.name,
        files=files,
        tests=tests,
        permissions=asked if permissions is None else permissions,
    )


def _played(
    stories: Sequence[tuple[Call, ...]],
    observe: Callable[[Sequence[Sequence[Call]]], Sequence[Sequence[Observed]]],
) -> list[JSON]:
    """Give what came last of each; who is how a longer one begins is seen there."""
    written = [tuple(json.dumps(asdict(c), sort_keys=True) for c in s) for s in stories]
    begins = {each[:end] for each in written for end in range(1, len(each))}
    whole = {
        each: story
        for each, story in zip(written, stories, strict=True)
        if each not in begins
    }
    found: dict[tuple[str, ...], str] = {}
    for each, seen in zip(whole, observe([*whole.values()]), strict=True):
        for end in range(1, len(each) + 1):
            found[each[:end]] = output_of(seen[end - 1 : end])
    return [found[each] for each in written]


def _parsed(described: Mapping[str, Any]) -> Description:
    # The guest describes itself, and whoever wrote it may have told it what to say.
    try:
        return _DESCRIPTION.validate_python(described)
    except ValidationError as error:
        found = error.errors(include_input=False)[0]
        place = ".".join(map(str, found["loc"]))
        raise NotDescribed(
            f"it describes itself wrongly at `{place}`: {found['msg']}"
        ) from error
