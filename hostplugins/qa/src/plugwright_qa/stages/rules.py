"""Plugwright's own rules: what makes a plugin behave in its sandbox, as a guest should.

A rule says in which line, and what; how grave that is and how to mend it is the rule's.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from plugwright.validation import Severity
from plugwright_qa.stages.guestapi import SDK, Function, Names, doors, parameters

Said = Iterator[tuple[int, str]]
LONGEST = 60
"""Lines of a function."""
_SERVICES = ("storage", "http", "files", "models", "emit", "log", "clock")
_BROAD = frozenset({"Exception", "BaseException"})
_REFUSALS = frozenset({"Denied", "HostRefused", "PermissionError"})
_VAGUE = frozenset({"ValueError", "TypeError", "Exception", "KeyError", "RuntimeError"})
_NOW = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    | {"time.localtime", "time.gmtime", "time.time_ns"}
)
_ENDING = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort", "os.kill"})
_WAITING = frozenset({"time.sleep", "asyncio.sleep"})
_PEEKING = frozenset(
    {"pytest", "unittest", "doctest", "inspect", "gc", "traceback", "_pytest"}
    | {"plugwright_sdk.testing", "plugwright_sdk._bridge", "_plugwright_host"}
    | {"sys.modules", "sys._getframe", "sys.settrace"}
)
_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_COLLECTIONS = frozenset(
    {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict"}
)
_MUTATING = frozenset(
    {"append", "extend", "insert", "add", "update", "setdefault", "pop", "clear"}
    | {"remove", "discard", "popitem"}
)


@dataclass(frozen=True)
class Module:
    """One module and what it calls things."""

    tree: ast.Module
    names: Names

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in it, outer before inner."""
        return (*ast.walk(self.tree),)

    @cached_property
    def doors(self) -> tuple[Function, ...]:
        """What the outside calls."""
        return (*doors(self.tree, self.names),)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function."""
        return tuple(node for node in self.nodes if isinstance(node, Function))

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call, with what it calls: `datetime.now`, `time.sleep`."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                first, dot, rest = dotted(node.func).partition(".")
                yield node, f"{self.imported.get(first, first)}{dot}{rest}"

    @cached_property
    def imported(self) -> dict[str, str]:
        """What names stand for that are imported from a module: `time.sleep`."""
        return {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in self.nodes
            if isinstance(node, ast.ImportFrom) and node.module and not node.level
            for alias in node.names
        }


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule."""

    name: str
    severity: Severity
    remedy: str
    look: Callable[[Module], Said]


def dotted(node: ast.AST) -> str:
    """Write a chain of names as it is written; nothing if it is none."""
    steps: list[str] = []
    while isinstance(node, ast.Attribute):
        steps.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(steps)]) if isinstance(node, ast.Name) else ""


def _at_import(module: Module) -> Said:
    stack: list[ast.AST] = [*module.tree.body]
    while stack:
        node = stack.pop()
        if isinstance(node, Function | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            part = module.names.part(node.func)
            if part.partition(".")[0] in _SERVICES:
                yield node.lineno, f"`{part}` is called while the plugin is imported"
        stack += ast.iter_child_nodes(node)


def _module_state(module: Module) -> Said:
    shared = {
        target.id
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_mutable(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for function in module.functions:
        own = {each.arg for each in parameters(function)}
        for node in ast.walk(function):
            match node:
                case ast.Global(names=names):
                    yield node.lineno, f"`{names[0]}` is kept in the module"
                case ast.Call(func=ast.Attribute(value=changed, attr=attr)) if (
                    attr in _MUTATING and _whole(changed) in shared - own
                ):
                    yield node.lineno, f"`{_whole(changed)}` is kept in the module"
                case ast.Subscript(value=changed, ctx=ast.Store() | ast.Del()) if (
                    _whole(changed) in shared - own
                ):
                    yield node.lineno, f"`{_whole(changed)}` is kept in the module"


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func).rpartition(".")[2] in _COLLECTIONS
    return isinstance(value, _MUTABLE)


def _whole(part: ast.expr) -> str:
    """Name what something is a part of: `seen` for `seen["x"]`."""
    while isinstance(part, ast.Subscript):
        part = part.value
    return part.id if isinstance(part, ast.Name) else ""


def _own_clock(module: Module) -> Said:
    for node, name in module.calls():
        # `datetime.datetime.now` is `datetime.now`; with a zone it is the clock, too.
        if ".".join(name.split(".")[-2:]) in _NOW and not module.names.part(node.func):
            yield node.lineno, f"`{name}()` asks the machine what time it is"


def _waits(module: Module) -> Said:
    for node, name in module.calls():
        if name in _WAITING:
            yield node.lineno, f"`{name}` uses up the quota by waiting"


def _prints(module: Module) -> Said:
    for node, name in module.calls():
        if name == "print":
            yield node.lineno, "nobody sees what it prints"


def _ends(module: Module) -> Said:
    for node, name in module.calls():
        if name in _ENDING:
            yield node.lineno, f"`{name}` ends the whole guest"


def _peeks(module: Module) -> Said:
    for node in module.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            source = node.module or ""
            names = [source, *(f"{source}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Attribute) and dotted(node).startswith("sys."):
            names = [dotted(node)]
        for name in names:
            if name in _PEEKING or name.partition(".")[0] in _PEEKING:
                yield node.lineno, f"`{name}` tells it who is calling"  # type: ignore[attr-defined]
                break


def _silence(module: Module) -> Said:
    for node in module.nodes:
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = {dotted(each).rpartition(".")[2] for each in _types(node)}
        is_broad = node.type is None or caught & _BROAD
        if is_broad and not any(isinstance(n, ast.Raise) for n in ast.walk(node)):
            if all(_does_nothing(each) for each in node.body):
                yield node.lineno, "whatever goes wrong here, nobody hears of it"
            elif node.type is None or "BaseException" in caught:
                yield node.lineno, "it catches even what was meant to stop it"
        elif caught & _REFUSALS and all(_does_nothing(each) for each in node.body):
            yield node.lineno, "that it was refused something, nobody hears"


def _types(node: ast.ExceptHandler) -> list[ast.expr]:
    if isinstance(node.type, ast.Tuple):
        return node.type.elts
    return [node.type] if node.type is not None else []


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass | ast.Continue) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _vague_refusals(module: Module) -> Said:
    for function in module.doors:
        for node in ast.walk(function):
            if isinstance(node, ast.Raise) and node.exc is not None:
                error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                if dotted(error) in _VAGUE:
                    yield node.lineno, f"`{dotted(error)}` looks like an accident"


def _untyped(module: Module) -> Said:
    for function in module.doors:
        lacking = [each.arg for each in parameters(function) if each.annotation is None]
        if lacking:
            yield function.lineno, f"`{function.name}`: `{lacking[0]}` has no type"
        elif function.returns is None and module.names.door(function) != "on":
            yield function.lineno, f"`{function.name}` does not say what it gives"


def _asks_in_loops(module: Module) -> Said:
    for loop in module.nodes:
        if not isinstance(loop, ast.For | ast.While | ast.AsyncFor):
            continue
        for node in (inner for each in loop.body for inner in ast.walk(each)):
            if isinstance(node, ast.Call):
                part = module.names.part(node.func)
                if part in ("storage.get", "storage.keys", "storage.query"):
                    yield node.lineno, f"`{part}` asks the host in every round"


def _long(module: Module) -> Said:
    for function in module.functions:
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST:
            yield function.lineno, f"`{function.name}` has {lines} lines"


RULES = (
    Rule(
        name="no-work-at-import",
        severity=Severity.WARNING,
        remedy="do it in a function marked `@initialiser`",
        look=_at_import,
    ),
    Rule(
        name="no-state-in-modules",
        severity=Severity.WARNING,
        remedy="keep it in `storage`; a guest may end after any call",
        look=_module_state,
    ),
    Rule(
        name="ask-the-clock",
        severity=Severity.WARNING,
        remedy=f"use `{SDK}.clock`, which tests can set",
        look=_own_clock,
    ),
    Rule(
        name="no-waiting",
        severity=Severity.WARNING,
        remedy="return, and let the host call again",
        look=_waits,
    ),
    Rule(
        name="log-not-print",
        severity=Severity.NOTE,
        remedy=f"use `{SDK}.log`, or return it",
        look=_prints,
    ),
    Rule(
        name="no-ending",
        severity=Severity.WARNING,
        remedy="raise `InputError`, or return",
        look=_ends,
    ),
    Rule(
        name="no-peeking",
        severity=Severity.ERROR,
        remedy="a plugin does the same for tests as for everybody; leave it out",
        look=_peeks,
    ),
    Rule(
        name="no-silence",
        severity=Severity.WARNING,
        remedy="catch what you can answer, and let the rest through",
        look=_silence,
    ),
    Rule(
        name="refuse-with-input-error",
        severity=Severity.NOTE,
        remedy="raise `InputError` where the input is wrong: the caller is told so",
        look=_vague_refusals,
    ),
    Rule(
        name="typed-doors",
        severity=Severity.WARNING,
        remedy="annotate it: that is the command's schema",
        look=_untyped,
    ),
    Rule(
        name="ask-once",
        severity=Severity.NOTE,
        remedy="ask once before the loop: host calls have a quota",
        look=_asks_in_loops,
    ),
    Rule(
        name="short-functions",
        severity=Severity.NOTE,
        remedy=f"make several of it, none over {LONGEST} lines",
        look=_long,
    ),
)
