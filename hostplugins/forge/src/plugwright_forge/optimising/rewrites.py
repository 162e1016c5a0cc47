"""Rewrites that need no model: what is slow by habit, and what says the same faster.

Each looks before it leaps, but none is believed: whether the plugin still does the same
is for the tests to say, and whether it got cheaper for its fuel.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plugwright_forge.optimising.syntax import (
    READERS,
    READING_METHODS,
    Edits,
    Function,
    Loop,
    Source,
    bound_in,
    names_in,
)


@dataclass(frozen=True)
class Rewrite:
    """One way to say the same faster."""

    name: str
    said: str
    """What it does, in a line."""
    line: int
    """Where, in the file that it was made for."""
    function: str
    code: str


def rewrites(code: str) -> tuple[Rewrite, ...]:
    """Give every rewrite that can be made; none for what is no Python."""
    try:
        source = Source(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: dict[str, Rewrite] = {}
    for function in source.functions:
        for rule in RULES:
            for each in rule(source, function):
                found.setdefault(each.code, each)
    return tuple(found.values())


def membership(source: Source, function: Function) -> Iterator[Rewrite]:
    """`x in words`, asked again and again of a list that stays the same."""
    groups: dict[tuple[str, Loop], list[ast.Name]] = {}
    for node in ast.walk(function):
        listed = _asked_list(node)
        if listed is None or not _is_list(function, listed.id):
            continue
        loop = _still(source, function, listed, {listed.id})
        if loop is not None:
            groups.setdefault((listed.id, loop), []).append(listed)
    for (name, loop), places in groups.items():
        statement = source.statement(loop)
        if statement is None:
            continue
        known = source.fresh(f"{name}_known")
        edits = Edits(before=[(statement, f"{known} = set({name})")])
        edits.replaced += [(place, known) for place in places]
        yield Rewrite(
            "membership",
            f"looks in a set of `{name}` instead of the list",
            places[0].lineno,
            function.name,
            source.with_edits(edits),
        )


def seen(source: Source, function: Function) -> Iterator[Rewrite]:
    """`x in seen`, where `seen` is a list that only grows."""
    for start in function.body:
        name = _empty_list(start)
        if not name:
            continue
        asked, told, other = [], [], False
        for node in ast.walk(function):
            if not (isinstance(node, ast.Name) and node.id == name):
                continue
            added = _appended(source, node)
            if _asked_list(source.parents[node]) is node:
                asked.append(node)
            elif added is not None:
                told.append(added)
            elif not _is_harmless(source, node, start):
                other = True
        if not (asked and told) or other or source.statement(start) is None:
            continue
        known = source.fresh(f"{name}_known")
        edits = Edits(after=[(start, f"{known} = set()")])
        for statement, value in told:
            edits.after.append((statement, f"{known}.add({source.segment(value)})"))
        edits.replaced = [(place, known) for place in asked]
        yield Rewrite(
            "seen",
            f"keeps a set beside `{name}` to look in",
            asked[0].lineno,
            function.name,
            source.with_edits(edits),
        )


def counting(source: Source, function: Function) -> Iterator[Rewrite]:
    """`words.count(x)`, asked again and again."""
    groups: dict[tuple[str, Loop], list[tuple[ast.expr, ast.expr]]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="count"), args=[asked]
            ) if _is_list(function, name) and not _counts(asked):
                loop = _still(source, function, node, {name})
                if loop is not None:
                    groups.setdefault((name, loop), []).append((node, asked))
    for (name, loop), places in groups.items():
        statement = source.statement(loop)
        if statement is None:
            continue
        counts = source.fresh(f"{name}_counts")
        edits = Edits(before=[(statement, f"{counts} = Counter({name})")])
        edits.replaced = [
            (node, f"{counts}[{source.segment(asked)}]") for node, asked in places
        ]
        yield Rewrite(
            "counting",
            f"counts `{name}` once",
            places[0][0].lineno,
            function.name,
            source.with_import(
                source.with_edits(edits), "from collections import Counter"
            ),
        )


def ends(source: Source, function: Function) -> Iterator[Rewrite]:
    """`sorted(x)[0]`, which sorts everything for one."""
    for node in ast.walk(function):
        match node:
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="sorted"), args=[given]) as call,
                slice=end,
                ctx=ast.Load(),
            ):
                words = {each.arg: each.value for each in call.keywords}
            case _:
                continue
        new = _end(ast.unparse(end), words)
        if not new:
            continue
        key = f", key={source.segment(words['key'])}" if "key" in words else ""
        edits = Edits(replaced=[(node, f"{new}({source.segment(given)}{key})")])
        yield Rewrite(
            "ends",
            f"takes the `{new}` instead of sorting",
            node.lineno,
            function.name,
            source.with_edits(edits),
        )


def _end(place: str, words: dict[str | None, ast.expr]) -> str:
    turned = ast.unparse(words["reverse"]) if "reverse" in words else "False"
    if not words.keys() <= {"key", "reverse"}:
        return ""
    if place == "0":  # of several that are alike, both give the first
        return {"False": "min", "True": "max"}.get(turned, "")
    return "max" if (place, turned) == ("-1", "False") and not words else ""


def hoisting(source: Source, function: Function) -> Iterator[Rewrite]:
    """What comes out the same in every turn of a loop."""
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and _is_pure(node) and source.is_read(node)):
            continue
        names = names_in(node) - READERS
        if not names:
            continue
        loop = _still(source, function, node, names)
        statement = None if loop is None else source.statement(loop)
        if statement is None:
            continue
        value = source.segment(node)
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        asked = node.func.attr if isinstance(node.func, ast.Attribute) else called
        new = source.fresh(f"{min(names)}_{asked}")
        edits = Edits(before=[(statement, f"{new} = {value}")], replaced=[(node, new)])
        yield Rewrite(
            "hoisting",
            f"works out `{value}` once, before the loop",
            node.lineno,
            function.name,
            source.with_edits(edits),
        )


def joining(source: Source, function: Function) -> Iterator[Rewrite]:
    """`text += part` in a loop."""
    for start, loop in zip(function.body, function.body[1:], strict=False):
        match start, loop:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Constant(value="")
            ), ast.For() | ast.While():
                pass
            case _:
                continue
        inside = [n for n in ast.walk(loop) if isinstance(n, ast.Name) and n.id == name]
        added = [source.parents[n] for n in inside]
        lines = [
            each
            for each in added
            if isinstance(each, ast.AugAssign)
            and isinstance(each.op, ast.Add)
            and source.statement(each) is each
        ]
        if not lines or len(lines) != len(added):
            continue
        parts = source.fresh(f"{name}_parts")
        edits = Edits(after=[(loop, f'{name} = "".join({parts})')])
        edits.replaced = [(start, f"{parts} = []")]
        for each in lines:
            told = source.segment(each.value)
            edits.replaced.append((each, f"{parts}.append({told})"))
        yield Rewrite(
            "joining",
            f"joins the parts of `{name}` at the end",
            lines[0].lineno,
            function.name,
            source.with_edits(edits),
        )


def remembering(source: Source, function: Function) -> Iterator[Rewrite]:
    """A pure function that calls itself with what it was called with before."""
    calls = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function.name
    ]
    own = {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}
    own |= bound_in([function]) | {function.name, "int", "str", "float", "bool"}
    used = names_in(function) - own - READERS
    constants = {name for name in used if name.isupper()}
    returned = ast.unparse(function.returns) if function.returns else ""
    if (
        len(calls) < 2
        or function.decorator_list
        or function not in source.tree.body
        or used - constants
        or returned not in ("int", "str", "float", "bool")
        or any(isinstance(n, ast.Global | ast.Nonlocal) for n in ast.walk(function))
    ):
        return
    edits = Edits(before=[(function, "@lru_cache(maxsize=10_000)")])
    yield Rewrite(
        "remembering",
        f"remembers what `{function.name}` gave",
        function.lineno,
        function.name,
        source.with_import(source.with_edits(edits), "from functools import lru_cache"),
    )


_CHEAP = {"range", "enumerate", "zip", "reversed", "len", "bool", "abs"}
"""What is not worth a name of its own, or gives something that is used up."""
RULES: tuple[Callable[[Source, Function], Iterator[Rewrite]], ...] = (
    *(membership, seen, counting, remembering, ends, hoisting, joining),
)


def _still(
    source: Source, function: Function, node: ast.AST, names: set[str]
) -> Loop | None:
    """The outermost loop around in which nothing of these changes."""
    found = None
    for loop in source.loops(node, function):
        if any(source.changes(name, loop) for name in names):
            break
        found = loop
    return found


def _counts(node: ast.expr) -> bool:
    """Whether there is another count inside, whose place would change."""
    return any(
        isinstance(n, ast.Attribute) and n.attr == "count" for n in ast.walk(node)
    )


def _asked_list(node: ast.AST) -> ast.Name | None:
    match node:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name() as all]):
            return all
    return None


def _empty_list(statement: ast.stmt) -> str:
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=[]))
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.List(elts=[]))
        ):
            return name
    return ""


def _is_list(function: Function, name: str) -> bool:
    """Whether all that is said of a name says that it is a list."""
    said = []
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=each, annotation=ast.expr() as kind) if each == name:
                said.append(ast.unparse(kind).partition("[")[0] in ("list", "tuple"))
            case ast.Assign(targets=[ast.Name(id=each)], value=value) if each == name:
                said.append(_makes_list(value))
            case ast.AnnAssign(target=ast.Name(id=each), annotation=kind) if (
                each == name
            ):
                said.append(ast.unparse(kind).partition("[")[0] in ("list", "tuple"))
            case ast.Name(id=each, ctx=ast.Store()) if each == name:
                pass
    return bool(said) and all(said)


def _makes_list(value: ast.expr) -> bool:
    match value:
        case ast.List() | ast.ListComp():
            return True
        case ast.Call(func=ast.Name(id="list" | "sorted")):
            return True
        case ast.Call(func=ast.Attribute(attr="split" | "splitlines")):
            return True
    return False


def _appended(source: Source, node: ast.Name) -> tuple[ast.stmt, ast.expr] | None:
    """The statement `name.append(value)` that a name is in, if it is no more."""
    method = source.parents[node]
    if not (isinstance(method, ast.Attribute) and method.attr == "append"):
        return None
    call = source.parents[method]
    statement = source.statement(call)
    match statement, call:
        case ast.Expr(value=whole), ast.Call(args=[value], keywords=[]) if (
            whole is call
        ):
            is_plain = not any(
                isinstance(each, ast.Call | ast.NamedExpr | ast.Await | ast.Yield)
                for each in ast.walk(value)
            )
            assert statement is not None
            return (statement, value) if is_plain else None
    return None


def _is_harmless(source: Source, node: ast.Name, start: ast.stmt) -> bool:
    parent = source.parents[node]
    return (
        parent is start
        or isinstance(parent, ast.Return)
        or (isinstance(node.ctx, ast.Load) and source.is_read(node))
    )


def _is_pure(node: ast.Call) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=called), keywords=[]):
            plain = called in READERS - _CHEAP
        case ast.Call(func=ast.Attribute(attr=asked, value=ast.Name()), keywords=[]):
            plain = asked in READING_METHODS - {"items", "keys", "values"}
        case _:
            return False
    return plain and all(
        isinstance(each, ast.Name | ast.Constant) for each in node.args
    )
