"""The template of a new plugin, and what it becomes with somebody's answers."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Literal, TypeAlias

from plugwright.errors import UsageError
from plugwright.expectations import free_name, one_line
from plugwright.permissions import nearest
from plugwright.sources import plain

Kind: TypeAlias = Literal["host", "sandboxed"]

_NAME = re.compile(r"(?=..)[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_IMPORT = re.compile(r"(?:from (?P<module>\S+) )?import (?P<names>.+)")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What an author was asked; everything else follows from it.

    `all` among the hooks stands for every hook that the template has.
    """

    name: str
    kind: Kind = "host"
    hooks: tuple[str, ...] = ("commands",)
    summary: str = "A plugin for Plugwright."
    author: str = "the authors"
    year: int = 2026
    design: bool = False

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_line(self.summary)
        _check_line(self.author)
        known = hooks_of(self.kind)
        for hook in self.hooks:
            if hook not in (*known, "all"):
                raise UsageError(
                    f"the template of a {self.kind} plugin has no hook `{hook:.80}`",
                    remedy=nearest(hook, [*known, "all"]),
                )
        if "all" in self.hooks:
            object.__setattr__(self, "hooks", tuple(known))

    @property
    def package(self) -> str:
        """The name as Python needs it."""
        return self.name.replace("-", "_")


def hooks_of(kind: Kind) -> list[str]:
    """The hooks that the template can answer."""
    return sorted(
        each.name for each in _template().joinpath(kind).iterdir() if each.is_dir()
    )


def render(answers: Answers) -> dict[str, str]:
    """Give every file of a new plugin, by its path."""
    rendered = _host(answers) if answers.kind == "host" else _sandboxed(answers)
    return {
        **rendered,
        "README.md": _filled(answers.kind, "README.md", answers),
        ".gitignore": _filled("common", "gitignore", answers),
        **({"DESIGN.md": design(answers)} if answers.design else {}),
    }


def design(answers: Answers) -> str:
    """Give the template of a design."""
    return _filled("common", "DESIGN.md", answers)


def _host(answers: Answers) -> dict[str, str]:
    package = f"src/{answers.package}"
    rendered = {
        "LICENSE": _filled("common", "LICENSE", answers),
        "pyproject.toml": _filled("host", "pyproject.toml", answers),
        f"{package}/__init__.py": _code(answers),
        f"{package}/py.typed": "",
        "tests/conftest.py": _filled("host", "conftest.py", answers),
    }
    for hook in answers.hooks:
        folder = _template().joinpath("host", hook)
        rendered[f"tests/test_{hook}.py"] = _fill(folder.joinpath("test.txt"), answers)
        for inside, file in _modules(folder):
            path = inside.replace("PACKAGE", answers.package)
            rendered[f"{package}/{path}"] = _fill(file, answers)
    return rendered


def _sandboxed(answers: Answers) -> dict[str, str]:
    tests = {
        f"tests/test_{hook}.py": _fill(
            _template().joinpath("sandboxed", hook, "test.txt"), answers
        )
        for hook in answers.hooks
    }
    return {"plugin.py": _code(answers), **tests}


def permissions(answers: Answers) -> dict[str, str]:
    """The permissions that a sandboxed plugin needs, with the reason for each."""
    found: dict[str, str] = {}
    for hook in answers.hooks:
        file = _template().joinpath(answers.kind, hook, "permissions.txt")
        for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
            permission, _, reason = line.partition(" = ")
            found.setdefault(permission, reason)
    return found


def _modules(
    folder: Traversable, inside: str = ""
) -> Iterator[tuple[str, Traversable]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _modules(each, f"{inside}{each.name}/")
        elif each.name.endswith(".py.txt"):
            yield f"{inside}{each.name.removesuffix('.txt')}", each


def _code(answers: Answers) -> str:
    """Join the answers to all hooks to one module."""
    imports: dict[str, set[str]] = {}
    bodies = []
    for hook in answers.hooks:
        text = _fill(_template().joinpath(answers.kind, hook, "hook.txt"), answers)
        head, _, body = text.partition("---\n")
        for found in map(_IMPORT.fullmatch, head.split("\n")[:-1]):
            assert found is not None, head
            names = imports.setdefault(found["module"] or "", set())
            names |= {*found["names"].split(", ")}
        bodies.append(body.strip())
    parts = [
        f'"""{answers.summary}"""',
        "from __future__ import annotations",
        *_import_groups(imports, answers.package),
    ]
    return "\n\n".join(parts) + "\n\n\n" + "\n\n\n".join(bodies) + "\n"


def _import_groups(imports: Mapping[str, Iterable[str]], own: str) -> Iterator[str]:
    """Write imports as every formatter wants them: Python's, others', one's own."""
    groups: tuple[list[str], ...] = ([], [], [])
    plain = [(name, f"import {name}") for name in sorted(imports.get("", ()))]
    named = [
        (module, _import_line(module, sorted(names, key=_case)))
        for module, names in sorted(imports.items())
        if module
    ]
    for module, line in (*plain, *named):
        top = module.partition(".")[0]
        groups[0 if top in sys.stdlib_module_names else 2 if top == own else 1].append(
            line
        )
    yield from ("\n".join(group) for group in groups if group)


def _case(name: str) -> tuple[bool, bool, str]:
    """Sort CONSTANTS before Classes before functions."""
    return (not name.isupper(), not name[0].isupper(), name)


def _import_line(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 88:
        return line
    return f"from {module} import (\n" + "".join(f"    {n},\n" for n in names) + ")"


def _filled(kind: str, file: str, answers: Answers) -> str:
    return _fill(_template().joinpath(kind, f"{file}.txt"), answers)


def _fill(file: Traversable, answers: Answers) -> str:
    values = {
        "name": answers.name,
        "package": answers.package,
        "summary": answers.summary,
        "author": answers.author,
        "year": str(answers.year),
    }
    text = file.read_text("utf-8")
    if "$what" in text:
        values["what"] = _listed(answers)
    if "$doors" in text:
        values["doors"] = "\n".join(f"- `{hook}`: …" for hook in answers.hooks)
    return Template(text).substitute(values)


def _listed(answers: Answers) -> str:
    """Say in the README what each hook does."""
    places = [
        _template().joinpath(answers.kind, hook, "readme.txt") for hook in answers.hooks
    ]
    lines = [_fill(place, answers).rstrip() for place in places]
    return "## What it does\n" + "\n".join(lines)


def _template() -> Traversable:
    return files("plugwright_sdk.kit").joinpath("template")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise UsageError(
            f"`{name:.80}` cannot name a plugin",
            remedy="use two or more small letters or digits, a letter first, with"
            " single `-` between them: my-tutor",
        )
    try:
        free_name(name)
    except ValueError as error:
        raise UsageError(f"`{name}` {error}", remedy="choose another name") from error
    package = name.replace("-", "_")
    if keyword.iskeyword(package):
        raise UsageError(
            f"`{name}` is a word of Python, which no module can be called",
            remedy=f"add a word: my-{name}",
        )
    if package in sys.stdlib_module_names or package in _TAKEN:
        raise UsageError(
            f"`{name}` is the name of another module", remedy=f"add a word: my-{name}"
        )


def _check_line(text: str) -> None:
    """Refuse what would end the quotes that it is put into, in Python and in TOML."""
    try:
        one_line(text)
        is_plain = not {*text} & {'"', "\\"} and 0 < len(text) <= 200
    except ValueError:
        is_plain = False
    if not is_plain:
        raise UsageError(
            f"`{plain(text):.80}` cannot be put between quotes",
            remedy='use one line, without `"` and `\\`',
        )


_TAKEN = frozenset(
    ("plugin", "tests", "test", "pytest", "pluggy", "click", "conftest", "src")
)
