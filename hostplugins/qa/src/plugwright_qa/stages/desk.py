"""A plugin in the making, laid out so that it can be looked at without harm."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from plugwright.quality import Source
from plugwright.sandboxes import GENERATED
from plugwright.validation import Subject
from plugwright_qa.stages import processes

LARGEST = 400_000
"""Characters of all modules together."""
_MODULE = re.compile(r"[^\W\d]\w*\.py")
_PROBE = Path(__file__).with_name("probe.py")
_FOUND = TypeAdapter(dict[str, tuple[str, int]])


class _Shown(BaseModel):
    """The edge: what a subject of the kind `source` has in it."""

    files: dict[str, str]
    tests: dict[str, str] = {}
    permissions: tuple[str, ...] = ()
    examples: dict[str, dict[str, Any]] = {}
    engine: str = GENERATED
    stages: tuple[str, ...] = ()


class Unreadable(Exception):
    """Nothing can be looked at."""

    def __init__(self, why: str, where: str = "", remedy: str = "") -> None:
        super().__init__(why)
        self.why, self.where, self.remedy = why, where, remedy


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the stages look at."""

    source: Source
    modules: Mapping[str, str]
    """Its modules by name. Nothing else of a bundle comes near a tool."""
    folder: Path
    """`source/` has the modules as they are, `bare/` without comments."""
    unread: Mapping[str, tuple[str, int]]
    """Modules that this Python cannot read: why, and in which line."""
    trees: Mapping[str, ast.Module]
    """The others."""

    @cached_property
    def lines(self) -> dict[str, str]:
        """Where each function is defined, by its name."""
        found: dict[str, str] = {}
        for path, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found.setdefault(node.name, f"{path}:{node.lineno}")
        return found

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """What its tests call by name, in order."""
        texts = self.source.tests
        if sum(map(len, texts.values())) > LARGEST:
            return {}
        folder = self.scratch("tests")
        numbered = {f"test_{n}.py": texts[name] for n, name in enumerate(sorted(texts))}
        found: dict[str, list[ast.Call]] = {}
        for tree in _read(self.source, numbered, folder).trees.values():
            for node in ast.walk(tree):
                match node:
                    case ast.Call(func=ast.Name(id=name)):
                        found.setdefault(name, []).append(node)
        return found

    def scratch(self, name: str) -> Path:
        """Make a folder for one tool."""
        folder = self.folder / name
        folder.mkdir()
        return folder


@contextmanager
def laid_out(subject: Subject) -> Iterator[Desk]:
    """Lay a plugin out. Raises `Unreadable` where that would be dangerous."""
    source = _source(subject)
    modules = {
        path: text
        for path, text in sorted(source.files.items())
        if _MODULE.fullmatch(path)
    }
    if not modules:
        raise Unreadable("there is no module", remedy="show it `plugin.py`")
    size = sum(map(len, modules.values()))
    if size > LARGEST:
        raise Unreadable(
            f"its modules have {size} characters; {LARGEST} can be looked at",
            max(modules, key=lambda path: len(modules[path])),
            "keep data out of the code, or make it several plugins",
        )
    # Windows and macOS may keep both in one file, and a tool would see but one.
    if len({path.casefold() for path in modules}) < len(modules):
        raise Unreadable("two modules differ only in upper and lower case")
    with TemporaryDirectory(prefix="plugwright-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        yield _read(source, modules, folder)


def _source(subject: Subject) -> Source:
    try:
        shown = _Shown.model_validate(subject.data)
        return Source(name=subject.name, **dict(shown))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, found["loc"])) or "data"
        raise Unreadable(
            f"`{place:.80}` is missing or wrong",
            remedy="show `plugwright.quality.Source`",
        ) from error


def _read(source: Source, modules: Mapping[str, str], folder: Path) -> Desk:
    for name in ("source", "bare", "probing"):
        (folder / name).mkdir()
    for path, text in modules.items():
        try:
            (folder / "source" / path).write_bytes(text.encode())
        except UnicodeEncodeError as error:
            raise Unreadable("it is no text: half of a letter", path) from error
    # Parsing can end a process; ours it must not.
    ended = processes.run(
        folder / "probing",
        str(_PROBE),
        str(folder / "source"),
        str(folder / "bare"),
        seconds=10,
    )
    if ended.problem or ended.status:
        why = ended.problem or "Python cannot read it"
        raise Unreadable(f"looking at it went wrong: {why}")
    unread = _FOUND.validate_python(json.loads(ended.output))
    trees = {path: _parsed(modules[path]) for path in modules if path not in unread}
    return Desk(
        source=source, modules=modules, folder=folder, unread=unread, trees=trees
    )


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a stranger's text, to nobody
        return ast.parse(text)
