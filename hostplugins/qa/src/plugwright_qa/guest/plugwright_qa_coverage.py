"""Notes which lines and branches of a plugin run; lives in the plugin's own sandbox.

The plugin is in the same interpreter, so it can change what is noted here. That is why
the notes are only where in which code something happened, and another guest, in which
the plugin never runs, says which lines and branches these are (`read`). So a plugin can
say of its own code that it ran or that it did not, and nothing else.

It watches with `sys.monitoring`: each place costs something once, and then nothing.
"""

import ast
import dis
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from plugwright_sdk import guest

Arc: TypeAlias = tuple[int, int]

_monitoring: Any = vars(sys)["monitoring"]
TOOL = _monitoring.COVERAGE_ID

_lines: dict[str, set[int]] = {}
_branches: dict[str, set[tuple[str, int, int]]] = {}


def dispatch(operation: str, arguments: Any) -> Any:
    """Answer for the plugin, and say what of it ran when asked."""
    if operation == "load":
        watch(arguments["files"])
    if operation == "ran":
        return {
            file: {"lines": sorted(_lines[file]), "branches": sorted(_branches[file])}
            for file in sorted(_lines)
        }
    return guest.dispatch(operation, arguments)


def read(operation: str, arguments: Any) -> Any:
    """Say what the notes mean; for a guest without a plugin."""
    if operation == "load":
        return None
    found = {}
    for file, source in arguments["files"].items():
        with suppress(SyntaxError, ValueError, RecursionError):
            found[file] = meaning(source, file, arguments["ran"].get(file, {}))
    return found


def watch(files: Sequence[str]) -> None:
    """Note from now on what runs in these files."""
    for file in files:
        _lines[file], _branches[file] = set(), set()
    events = _monitoring.events
    _monitoring.use_tool_id(TOOL, "plugwright")
    _monitoring.register_callback(TOOL, events.LINE, _line)
    _monitoring.register_callback(TOOL, events.BRANCH_LEFT, _branch)
    _monitoring.register_callback(TOOL, events.BRANCH_RIGHT, _branch)
    _monitoring.set_events(TOOL, events.LINE | events.BRANCH_LEFT | events.BRANCH_RIGHT)


def _line(code: types.CodeType, line: int) -> object:
    if code.co_filename in _lines:
        _lines[code.co_filename].add(line)
    return _monitoring.DISABLE


def _branch(code: types.CodeType, source: int, target: int) -> object:
    if code.co_filename in _branches:
        _branches[code.co_filename].add((_key(code), source, target))
    return _monitoring.DISABLE


def _key(code: types.CodeType) -> str:
    return f"{code.co_firstlineno} {code.co_qualname}"


# What the notes mean: in a guest in which no plugin is.


def meaning(source: str, file: str, ran: Mapping[str, Any]) -> dict[str, Any]:
    """Say which lines and branches a file has, and which of them were seen."""
    tree = ast.parse(source, file)
    statements = Statements(tree)
    lines: set[int] = set()
    branches: dict[tuple[str, int, int], Arc] = {}
    for code in codes(compile(source, file, "exec", dont_inherit=True)):
        lines |= {statements.start(line) for *_, line in code.co_lines() if line}
        if not code.co_name.startswith("<") or code.co_name == "<module>":
            branches.update(of_code(code, statements))
    seen = {statements.start(line) for line in ran.get("lines", ())}
    gone = {(key, a, b) for key, a, b in ran.get("branches", ())}
    return {
        "lines": sorted(lines),
        "executed": sorted(lines & seen),
        "branches": sorted({*branches.values()}),
        "taken": sorted({arc for place, arc in branches.items() if place in gone}),
    }


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A piece of code and all that is defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


class Statements:
    """Where each line's statement begins, and whether it is one that chooses."""

    def __init__(self, tree: ast.AST) -> None:
        self._starts: dict[int, int] = {}
        self.choosing: set[int] = set()
        # From the outside in: a statement inside of another has the last word.
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt):
                self._add(node)
            elif isinstance(node, ast.match_case):
                end = node.body[0].lineno
                self._mark(node.pattern.lineno, node.pattern.lineno, end)
                self.choosing.add(node.pattern.lineno)

    def _add(self, node: ast.stmt) -> None:
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)])
        body = getattr(node, "body", None)
        end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
        self._mark(node.lineno, first, end)
        if isinstance(node, (ast.If, ast.While, ast.For, ast.AsyncFor)):
            self.choosing.add(node.lineno)

    def _mark(self, start: int, first: int, end: int) -> None:
        for line in range(first, max(end, first + 1)):
            self._starts[line] = start

    def start(self, line: int) -> int:
        """The first line of the statement that a line belongs to."""
        return self._starts.get(line, line)


def of_code(
    code: Any, statements: Statements
) -> Iterator[tuple[tuple[str, int, int], Arc]]:
    """Each branch of a piece of code: where it is there, and from and to which line."""
    steps = list(dis.get_instructions(code))
    index = {step.offset: number for number, step in enumerate(steps)}
    lines = [
        statements.start(step.positions.lineno)
        if step.positions is not None and step.positions.lineno
        else None
        for step in steps
    ]
    for source, *targets in code.co_branches():
        line = lines[index[source]]
        if line is None or line not in statements.choosing:
            continue
        for target in targets:
            to = _leads_to(steps, index, lines, index[target], line)
            if to is not None:
                yield (_key(code), source, target), (line, to)


_ENDS = ("RETURN_VALUE", "RAISE_VARARGS", "RERAISE")


def _leads_to(
    steps: Sequence[dis.Instruction],
    index: Mapping[int, int],
    lines: Sequence[int | None],
    number: int,
    line: int,
) -> int | None:
    """The next line on the way from here; zero is out, None: another choice before."""
    passed: set[int] = set()
    while number not in passed and number < len(steps):
        passed.add(number)
        step, here = steps[number], lines[number]
        if here is not None and here != line:
            return here
        if step.opname in _ENDS:
            return 0
        if step.opname.startswith("JUMP"):
            number = index[step.argval]
        elif step.opcode in dis.hasjrel:
            return None
        else:
            number += 1
    return line
