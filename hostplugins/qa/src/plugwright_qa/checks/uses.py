"""What a module asks of the host, as far as reading it can tell.

`certain` is what it surely asks for when that line is reached; `possible` is the name
of every permission that it might need. Whatever this reader does not follow, such as a
name that is bound twice, or `eval`, makes more possible and nothing certain.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from plugwright.targets import TARGETS

SDK = "plugwright_sdk"
_EVERY = frozenset(TARGETS)

# By the SDK's name, the permissions that may be behind it.
_BEHIND: dict[str, frozenset[str]] = {
    "storage": frozenset({"storage"}),
    "log": frozenset({"log"}),
    "clock": frozenset({"clock"}),
    "emit": frozenset({"events.emit"}),
    "http": frozenset({"http"}),
    "files": frozenset({"files.read", "files.write"}),
    "models": frozenset({"model"}),
}
_HARMLESS = frozenset(
    {"Denied", "HostRefused", "InputError", "OutputError", "command", "initialiser"}
    | {"on", "errors"}
)
_METHODS: dict[str, dict[str, str]] = {
    "storage": dict.fromkeys(("get", "set", "delete", "keys", "query"), "storage"),
    "log": dict.fromkeys(("debug", "info", "warning", "error"), "log"),
    "clock": dict.fromkeys(("timestamp", "now", "today"), "clock"),
    "http": dict.fromkeys(
        ("request", "get", "head", "post", "put", "patch", "delete"), "http"
    ),
    "files": {
        **dict.fromkeys(("read_bytes", "read_text", "list", "exists"), "files.read"),
        **dict.fromkeys(("write_bytes", "write_text"), "files.write"),
    },
    "models": {"ask": "model"},
}
_CLOCKS = frozenset({"time", "datetime", "calendar", "email", "logging", "random"})
"""Modules that may look at the clock, which is there only if it was granted."""
_OPAQUE_MODULES = frozenset(
    {"importlib", "sys", "builtins", "inspect", "gc", "runpy", "pkgutil", "types"}
    | {"_plugwright_host", "pickle", "operator", "code"}
)
_OPAQUE_NAMES = frozenset(
    {"eval", "exec", "compile", "__import__", "globals", "locals", "vars"}
    | {"__builtins__"}
)


@dataclass(frozen=True)
class Use:
    """One line that asks something of the host."""

    permission: str
    """Its name; with `target`, all of it."""
    target: str
    """What it is for, where the line says so; empty if it does not."""
    line: int


@dataclass
class Uses:
    """What one module, or a whole plugin, asks of the host."""

    certain: list[Use] = field(default_factory=list)
    possible: set[str] = field(default_factory=set)


def uses_in(module: ast.Module, *, is_alone: bool) -> Uses:
    """Read one module; `is_alone` says that no other could take names from it."""
    reader = _Reader(module, is_alone)
    reader.read()
    return reader.uses


class _Reader:
    def __init__(self, module: ast.Module, is_alone: bool) -> None:
        self.uses = Uses()
        self._module = module
        self._is_alone = is_alone
        self._bound = Counter(_bindings(module))
        """How often a name is bound to anything but what is imported from the SDK:
        then it may be something else by the time it is used."""
        self._services: dict[str, str] = {}
        """What a name in this module means: `storage`, `http`."""
        self._packages: set[str] = set()
        """Names of the SDK itself."""
        self._followed: set[int] = set()
        """Names that are part of something that was understood."""

    def read(self) -> None:
        for node in ast.walk(self._module):
            if isinstance(node, ast.Import):
                self._imported(node)
            elif isinstance(node, ast.ImportFrom):
                self._imported_from(node)
        # Outer nodes come before what is in them.
        for node in ast.walk(self._module):
            if isinstance(node, ast.Call):
                self._called(node)
            elif isinstance(node, ast.Compare):
                self._compared(node)
            elif isinstance(node, ast.Attribute):
                self._looked_into(node)
            elif isinstance(node, ast.Name) and id(node) not in self._followed:
                self._named(node)

    # What is imported.

    def _imported(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            if alias.name == SDK:
                self._packages.add(alias.asname or SDK)
                self._bound[alias.asname or SDK] -= 1
            elif top == SDK:
                self._anything()
            self._other_module(top)

    def _imported_from(self, node: ast.ImportFrom) -> None:
        source = node.module or ""
        top = source.partition(".")[0]
        self._other_module(top)
        if top != SDK:
            return
        for alias in node.names:
            if alias.name in _BEHIND:
                name = alias.asname or alias.name
                if self._services.setdefault(name, alias.name) == alias.name:
                    self._bound[name] -= 1
                if not self._is_alone:
                    self.uses.possible |= _BEHIND[alias.name]
            elif alias.name not in _HARMLESS and source != f"{SDK}.errors":
                self._anything()

    def _other_module(self, top: str) -> None:
        if top in _OPAQUE_MODULES:
            self._anything()
        if top in _CLOCKS:
            self.uses.possible.add("clock")

    # What is used.

    def _called(self, node: ast.Call) -> None:
        function = node.func
        if self._service(function) == "emit":
            self._follow(function)
            self._surely(function, "events.emit", _first_text(node))
        elif isinstance(function, ast.Attribute):
            service = self._service(function.value)
            permission = _METHODS.get(service, {}).get(function.attr)
            if permission is not None:
                self._follow(function)
                said = _first_text(node, "role") if permission == "model" else ""
                self._surely(function.value, permission, f"role={said}" if said else "")

    def _compared(self, node: ast.Compare) -> None:
        """Understand `"key" in storage`."""
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn):
            (container,) = node.comparators
            if self._service(container) == "storage":
                self._follow(container)
                self._surely(container, "storage", "")

    def _looked_into(self, node: ast.Attribute) -> None:
        """Understand `plugwright_sdk.storage`, and what is no part of a call."""
        if id(node) in self._followed or not self._is_package(node.value):
            return
        self._follow(node)
        if node.attr in _BEHIND:
            self.uses.possible |= _BEHIND[node.attr]
        elif node.attr not in _HARMLESS:
            self._anything()

    def _named(self, node: ast.Name) -> None:
        if node.id in self._services:
            self.uses.possible |= _BEHIND[self._services[node.id]]
        elif node.id in self._packages or node.id in _OPAQUE_NAMES:
            self._anything()

    def _service(self, node: ast.expr) -> str:
        """Give the SDK's name for what an expression is, if it is one of these."""
        if isinstance(node, ast.Name):
            return self._services.get(node.id, "")
        if isinstance(node, ast.Attribute) and self._is_package(node.value):
            return node.attr if node.attr in _BEHIND else ""
        return ""

    def _is_package(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._packages

    def _surely(self, node: ast.expr, permission: str, target: str) -> None:
        self.uses.possible.add(permission)
        name = next(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
        if not self._bound[name]:
            self.uses.certain.append(Use(permission, target, node.lineno))

    def _follow(self, node: ast.expr) -> None:
        self._followed |= {id(each) for each in ast.walk(node)}

    def _anything(self) -> None:
        self.uses.possible |= _EVERY


def _first_text(node: ast.Call, keyword: str = "name") -> str:
    """Give the first argument of a call, if it is plain text."""
    named = [each.value for each in node.keywords if each.arg == keyword]
    for value in [*node.args, *named][:1]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return ""


def _bindings(module: ast.Module) -> Iterator[str]:
    """Give every name once for each place that binds it, in whatever scope."""
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
