"""The bench where plugins are judged and looked at, each version once per session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from plugwright.errors import Denied, PluginError, Stopped
from plugwright.judging import Case, Judge, Report
from plugwright.sandboxes import JSON
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
_REPORT = TypeAdapter(Report)
_DESCRIPTION = TypeAdapter(Description)


class Bench:
    """Judges and describes; what is in the session's log is not done again."""

    def __init__(
        self, session: Session, judge: Judge, describe: Describe, watcher: Watcher
    ) -> None:
        self._session = session
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
    ) -> Report:
        """Run the tests; without permissions, with those of the specification."""
        asked = tuple(str(wish.permission) for wish in specification.permissions)
        case = Case(
            name=specification.name,
            files=files,
            tests=tests,
            permissions=asked if permissions is None else permissions,
        )
        known = self._session.has(key)
        self._watcher.judging(subject)

        def compute() -> JSON:
            report = self._judge.judge(case, lambda r: self._watcher.result(subject, r))
            dumped: JSON = _REPORT.dump_python(report, mode="json")
            return dumped

        report = _REPORT.validate_python(self._session.step(key, compute))
        for result in report.results if known else ():
            self._watcher.result(subject, result)
        return report

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
