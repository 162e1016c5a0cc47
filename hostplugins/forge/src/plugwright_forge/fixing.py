"""Mends what can be mended without a model: imports, error handling, validation.

Each fix is a whole new version of the file, made by a rule from a template. Nobody
believes in it: the judge says whether it is better, as of any other version.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MODULES = (
    *("bisect", "calendar", "collections", "copy", "csv", "datetime", "decimal"),
    *("fractions", "functools", "heapq", "html", "io", "itertools", "json", "math"),
    *("operator", "random", "re", "statistics", "string", "textwrap", "unicodedata"),
    *("uuid", "zoneinfo"),
)
"""What a plugin may import of the standard library, and is called by its own name."""
NAMES = {
    "plugwright_sdk": (
        *("InputError", "clock", "command", "emit", "http", "files", "log"),
        *("on", "storage", "tool"),
    ),
    "collections": ("Counter", "OrderedDict", "defaultdict", "deque"),
    "dataclasses": ("asdict", "dataclass", "field", "replace"),
    "datetime": ("date", "time", "timedelta"),
    "decimal": ("Decimal", "ROUND_HALF_EVEN", "ROUND_HALF_UP"),
    "enum": ("Enum", "StrEnum"),
    "fractions": ("Fraction",),
    "functools": ("cache", "lru_cache", "partial", "reduce"),
    "itertools": (
        *("accumulate", "chain", "combinations", "groupby", "islice", "pairwise"),
        *("permutations", "product", "zip_longest"),
    ),
    "typing": (
        *("Any", "Iterable", "Literal", "Mapping", "NamedTuple", "NotRequired"),
        *("Optional", "Sequence", "TypedDict", "Union"),
    ),
    "zoneinfo": ("ZoneInfo",),
}
"""Names that are usually taken from a module, by module."""
_RAISED = (
    *("ArithmeticError", "AttributeError", "IndexError", "KeyError", "TypeError"),
    "ValueError",
)
_HANDLED = """\
{step}try:
{body}
{step}except ({raised}) as error:
{step}{step}raise InputError(f"this input cannot be used: {{error}}") from error
"""
_CHECKED = """\
{step}if not {parameter}:
{step}{step}raise InputError("{parameter} is empty")
"""


@dataclass(frozen=True)
class Fix:
    """One way to mend a file."""

    name: str
    said: str
    """What it does, for the history."""
    code: str


def fixes(code: str) -> Iterator[Fix]:
    """Give every fix that changes something; none for what is no Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from _found(code, tree)


def _found(code: str, tree: ast.Module) -> Iterator[Fix]:
    lines = missing_imports(tree)
    if lines:
        yield Fix("imports", f"adds {'; '.join(lines)}", _with_imports(code, lines))
    for command in _commands(tree):
        handled = _handled(code, command)
        if handled:
            yield Fix(
                f"error handling: {command.name}",
                f"refuses what `{command.name}` fails on",
                handled,
            )
        for parameter in _emptiable(command):
            if checked := _checked(code, command, parameter):
                yield Fix(
                    f"validation: {command.name}({parameter})",
                    f"refuses an empty `{parameter}`",
                    checked,
                )


def missing_imports(tree: ast.Module) -> tuple[str, ...]:
    """Give the import lines of known names that are used and come from nowhere."""
    known = {*dir(builtins), *_defined(tree)}
    used = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    missing = sorted(used - known)
    lines = []
    for module, names in NAMES.items():
        if wanted := [name for name in missing if name in names]:
            lines.append(f"from {module} import {', '.join(wanted)}")
            missing = [name for name in missing if name not in wanted]
    lines += [f"import {name}" for name in missing if name in MODULES]
    return tuple(sorted(lines))


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((n.asname or n.name).partition(".")[0] for n in names)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case _:
                pass


def _with_imports(code: str, added: Sequence[str]) -> str:
    """Put lines behind the docstring and what has to come first."""
    tree, at = ast.parse(code), 0
    for node in tree.body:
        is_docstring = isinstance(node, ast.Expr) and at == 0
        is_first = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_docstring or is_first):
            break
        at = node.end_lineno or at
    lines = code.split("\n")
    return "\n".join([*lines[:at], *added, *lines[at:]])


def _commands(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(
            _name(mark) == "command" for mark in node.decorator_list
        ):
            yield node


def _name(mark: ast.expr) -> str:
    called = mark.func if isinstance(mark, ast.Call) else mark
    return called.id if isinstance(called, ast.Name) else ""


def _body(command: ast.FunctionDef) -> list[ast.stmt]:
    first = command.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return command.body[1:] if is_docstring else command.body


def _handled(code: str, command: ast.FunctionDef) -> str:
    """Have a command refuse its input where it raises something of its own."""
    body, lines = _body(command), code.split("\n")
    if not body or isinstance(body[0], ast.Try):
        return ""
    start, end = _first_line(body[0]), body[-1].end_lineno or body[-1].lineno
    step = _step(lines[start])
    if not step or _has_long_text(body):
        return ""  # to indent it would change the text
    inner = "\n".join(
        f"{step}{line}" if line.strip() else line for line in lines[start:end]
    )
    raised = ", ".join(_RAISED)
    wrapped = _HANDLED.format(body=inner, raised=raised, step=step).rstrip("\n")
    return _with_error("\n".join([*lines[:start], wrapped, *lines[end:]]))


def _first_line(statement: ast.stmt) -> int:
    marks: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(mark.lineno for mark in marks)]) - 1


def _step(line: str) -> str:
    """Give what a line is indented by; nothing, if it is the signature's own line."""
    return line[: len(line) - len(line.lstrip())]


def _has_long_text(body: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Constant | ast.JoinedStr)
        and node.lineno != (node.end_lineno or node.lineno)
        for statement in body
        for node in ast.walk(statement)
    )


def _emptiable(command: ast.FunctionDef) -> Iterator[str]:
    """Give the parameters that may be empty: texts, lists and objects."""
    for argument in command.args.args:
        said = ast.unparse(argument.annotation) if argument.annotation else ""
        if said.partition("[")[0] in ("str", "list", "dict"):
            yield argument.arg


def _checked(code: str, command: ast.FunctionDef, parameter: str) -> str:
    body = _body(command) or command.body
    lines, start = code.split("\n"), _first_line(body[0])
    step = _step(lines[start])
    if not step:
        return ""
    check = _CHECKED.format(parameter=parameter, step=step).rstrip("\n")
    return _with_error("\n".join([*lines[:start], check, *lines[start:]]))


def _with_error(code: str) -> str:
    """Import what it raises; nothing, if a rule did not understand the layout."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return ""
    missing = [line for line in missing_imports(tree) if "InputError" in line]
    return _with_imports(code, missing) if missing else code
