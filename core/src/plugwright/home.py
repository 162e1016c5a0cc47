"""Where one user's Plugwright keeps everything, and who may write there."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from plugwright.errors import PlugwrightError, UsageError
from plugwright.machine import HOME, database_trouble, home_folder
from plugwright.machine import naming as naming

HAS_MODES = os.name == "posix"
"""Whether files belong to users here, and say who may write them."""


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has a folder's list of names."""
    if hasattr(os, "O_DIRECTORY"):  # Windows opens no folders, and needs no such thing
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file as a whole: a reader, or a crash, sees the old or the new one."""
    with naming(path):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(descriptor)
        temporary = Path(name)
        try:
            write_durably(temporary, content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


@dataclass(frozen=True)
class Home:
    """The one folder of one user."""

    folder: Path

    @classmethod
    def of_user(cls) -> Home:
        """Find the folder: `PLUGWRIGHT_HOME`, or where this system keeps such data."""
        folder = home_folder()
        if folder.exists() and not folder.is_dir():
            raise UsageError(
                f"{HOME} names `{folder}`, which is no folder",
                remedy="set it to a folder; it is made if it is not there",
            )
        return cls(folder)

    @property
    def database(self) -> Path:
        """The ledger, the approvals and what plugins keep."""
        return self.folder / "plugwright.db"

    @property
    def bundles(self) -> Path:
        """One folder per bundle, named by its id."""
        return self.folder / "bundles"

    @property
    def forge(self) -> Path:
        """One folder per forge session."""
        return self.folder / "forge"

    def make(self) -> None:
        """Make the folder, for this user alone, if it is not there."""
        with naming(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def check_own(self) -> None:
        """Refuse a folder that somebody else could change: approvals are kept there.

        Windows has no modes; there the folder lies where only its user may write.
        """
        if not HAS_MODES or not self.folder.exists():
            return
        with naming(self.folder):
            state = self.folder.stat()
        if state.st_uid != os.geteuid():
            raise UsageError(
                f"the folder `{self.folder}` belongs to another user, who could change"
                " what you approved",
                remedy=f"make it yours, or set {HOME} to another folder",
            )
        if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise UsageError(
                f"other users can write to `{self.folder}`, so they could change what"
                " you approved",
                remedy=f"if that is not so, `chmod 700 '{self.folder}'`; else set"
                f" {HOME} to another folder",
            )

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only host on this folder for as long as the block lasts.

        The lock is an exclusive SQLite transaction: every system has it, and the
        system itself lets go of it when the process dies, however it dies.
        """
        self.make()
        self.check_own()
        path = self.folder / "lock.db"
        with ExitStack() as held:
            try:
                connection = sqlite3.connect(path, timeout=0, isolation_level=None)
                held.enter_context(closing(connection))
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                raise self._not_locked(path, error) from error
            process = self.folder / "lock.pid"
            write_atomically(process, str(os.getpid()).encode())
            try:
                yield
            finally:
                process.unlink(missing_ok=True)

    def _not_locked(self, path: Path, error: sqlite3.Error) -> PlugwrightError:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return self._taken()
        return database_trouble(path, error)

    def _taken(self) -> UsageError:
        try:
            process = int((self.folder / "lock.pid").read_bytes())
        except (OSError, ValueError):
            # The other host is between taking the lock and saying who it is.
            who = "another Plugwright"
        else:
            who = f"another Plugwright (process {process})"
        return UsageError(
            f"{who} is using `{self.folder}`",
            remedy=f"wait until it ends, stop it, or set {HOME} to another folder",
        )
