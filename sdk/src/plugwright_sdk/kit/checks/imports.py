"""What a plugin imports is brought by what it says it depends on."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from email.parser import Parser
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from plugwright_sdk.kit.checks.bench import Trouble

_OURS = {"plugwright": ["plugwright-core"], "plugwright_sdk": ["plugwright-sdk"]}
"""Where they are installed to be worked on, nothing says which names they bring."""

_OPTIONAL = {"ImportError", "ModuleNotFoundError", "Exception"}


def check_imports(wheel: Path, package: str) -> list[Trouble]:
    """Name each module that only this machine happens to have."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(name for name in names if name.endswith(".dist-info/METADATA"))
        required = _required(archive.read(about).decode("utf-8", "replace"))
        sources = {
            name: archive.read(name).decode("utf-8", "replace")
            for name in names
            if name.startswith(f"{package}/") and name.endswith(".py")
        }
    found: dict[str, str] = {}
    for path, source in sources.items():
        for module in _imported(source):
            found.setdefault(module, path)
    own = {package, *(Path(path).stem for path in sources)}
    brought = _brought_by(required)
    providers = {**metadata.packages_distributions(), **_OURS}
    return [
        trouble
        for module, path in found.items()
        if module not in sys.stdlib_module_names and module not in own
        for trouble in _judged(module, path, providers.get(module, ()), brought)
    ]


def _judged(
    module: str, path: str, providers: Sequence[str], brought: set[str]
) -> list[Trouble]:
    if {canonicalize_name(each) for each in providers} & brought:
        return []
    if providers:
        return [
            Trouble(
                what=f"it imports `{module}`, but does not depend on `{providers[0]}`,"
                " which brings it",
                where=path,
                remedy=f'write "{providers[0]}" under `dependencies` in pyproject.toml',
            )
        ]
    if find_spec(module) is None:
        return [
            Trouble(
                what=f"it imports `{module}`, which is not installed",
                where=path,
                remedy="correct the name, or depend on what brings it",
            )
        ]
    return []  # installed in a way that tells nobody which distribution it is of


def _required(about: str) -> list[str]:
    return Parser().parsestr(about, headersonly=True).get_all("Requires-Dist") or []


def _brought_by(required: Sequence[str]) -> set[str]:
    """Name every distribution that comes with these, and with what they need."""
    found: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [
        (each, frozenset()) for each in required
    ]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        text, extras = each
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        marker = requirement.marker
        if marker and not any(
            marker.evaluate({"extra": extra}) for extra in (extras or {""})
        ):
            continue
        found.add(canonicalize_name(requirement.name))
        more = frozenset(requirement.extras)
        waiting += [(text, more) for text in _requirements_of(requirement.name)]
    return found


def _requirements_of(name: str) -> Sequence[str]:
    try:
        return metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return ()


def _imported(source: str) -> Iterator[str]:
    """Give the first word of every module that has to be there."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return  # what cannot be read cannot be imported either, and that is told
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]
        waiting += _that_have_to_work(node)


def _that_have_to_work(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Try) and any(map(_is_for_lack, node.handlers)):
        return [*node.handlers, *node.orelse, *node.finalbody]
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return [*node.orelse]
    return [*ast.iter_child_nodes(node)]


def _is_for_lack(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(
        isinstance(each, ast.Name) and each.id in _OPTIONAL
        for each in ast.walk(handler.type)
    )
