"""From what a person typed to the files that are meant."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from plugwright.errors import HostError, UsageError
from plugwright.machine import naming
from plugwright_agents.asking import tell
from plugwright_agents.folders import Folders
from plugwright_agents.patterns import is_like, is_name_like

_MAGIC = frozenset("*?[")
PART = ".plugwright-part"
"""How the name ends of a file that is being written; nobody's material."""


def gathered(
    paths: Sequence[str],
    *,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
    ignored: bool = False,
    besides: Path | None = None,
) -> list[Path]:
    """Find the files, each once, in the order of what was typed, then of names.

    A folder or a pattern is all below it but what git ignores; a file that was named is
    meant, whatever git says. Links to folders are not followed. `besides` is left out:
    what is written is not read.
    """
    found: dict[str, Path] = {}
    passed = None if besides is None else os.path.realpath(besides)
    for typed in paths:
        for path in _meant(typed, ignored):
            real = os.path.realpath(path)
            if real == passed or path.name.endswith(PART):
                continue
            if not _fits(path, only, without):
                continue
            # Of a file and the links to it, the file is meant.
            if real not in found or (found[real].is_symlink() > path.is_symlink()):
                found[real] = path
    if not found:
        raise UsageError(
            f"no file fits {', '.join(f'`{path}`' for path in paths)}",
            remedy="name files, folders or patterns; `--ignored` takes those, too,"
            " that git ignores",
        )
    return [*found.values()]


def _meant(typed: str, ignored: bool) -> Iterator[Path]:
    path = Path(typed).expanduser()
    if path.is_dir():
        with naming(path):
            os.scandir(path).close()
        for file in _walked(path, ignored):
            yield path / file
    elif os.path.lexists(path):
        yield path
    elif _MAGIC.isdisjoint(typed):
        raise UsageError(f"there is no `{typed}`", remedy="name what is there")
    else:
        matches = [*_matching(path, ignored)]
        if not matches:
            raise UsageError(
                f"no file fits `{typed}`",
                remedy="`**` stands for folders in folders; `--ignored` takes also"
                " what git ignores",
            )
        yield from matches


def _walked(folder: Path, ignored: bool) -> Iterator[Path]:
    """Give the files below a folder, as seen from it."""
    real = folder.resolve()
    for file in Folders([folder], ignored=ignored).walk():
        yield file.relative_to(real)


def _matching(pattern: Path, ignored: bool) -> Iterator[Path]:
    """Give what fits a pattern, in the order of names.

    Not with `glob`, which follows links to folders, and so goes in circles: two links
    to where they are make it never end.
    """
    fixed = 0
    while _MAGIC.isdisjoint(pattern.parts[fixed]):
        fixed += 1
    base, segments = Path(*pattern.parts[:fixed]), pattern.parts[fixed:]
    if base.is_dir():
        folders = Folders([base], ignored=ignored)
        real = base.resolve()
        for file in _below(folders, real, segments):
            yield base / file.relative_to(real)


def _below(folders: Folders, folder: Path, segments: Sequence[str]) -> Iterator[Path]:
    """Look only as deep as the pattern goes."""
    first, *rest = segments
    if first == "**":
        for file in folders.walk(folder):
            if is_like(file.relative_to(folder).parts, segments):
                yield file
        return
    try:
        entries = [*folders.list(folder)]
    except HostError as error:
        tell(f"{error.message}; what is in it is left out")
        return
    for path, is_folder in entries:
        if is_name_like(path.name, first) and is_folder == bool(rest):
            if rest:
                yield from _below(folders, path, rest)
            else:
                yield path


def _fits(path: Path, only: Sequence[str], without: Sequence[str]) -> bool:
    def one_of(patterns: Sequence[str]) -> bool:
        name = path.as_posix()
        return any(fnmatch(path.name, p) or fnmatch(name, p) for p in patterns)

    return (not only or one_of(only)) and not one_of(without)
