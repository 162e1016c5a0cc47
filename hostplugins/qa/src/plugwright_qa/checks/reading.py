"""A bundle as the checks see it: its manifest, its code as syntax trees, its texts."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ValidationError

from plugwright.errors import UsageError
from plugwright.permissions import Permission
from plugwright.validation import Finding, Severity, Subject

_TEST = re.compile(r"tests/test_[^/]*\.py")


class _About(BaseModel):
    summary: str


class _Grant(BaseModel):
    permission: str


class _Door(BaseModel):
    summary: str


class _Manifest(BaseModel):
    plugin: _About
    permissions: list[_Grant] = []
    commands: dict[str, _Door] = {}


class _Data(BaseModel):
    manifest: _Manifest
    files: dict[str, str]


class Unreadable(Exception):
    """What was shown is no bundle."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.finding = Finding(
            what=f"this is no bundle: {why}",
            severity=Severity.ERROR,
            remedy="show its manifest, and its files as text by path",
        )


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What the checks look at."""

    summary: str
    commands: Mapping[str, str]
    """The summary of each command."""
    permissions: tuple[Permission, ...]
    files: Mapping[str, str]

    @classmethod
    def of(cls, subject: Subject) -> Bundle:
        """Read what is shown. Raises `Unreadable`."""
        try:
            data = _Data.model_validate(subject.data)
            granted = [
                Permission.parse(each.permission) for each in data.manifest.permissions
            ]
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, found["loc"])) or "data"
            raise Unreadable(f"`{place:.80}` is missing or wrong") from error
        except UsageError as error:
            raise Unreadable(error.message) from error
        about = data.manifest
        return cls(
            summary=about.plugin.summary,
            commands={name: door.summary for name, door in about.commands.items()},
            permissions=tuple(granted),
            files=data.files,
        )

    @property
    def readme(self) -> str | None:
        """What README.md says; None if there is none."""
        return self.files.get("README.md")

    @property
    def tests(self) -> dict[str, str]:
        """The test files by path."""
        return {p: text for p, text in self.files.items() if _TEST.fullmatch(p)}

    @cached_property
    def modules(self) -> dict[str, ast.Module | None]:
        """The plugin's own modules by path; None is one that this Python cannot read.

        The guest's Python may be newer, so that need not be a mistake.
        """
        return {
            path: _parsed(text)
            for path, text in sorted(self.files.items())
            if path.endswith(".py") and "/" not in path
        }


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a stranger's text, to nobody
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
