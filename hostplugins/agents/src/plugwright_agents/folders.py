"""Folders that were granted, and the files in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from plugwright.errors import Denied, UsageError
from plugwright.machine import naming
from plugwright_agents.ignoring import Rules

_GOES_DOWN = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether a file can be opened from its folder, and not by its whole path."""


class Folders:
    """Granted folders: nothing outside of them is seen, wherever a link points."""

    def __init__(self, roots: Sequence[str | Path], *, ignored: bool = False) -> None:
        """Grant folders; with `ignored`, what git ignores is seen as well."""
        self.roots = tuple(_folder(root) for root in roots)
        self._ignored = ignored

    def inside(self, path: str) -> Path:
        """Give the real path of what may be seen. Raises `Denied` for anything else."""
        for root in self.roots:
            try:
                real = (root / path).resolve()
                is_there = real.exists()
            except (OSError, ValueError, RuntimeError):  # no name, or a link in circles
                continue
            if self._grants(real) and (is_there or root == self.roots[-1]):
                return real
        raise Denied(
            f"files {path:.200}",
            granted=[f"files {root}" for root in self.roots],
            remedy="grant its folder, or name another file",
        )

    def opener(self, path: str, flags: int) -> int:
        """Open what `inside` gave, also if somebody puts a link in its way just now."""
        real = Path(path)
        root = next(root for root in self.roots if real.is_relative_to(root))
        parts = real.relative_to(root).parts
        if not _GOES_DOWN or not parts:
            return os.open(path, flags)
        at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in parts[:-1]:
                below = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                at, above = os.open(part, below, dir_fd=at), at
                os.close(above)
            return os.open(parts[-1], flags | os.O_NOFOLLOW, dir_fd=at)
        finally:
            os.close(at)

    def shown(self, path: Path) -> str:
        """Write a path as `inside` takes it: from its granted folder on."""
        name = str(path)
        for root in self.roots:
            if path.is_relative_to(root) and len(self.roots) == 1:
                name = path.relative_to(root).as_posix()
        # A name may have bytes that are no text; nobody could send them to a model.
        return name.encode("utf-8", "replace").decode()

    def is_ignored(self, path: Path) -> bool:
        """Tell whether this file, or a folder on the way to it, is one git ignores."""
        if self._ignored:
            return False
        root = next(root for root in self.roots if path.is_relative_to(root))
        rules, at = Rules.at(root), root
        for part in path.relative_to(root).parts:
            at = at / part
            if rules.ignore(at, is_folder=at.is_dir()):
                return True
            if at.is_dir():
                rules = rules.within(at)
        return False

    def walk(self, under: Path | None = None) -> Iterator[Path]:
        """Give every file, in the order of names; folders that cannot be read, not."""
        for root in self.roots if under is None else (under,):
            yield from self._walk(root)

    def list(self, folder: Path) -> Iterator[tuple[Path, bool]]:
        """Give what is in one folder, and whether each is a folder."""
        with naming(folder):
            found = _scanned(folder)
        yield from self._seen(found, self._rules(folder))

    def _walk(self, folder: Path) -> Iterator[Path]:
        # A list and no recursion: folders may be deeper than Python goes.
        rules = self._rules(folder)
        going = [(self._seen(_tried(folder), rules), rules)]
        while going:
            entries, rules = going[-1]
            for path, is_folder in entries:
                if not is_folder:
                    yield path
                    continue
                below = rules if self._ignored else rules.within(path)
                going.append((self._seen(_tried(path), below), below))
                break
            else:
                going.pop()

    def _rules(self, folder: Path) -> Rules:
        return Rules() if self._ignored else Rules.at(folder)

    def _seen(
        self, entries: Sequence[os.DirEntry[str]], rules: Rules
    ) -> Iterator[tuple[Path, bool]]:
        for entry in entries:
            path = Path(entry.path)
            # Links to folders are not followed: they may go in circles, and outside.
            is_folder = entry.is_dir(follow_symlinks=False)
            if not self._ignored and rules.ignore(path, is_folder=is_folder):
                continue
            if entry.is_symlink() and not self._leads_to_a_file(path):
                continue
            yield path, is_folder

    def _leads_to_a_file(self, link: Path) -> bool:
        try:
            return link.is_file() and self._grants(link.resolve())
        except (OSError, RuntimeError):
            return False

    def _grants(self, real: Path) -> bool:
        return any(real.is_relative_to(root) for root in self.roots)


def _folder(root: str | Path) -> Path:
    try:
        found = Path(root).expanduser().resolve()
        if found.is_dir():
            return found
    except (OSError, ValueError, RuntimeError):
        pass  # said below
    raise UsageError(
        f"`{root!s:.200}` is no folder that this user can look into",
        remedy="grant one that is there",
    )


def _scanned(folder: Path) -> Sequence[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _tried(folder: Path) -> Sequence[os.DirEntry[str]]:
    try:
        return _scanned(folder)
    except OSError:
        return []
