"""What the machine refuses, said in one way: which path, why, and what can be done.

A path in one of Plugwright's own folders also gets the variable that moves the folder.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plugwright.errors import HostError

HOME = "PLUGWRIGHT_HOME"
"""The variable that says where everything is kept."""
CACHE = "XDG_CACHE_HOME"
"""The variable that says where what can be built again is kept, on most systems."""

_FULL = ("the disk is full", "free some space")
_FORBIDDEN = ("this user may not do that there", "change its permissions")
_FAILED = ("the disk failed", "check the disk and how full it is")
_DAMAGED = (
    "it is damaged",
    "move it away and restore a copy; without one Plugwright starts afresh",
)
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: ("the disk is read-only", "make the disk writable"),
    errno.EIO: _FAILED,
}
_OF_DISK = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}
_OF_FILE = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: (
        "another program is holding it",
        "close what has this file open, then try again",
    ),
}
_NOT_WRITTEN = (
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)
"""What SQLite says of every file that it cannot write, whatever the reason is."""


def home_folder() -> Path:
    """Give the folder that `PLUGWRIGHT_HOME` names, or this system's for such data."""
    if chosen := os.environ.get(HOME):
        return Path(chosen).expanduser().absolute()
    if known := _of_user("XDG_DATA_HOME", "~/.local/share"):
        return known
    import platformdirs

    return platformdirs.user_data_path("plugwright", appauthor=False)


def cache_folder() -> Path:
    """Give the folder for what can be built again."""
    if known := _of_user(CACHE, "~/.cache"):
        return known
    import platformdirs

    return platformdirs.user_cache_path("plugwright", appauthor=False)


def _of_user(variable: str, otherwise: str) -> Path | None:
    """Say what `platformdirs` would, in the plainest case; None in all others.

    It takes longer to import than a list of plugins takes to be read.
    """
    is_plain = sys.platform == "linux" and "ANDROID_DATA" not in os.environ
    if not is_plain or not os.path.isabs(os.environ.get("HOME", "")):
        return None
    named = os.environ.get(variable, "")
    base = named if os.path.isabs(named) else os.path.expanduser(otherwise)
    return Path(base, "plugwright")


def mover(path: Path) -> str:
    """Name the variable that moves the folder that a path is in; empty if none does."""
    absolute = path.absolute()
    if absolute.is_relative_to(home_folder()):
        return HOME
    # Windows has a folder for this that no variable moves.
    if sys.platform != "win32" and absolute.is_relative_to(cache_folder()):
        return CACHE
    return ""


def or_moved(remedy: str, path: Path) -> str:
    """Add the other way out: the variable that moves the folder, where there is one."""
    variable = mover(path)
    return f"{remedy}, or set {variable} to another folder" if variable else remedy


def cannot_use(path: Path, error: OSError) -> HostError:
    """Say that the machine refused something at a path."""
    reason, remedy = _REASONS.get(
        error.errno or 0,
        (error.strerror or str(error), "look at this path"),
    )
    return HostError(f"cannot use `{path}`: {reason}", remedy=or_moved(remedy, path))


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what the machine refuses into one sentence that names the path."""
    try:
        yield
    except OSError as error:
        raise cannot_use(path, error) from error


def database_trouble(path: Path, error: sqlite3.Error) -> HostError:
    """Say what is wrong with a file of SQLite, in the same words."""
    # The low byte is the kind of failure, the rest says where it came from.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _NOT_WRITTEN:
        return cannot_use(path, _why_not_written(path))
    if code in _OF_DISK:
        number = _OF_DISK[code]
        return cannot_use(path, OSError(number, os.strerror(number)))
    reason, remedy = _OF_FILE.get(
        code, (str(error), "please report it, with what you did")
    )
    return HostError(f"cannot use `{path}`: {reason}", remedy=remedy)


def _why_not_written(path: Path) -> OSError:
    """Try it without SQLite, which does not say why."""
    import tempfile  # seldom needed

    try:
        with tempfile.TemporaryFile(dir=path.parent), open(path, "ab"):
            return PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        return error
