"""Where one user's Plugwright keeps everything, and who may write there."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from plugwright.errors import HostError, PlugwrightError, UsageError

_FULL = ("the disk is full", "free some space, then try again")
_FORBIDDEN = (
    "this user may not do that there",
    "change its permissions, or set PLUGWRIGHT_HOME to another folder",
)
_READ_ONLY = (
    "the file system is read-only",
    "set PLUGWRIGHT_HOME to a folder that can be written",
)
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _READ_ONLY,
}


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what the machine refuses into one sentence that names the path."""
    try:
        yield
    except OSError as error:
        reason, remedy = _REASONS.get(
            error.errno or 0,
            (error.strerror or str(error), "look at this path, then try again"),
        )
        raise HostError(f"cannot use `{path}`: {reason}", remedy=remedy) from error


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
        chosen = os.environ.get("PLUGWRIGHT_HOME")
        if chosen:
            folder = Path(chosen).expanduser().absolute()
            if folder.exists() and not folder.is_dir():
                raise UsageError(
                    f"PLUGWRIGHT_HOME names `{folder}`, which is no folder",
                    remedy="set it to a folder; it is made if it is not there",
                )
            return cls(folder)
        return cls(platformdirs.user_data_path("plugwright", appauthor=False))

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

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only host on this folder for as long as the block lasts.

        The lock is an exclusive SQLite transaction: every system has it, and the
        system itself lets go of it when the process dies, however it dies.
        """
        self.make()
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
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            reason, remedy = _FULL
            return HostError(f"cannot use `{path}`: {reason}", remedy=remedy)
        return HostError(
            f"cannot lock `{path}`: {error}",
            remedy="check that you may write there, or delete that file",
        )

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
            remedy="wait until it ends, stop it, or set PLUGWRIGHT_HOME to another "
            "folder",
        )
