"""The stage `documentation`: every command is documented, and its examples are true."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from plugwright.host import Host
from plugwright.judging import Call, Case, Verdict
from plugwright.quality import Remark, unseen
from plugwright.quotas import Quota
from plugwright.validation import Severity
from plugwright_qa.checks.documents import words
from plugwright_qa.judge import PytestJudge
from plugwright_qa.observing import observed
from plugwright_qa.stages.described import Described
from plugwright_qa.stages.desk import Desk
from plugwright_qa.stages.examples import Called, Typed, called, typed
from plugwright_qa.stages.guestapi import doors, names_of
from plugwright_qa.stages.remarks import few, found, looked

STAGE = "documentation"
README = "README.md"
FUEL = 1_000_000_000
"""For one call of an example."""
MOST = 20
"""Examples of each kind that are run."""


def look(desk: Desk, host: Host | None, told: Described) -> list[Remark]:
    """Read what there is, and run every example."""
    remarks = [*_described(desk, told)]
    if host is None or told.problem:
        why = (
            f"it cannot be loaded: {told.problem[:200]}" if host else "there is no host"
        )
        return [unseen(STAGE, f"the examples; {why}"), *few(remarks)]
    readme = desk.source.files.get(README, "")
    calls = [*called(readme, told.commands)]
    lines = [*typed(README, readme), *_docstrings(desk)]
    remarks += _without(desk, told, calls, lines)
    remarks += _run_calls(desk, host, calls[:MOST])
    remarks += _run_lines(desk, host, told, lines[:MOST])
    count = min(len(calls), MOST) + min(len(lines), MOST)
    said = f"{len(told.commands)} commands, {count} examples run in the sandbox"
    beyond = max(len(calls), len(lines)) - MOST
    late = [unseen(STAGE, f"{beyond} more examples")] if beyond > 0 else []
    return [looked(STAGE, said), *late, *few(remarks)]


def _described(desk: Desk, told: Described) -> Iterator[tuple[str, Remark]]:
    for name, door in sorted(told.commands.items()):
        if not door.summary:
            yield (
                "no docstring",
                found(
                    STAGE,
                    f"`{name}` has no docstring, so no list says what it is for",
                    Severity.WARNING,
                    desk.lines.get(door.function, ""),
                    "say in one line what it does",
                ),
            )
    readme = desk.source.files.get(README)
    if readme is None:
        missing = found(
            STAGE,
            "there is no README.md, so nobody is told how to use it",
            Severity.WARNING,
            remedy="write one that names every command",
        )
        yield "no README", missing
        return
    named = words(readme)
    for name in sorted(told.commands):
        if name not in named:
            yield (
                "not in README",
                found(
                    STAGE,
                    f"README.md does not name the command `{name}`",
                    Severity.WARNING,
                    README,
                    "say what it takes and gives, with an example",
                ),
            )


def _docstrings(desk: Desk) -> Iterator[Typed]:
    for path, tree in desk.trees.items():
        for function in doors(tree, names_of(tree)):
            text = ast.get_docstring(function, clean=False)
            if text and isinstance(function.body[0], ast.Expr):
                yield from typed(path, text, function.body[0].lineno)


def _without(
    desk: Desk, told: Described, calls: list[Called], lines: list[Typed]
) -> Iterator[tuple[str, Remark]]:
    """Name the commands that no example shows."""
    shown = words("\n".join(each.source for each in lines))
    shown |= {each.command for each in calls}
    for name, door in sorted(told.commands.items()):
        if shown.isdisjoint({name, door.function}):
            yield (
                "no example",
                found(
                    STAGE,
                    f"no example that can be run shows `{name}`",
                    Severity.NOTE,
                    desk.lines.get(door.function, ""),
                    f"show it in README.md: its input as JSON, then"
                    f" `plugwright run {desk.source.name} {name} --input FILE`",
                ),
            )


def _run_calls(
    desk: Desk, host: Host, calls: list[Called]
) -> Iterator[tuple[str, Remark]]:
    for each in calls:
        call = Call(command=each.command, arguments=each.arguments)
        (said,) = observed(host.sandbox, _case(desk), [call])
        problem = ""
        if said.failure or said.refused:
            problem = said.failure or "the command refuses this input"
        elif each.has_answer and said.value != each.answer:
            problem = f"it gives {said.value!r:.120}, not {each.answer!r:.120}"
        if problem:
            yield "an example", _wrong(each.command, problem, each.where)


def _run_lines(
    desk: Desk, host: Host, told: Described, lines: list[Typed]
) -> Iterator[tuple[str, Remark]]:
    if not lines:
        return
    names = sorted({door.function for door in told.commands.values()})
    tests = _as_tests(names, lines)
    report = PytestJudge(host.sandbox).judge(_case(desk, tests))
    by_test = {each.test.rpartition("::")[2]: each for each in report.results}
    for n, each in enumerate(lines):
        result = by_test.get(f"test_{n}")
        if result is None or result.verdict is not Verdict.AC:
            first = result or next(iter(report.results), None)
            said = first.message if first else "it did not run"
            yield "an example", _wrong("", said, each.where)


def _wrong(command: str, problem: str, where: str) -> Remark:
    whose = f" of `{command}`" if command else ""
    return found(
        STAGE,
        f"the example{whose} is not true: {problem}",
        Severity.WARNING,
        where,
        "mend the example, or the command",
    )


_TYPE = """\
import contextlib
import io
from plugin import {names}

def _is_like(said, wanted):
    first, *parts = [" ".join(part.split()) for part in wanted.split("...")]
    said = " ".join(said.split())
    if not parts or not said.startswith(first):
        return said == first
    for part in parts[:-1]:
        said = said[len(first):]
        if part not in said:
            return False
        said, first = said[said.index(part):], part
    return len(said) >= len(first) + len(parts[-1]) and said.endswith(parts[-1])

def _type(steps):
    known = dict(globals())
    for line, source, wanted in steps:
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out):
                exec(compile(source + "\\n", "example", "single"), known)
            said = out.getvalue()
        except Exception as error:
            if not wanted.startswith("Traceback"):
                raise
            said = "".join([type(error).__name__, ": ", str(error)])
            # What it is called in full, and what led there, an example may leave out.
            wanted = wanted.strip().rpartition("\\n")[2]
            head, colon, rest = wanted.partition(":")
            wanted = head.rpartition(".")[2] + colon + rest
        if not _is_like(said, wanted):
            raise AssertionError(
                f"line {{line}} says {{said.strip()!r}}, not {{wanted.strip()!r}}"
            )
"""


def _as_tests(names: list[str], lines: list[Typed]) -> dict[str, str]:
    """Write a test for each block; what is typed reaches the plugin as tests do."""
    head = _TYPE.format(names=", ".join(names))
    bodies = [
        f"\ndef test_{n}():\n    _type({each.steps!r})\n"
        for n, each in enumerate(lines)
    ]
    return {"test_examples.py": head + "".join(bodies)}


def _case(desk: Desk, tests: dict[str, str] | None = None) -> Case:
    source = desk.source
    return Case(
        name=source.name,
        files=desk.modules,
        tests=tests or {},
        permissions=source.permissions,
        quota=Quota(fuel=FUEL, load_fuel=FUEL),
        engine=source.engine,
    )
