"""Whether each request of the contest is what the README here says it is.

    python tests/contest/check.py            # all of them, on two cores
    python tests/contest/check.py tip-jar    # this one, in full
    pytest tests/contest/check.py

A solution is judged as any plugin is. What the hidden suite is worth is measured: of
the single slips that a student would make in the known-good solution it has to catch
nine in ten. A slip that it does not catch is forgiven where no answer to `inputs.json`
differs.
"""

from __future__ import annotations

import ast
import json
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import TypeAdapter

from plugwright.errors import PlugwrightError
from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Case, Report, Verdict
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Outcome
from plugwright.sources import check
from plugwright.storage import MemoryStorage
from plugwright_cassette.student import slip
from plugwright_forge.acceptance import function_of, requirement_of
from plugwright_forge.answers import Question
from plugwright_forge.bench import Description
from plugwright_forge.decisions import questions, specification
from plugwright_forge.fences import Malformed
from plugwright_forge.fitting import misfits
from plugwright_forge.skeletons import empty_plugin
from plugwright_forge.specification import Specification
from plugwright_qa.judge import NOW, SEED, Subject

REQUESTS = Path(__file__).parent / "requests"
TOPICS = (
    *("texts", "dates", "money", "schedules", "parsing"),
    *("tables", "graphs", "state", "events", "storage"),
)
TESTS, HIDDEN = "test_plugin.py", "test_hidden.py"
SEEDS = 30
CAUGHT = 0.9
MOST_FUEL = 2_000_000_000
"""What a test may take of a good solution; a slip gets twice that."""
QUOTA = Quota(fuel=2 * MOST_FUEL, seconds=20)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, with everything that is known about it."""

    name: str
    topic: str
    request: str
    questions: tuple[Question, ...]
    specification: Specification
    permissions: tuple[str, ...]
    plugin: str
    other: str
    tests: str
    hidden: str
    inputs: tuple[tuple[Mapping[str, Any], ...], ...]


@dataclass
class Found:
    """What was seen of one request, and what is wrong with it."""

    problems: list[str] = field(default_factory=list)
    tests: int = 0
    proving: int = 0
    """How many of these fail on a plugin that does nothing."""
    hidden: int = 0
    caught: int = 0
    slips: int = 0
    """Those that change what the plugin does."""
    missed: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Say it in one line."""
        return (
            f"{self.tests} tests, {self.proving} prove something; {self.hidden} hidden,"
            f" {self.caught} of {self.slips} slips caught"
        )


def names() -> list[str]:
    """List the requests there are."""
    return sorted(folder.name for folder in REQUESTS.iterdir() if folder.is_dir())


def load(name: str) -> Asked:
    """Read one request. Raises `Malformed` and what reading files raises."""
    folder = REQUESTS / name

    def text(file: str) -> str:
        return (folder / file).read_text("utf-8")

    about = tomllib.loads(text("request.toml"))
    return Asked(
        name=name,
        topic=about["topic"],
        request=about["request"],
        permissions=tuple(about["permissions"]),
        questions=questions(text("questions.json")),
        specification=specification(text("specification.json")),
        plugin=text("plugin.py"),
        other=text("other.py"),
        tests=text(TESTS),
        hidden=text(f"hidden/{HIDDEN}"),
        inputs=tuple(map(tuple, json.loads(text("inputs.json")))),
    )


def examine(host: Host, name: str) -> Found:
    """Look at a request from every side."""
    found = Found()
    try:
        asked = load(name)
    except (OSError, ValueError, KeyError, Malformed) as error:
        found.problems.append(f"cannot be read: {type(error).__name__}: {error}")
        return found
    found.problems += _misshapen(asked)
    if not found.problems:
        found.problems += _solutions(host, asked, found)
    if not found.problems:
        _try_slips(host, asked, found)
        if found.caught < CAUGHT * found.slips:
            found.problems.append("the hidden suite misses too many slips")
    return found


def answers(
    host: Host, asked: Asked, code: str, calls: tuple[Mapping[str, Any], ...]
) -> list[Any]:
    """Give what a fresh plugin says to each call, and in the end what it emitted."""
    subject, said = _opened(host, asked, code), list[Any]()
    for call in calls:
        if "event" in call:
            operation, given = "event", {"name": call["event"], "data": call["data"]}
        else:
            operation = "command"
            given = {"name": call["command"], "arguments": call["arguments"]}
        said.append(_answer(subject.session.call(operation, given)))
    subject.session.close()
    return [*said, subject.emitted]


def _opened(host: Host, asked: Asked, code: str) -> Subject:
    """Open a fresh plugin, as it is during one test of the judge."""
    subject = Subject(MemoryStorage(QUOTA.storage, QUOTA.keys))
    subject.session = host.sandbox().open(
        Guest(
            name=asked.name,
            files={"plugin.py": code},
            dispatcher="plugwright_sdk.guest:dispatch",
            packages=("plugwright_sdk",),
            services=subject.services(asked.name, asked.permissions),
            quota=QUOTA,
            clock=NOW if "clock" in asked.permissions else None,
            seed=SEED,
            arguments={"initialise": True},
        )
    )
    return subject


def _answer(outcome: Outcome) -> Any:
    failure = outcome.failure
    if failure is None:
        return outcome.value
    # Two good solutions may refuse in different words. No JSON is a tuple.
    if failure.type == "InputError":
        return ("refused",)
    return ("failed", f"{failure.type}: {failure.message}")


def _misshapen(asked: Asked) -> Iterator[str]:
    wanted = asked.specification
    if asked.topic not in TOPICS:
        yield f"there is no topic `{asked.topic}`"
    if wanted.name != asked.name:
        yield f"the specification is named `{wanted.name}`"
    if asked.permissions != tuple(str(w.permission) for w in wanted.permissions):
        yield "request.toml and the specification ask for different permissions"
    for what, count, least, most in (
        ("questions", len(asked.questions), 2, 4),
        ("requirements", len(wanted.requirements), 3, 8),
        ("commands", len(wanted.commands), 1, 3),
        ("plans", len(wanted.plans), 3, 3),
        ("lines of plugin.py", asked.plugin.count("\n"), 20, 120),
        ("test functions", len(_functions(asked.tests)), 8, 15),
        ("hidden test functions", len(_functions(asked.hidden)), 12, 25),
        ("lists of inputs", len(asked.inputs), 12, 30),
    ):
        if not least <= count <= most:
            yield f"{count} {what}, not {least} to {most}"
    for file, source in ((TESTS, asked.tests), (HIDDEN, asked.hidden)):
        yield from _misnamed(file, source, wanted)
    if any(asked.inputs.count(calls) > 1 for calls in asked.inputs):
        yield "a list of inputs is there twice"


def _misnamed(file: str, source: str, wanted: Specification) -> Iterator[str]:
    known = {requirement.id for requirement in wanted.requirements}
    about = {name: requirement_of(name) for name in _functions(source)}
    for name, requirement in about.items():
        if requirement not in known:
            yield f"{file}: `{name}` is about no requirement"
    for requirement in sorted(known - {*about.values()}):
        yield f"{file}: nothing is about {requirement}"
    if len(about) < len(_functions(source)):
        yield f"{file}: two functions have the same name"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "plugin":
            for alias in node.names:
                if alias.name not in wanted.functions:
                    yield f"{file}: the plugin has no command `{alias.name}`"


def _functions(source: str) -> list[str]:
    return [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ]


def _solutions(host: Host, asked: Asked, found: Found) -> Iterator[str]:
    suites = {TESTS: asked.tests, HIDDEN: asked.hidden}
    for file, code in (("plugin.py", asked.plugin), ("other.py", asked.other)):
        yield from (f"{file}: {said}" for said in _unfit(host, asked, code))
        for result in _judge(host, asked, code, suites).results:
            if result.verdict is not Verdict.AC:
                yield f"{file}: {result.test}: {result.verdict} {result.message}"
            elif result.fuel > MOST_FUEL:
                yield f"{file}: {result.test} takes {result.fuel:,} of fuel"
    report = _judge(
        host, asked, empty_plugin(asked.specification), {TESTS: asked.tests}
    )
    proving = {
        function_of(result.test)
        for result in report.results
        if result.verdict is not Verdict.AC
    }
    found.tests, found.hidden = map(len, map(_functions, suites.values()))
    found.proving = len(proving)
    proved = {requirement_of(name) for name in proving}
    for requirement in asked.specification.requirements:
        if requirement.id not in proved:
            yield f"no test of {requirement.id} fails on an empty plugin"
    for number, calls in enumerate(asked.inputs):
        one, other = (
            answers(host, asked, code, calls) for code in (asked.plugin, asked.other)
        )
        for said, rival in zip(one, other, strict=True):
            if said != rival:
                yield f"inputs {number}: {said} in plugin.py, {rival} in other.py"
            if isinstance(said, tuple) and said[0] == "failed":
                yield f"inputs {number}: {said[1]}"


def _unfit(host: Host, asked: Asked, code: str) -> Iterator[str]:
    try:
        check({"plugin.py": code})
        described = host.describe(asked.name, {"plugin.py": code})
    except PlugwrightError as error:
        yield str(error)
        return
    description = TypeAdapter(Description).validate_python(described)
    yield from misfits(asked.specification, description)


def _judge(host: Host, asked: Asked, code: str, tests: Mapping[str, str]) -> Report:
    case = Case(
        name=asked.name,
        files={"plugin.py": code},
        tests=tests,
        permissions=asked.permissions,
        quota=QUOTA,
    )
    return host.judge().judge(case)


def _try_slips(host: Host, asked: Asked, found: Found) -> None:
    slipped = dict.fromkeys(slip(asked.plugin, Random(seed)) for seed in range(SEEDS))
    right: list[list[Any]] = []
    for code in slipped:
        if code == asked.plugin:
            continue
        if not _judge(host, asked, code, {HIDDEN: asked.hidden}).passed:
            found.slips, found.caught = found.slips + 1, found.caught + 1
            continue
        right = right or [answers(host, asked, asked.plugin, c) for c in asked.inputs]
        if any(
            answers(host, asked, code, calls) != said
            for calls, said in zip(asked.inputs, right, strict=True)
        ):
            found.slips += 1
            found.missed.append(_changed(asked.plugin, code))
        else:
            found.missed.append(f"{_changed(asked.plugin, code)} (no answer differs)")


def _changed(before: str, after: str) -> str:
    lines = zip(before.split("\n"), after.split("\n"), strict=True)
    return next(
        f"line {number}: {new.strip()}"
        for number, (old, new) in enumerate(lines, 1)
        if old != new
    )


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host.discover(Home(tmp_path_factory.mktemp("home"))) as host:
        yield host


@pytest.mark.parametrize("name", names())
def test_a_request_is_what_it_says(host: Host, name: str) -> None:
    assert examine(host, name).problems == []


def main(wanted: list[str]) -> int:
    """Print a line for each request, and what is wrong; 1 if anything is."""
    failed = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Host.discover(Home(Path(folder))) as host,
        ThreadPoolExecutor(2) as pool,
    ):
        chosen = wanted or names()
        for name, found in zip(
            chosen, pool.map(lambda n: examine(host, n), chosen), strict=True
        ):
            failed += bool(found.problems)
            print(f"{'WRONG' if found.problems else 'ok':5} {name}: {found.line()}")
            for said in (*found.problems, *(found.missed if wanted else ())):
                print(f"      {said}")
    print(f"{len(chosen) - failed} of {len(chosen)} are as they should be")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
