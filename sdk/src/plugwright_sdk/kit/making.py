"""Makes a new plugin from the template, and brings it up to date later.

What was rendered is kept in the project, so that an update knows what the author
changed: the file as it was rendered, as it is now, and as it is rendered today are
merged. The manifest is not part of it; `plugwright manifest` writes that from the code.
"""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import tomli_w
from pydantic import TypeAdapter, ValidationError

from plugwright.errors import UsageError
from plugwright.home import Home, write_atomically
from plugwright.host import Host
from plugwright.hostmanifest import HostManifest
from plugwright.machine import naming
from plugwright_sdk.kit.bundled import MINIMAL, WHOLE, said_by_code
from plugwright_sdk.kit.fixtures import Engine
from plugwright_sdk.kit.manifests import updated, without_nothing
from plugwright_sdk.kit.merging import merge
from plugwright_sdk.kit.portraits import portrait
from plugwright_sdk.kit.projects import Project
from plugwright_sdk.kit.templates import Answers, permissions, render

VERSION = 1
"""Raised whenever the template changes."""

RECORD = ".plugwright-template.toml"

_HEAD = """\
# What `plugwright new` was answered, and what it wrote. `plugwright new --update` needs
# it to tell your changes from the template's; keep it, and do not edit it.
"""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a project was made from."""

    version: int
    answers: Answers
    files: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Record:
        """Read it. UsageError if there is none, or none that can be used."""
        path = folder / RECORD
        if not path.is_file():
            raise UsageError(
                f"`{folder}` has no {RECORD}, so nobody knows what you changed",
                remedy="only what `plugwright new` made can be updated",
            )
        with naming(path):
            text = path.read_text("utf-8", "replace")
        try:
            found = TypeAdapter(Record).validate_python(tomllib.loads(text))
        except (ValidationError, ValueError) as error:
            raise UsageError(
                f"`{path}` cannot be read: {str(error).splitlines()[0]}",
                remedy="take it back from your version control",
            ) from error
        if found.version > VERSION:
            raise UsageError(
                f"`{folder}` was made by a newer template ({found.version}, here is"
                f" {VERSION})",
                remedy="pip install --upgrade plugwright-sdk",
            )
        return found

    def write(self, folder: Path) -> None:
        """Keep it in the project."""
        text = _HEAD + tomli_w.dumps(asdict(self), multiline_strings=True)
        write_atomically(folder / RECORD, text.encode())


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an update did to one file."""

    path: str
    what: str
    conflicts: tuple[int, ...] = ()
    """Lines on which the author has to decide."""


def make(answers: Answers, folder: Path) -> list[str]:
    """Write a new plugin, as a whole or not at all; gives the paths of its files."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"`{folder}` is there already",
            remedy="name another one with --into, or `plugwright new --update`",
        )
    _check_free(answers)
    with naming(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        files = render(answers)
        _write(beside, files)
        Record(version=VERSION, answers=answers, files=files).write(beside)
        manifest = _first_manifest(answers, beside)
        beside.chmod(0o755)  # a temporary folder is for its owner alone
        with naming(folder):
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return sorted([*files, manifest])


def _check_free(answers: Answers) -> None:
    """Refuse the name of what is installed; both could not be, and one would hide."""
    taken = {entry.name for entry in metadata.entry_points(group="plugwright")}
    if answers.name in taken:
        what = "a plugin that is installed here"
    elif answers.kind == "host" and find_spec(answers.package) is not None:
        what = f"the module `{answers.package}`, which is installed here"
    else:
        return
    raise UsageError(
        f"`{answers.name}` is the name of {what}",
        remedy=f"add a word: my-{answers.name}",
    )


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        with naming(folder / path):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8", newline="\n")


def _first_manifest(answers: Answers, folder: Path) -> str:
    if answers.kind == "host":
        project = Project.find(folder)
        found = portrait(project)
        text = HostManifest(
            answers.name,
            ">=0.1,<0.2",
            answers.summary,
            [*found.hooks],
            without_nothing(found.settings),
        ).dumps()
    else:
        # Not behind the wall: this is the template's own code, and a wall takes a while
        # to build.
        with tempfile.TemporaryDirectory() as place:
            home = Home(Path(place) / "home")
            with closing(Host(home, cache=Path(place), strict=True)) as host:
                host.manager.register(Engine(), "engine")
                source = (folder / "plugin.py").read_text("utf-8")
                said = said_by_code(host, answers.name, {"plugin.py": source})
        text = MINIMAL.format(name=answers.name, summary=answers.summary)
        for permission, reason in permissions(answers).items():
            table = {"permission": permission, "reason": reason}
            text += "\n[[permissions]]\n" + tomli_w.dumps(table)
        text = updated(text, said, WHOLE)
        project = Project.find(folder)
    project.manifest.write_text(text, "utf-8", newline="\n")
    return project.shown(project.manifest)


def update(folder: Path, hooks: tuple[str, ...] = ()) -> list[Change]:
    """Take what is new in the template, keep what is the author's.

    `hooks` are those that it is to answer, too.
    """
    old = Record.read(folder)
    # Never fewer than before: nobody asks for hooks to have others taken away.
    wanted = tuple(dict.fromkeys((*old.answers.hooks, *hooks)))
    answers = replace(old.answers, hooks=wanted)
    today = render(answers)
    changes = []
    for path in sorted({*old.files, *today}):
        change, text = _changed(folder, path, old.files.get(path), today.get(path))
        if change is None:
            continue
        changes.append(change)
        if text is None:
            (folder / path).unlink(missing_ok=True)
        elif text != _text(folder / path):
            _write(folder, {path: text})
    Record(version=VERSION, answers=answers, files=today).write(folder)
    return changes


def _changed(
    folder: Path, path: str, old: str | None, new: str | None
) -> tuple[Change | None, str | None]:
    """Say what becomes of one file; None if nothing does."""
    mine = _text(folder / path)
    if new in (old, mine):
        return None, None
    if new is None:
        if mine is None:
            return None, None
        if mine == old:
            return Change(path=path, what="deleted: it is not in the template"), None
        return Change(path=path, what="kept: not in the template, but yours"), mine
    if mine is None:
        if old is None:
            return Change(path=path, what="new"), new
        return None, None  # the author deleted it, and knows why
    merged = merge(old or "", mine, new, mine_is="yours", theirs_is="template")
    if merged.text == mine:
        return None, None
    what = "has conflicts" if merged.conflicts else "updated"
    return Change(path=path, what=what, conflicts=merged.conflicts), merged.text


def _text(path: Path) -> str | None:
    if not path.is_file():
        return None
    with naming(path):
        return path.read_text("utf-8", "replace")
