"""Files that are kept in memory, for the tests' own data and temporary folders.

A guest has no file system. Tests that only want a place for their data get this one, in
the interpreter and nowhere else, and each case that touched it is reported as such.
What goes round `open` and `os` (descriptors, links, permissions) is not there.
"""

import builtins
import io
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from typing import ClassVar

TEMPORARY = "/memory"
"""Where temporary files are made."""

_real_open = io.open
_FILE, _FOLDER = stat.S_IFREG | 0o600, stat.S_IFDIR | 0o700


class Store:
    """Everything there is."""

    files: ClassVar[dict[str, bytes]] = {}
    folders: ClassVar[set[str]] = {"/", TEMPORARY}
    touched = False
    disk = True
    """Whether there still is a disk: while the image is made."""


def add(root):
    """Take over a folder from the disk, while there still is one."""
    for folder, _, names in os.walk(root):
        _make(folder)
        for name in names:
            with _real_open(os.path.join(folder, name), "rb") as file:
                Store.files[os.path.join(folder, name)] = file.read()


def install():
    """Let the ordinary functions look here, and nowhere else."""
    Store.disk = False
    builtins.open = open_file
    os.stat = os.lstat = status
    os.mkdir, os.rmdir = make_folder, remove_folder
    os.remove = os.unlink = remove
    os.listdir, os.scandir = list_folder, scan
    os.getcwd = lambda: TEMPORARY
    shutil.rmtree = remove_tree
    tempfile.tempdir = TEMPORARY


def _make(path):
    while path not in Store.folders:
        Store.folders.add(path)
        path = os.path.dirname(path)


def _path(path):
    Store.touched = True
    path = os.fspath(path)
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    path.encode("utf-8", "surrogateescape")
    if "\0" in path:
        raise ValueError("embedded null byte")
    return os.path.normpath(path if path.startswith("/") else f"{TEMPORARY}/{path}")


def _missing(path):
    return FileNotFoundError(2, "No such file or directory", path)


class _Written(io.BytesIO):
    """What is written, kept under its name as soon as it is flushed or closed."""

    def __init__(self, path, mode):
        super().__init__(Store.files.get(path, b"") if mode in "ar" else b"")
        self._place, self._kept = path, mode != "r"
        if mode == "a":
            self.seek(0, io.SEEK_END)
        self.flush()

    def flush(self):
        super().flush()
        if self._kept:
            Store.files[self._place] = self.getvalue()

    def close(self):
        if not self.closed:
            self.flush()
        super().close()


def open_file(
    file,
    mode="r",
    buffering=-1,
    encoding=None,
    errors=None,
    newline=None,
    closefd=True,
    opener=None,
):
    """Open one; a descriptor is not a file here."""
    if Store.disk:
        return _real_open(
            file, mode, buffering, encoding, errors, newline, closefd, opener
        )
    if isinstance(file, int):
        raise OSError(9, "Bad file descriptor")
    path, kind = _path(file), mode.strip("bt+U")
    if path in Store.folders:
        raise IsADirectoryError(21, "Is a directory", file)
    if kind == "r" and path not in Store.files:
        raise _missing(file)
    if kind == "x" and path in Store.files:
        raise FileExistsError(17, "File exists", file)
    if os.path.dirname(path) not in Store.folders:
        raise _missing(file)
    data = _Written(path, kind if kind != "r" or "+" not in mode else "a")
    if kind == "r":
        data.seek(0)
    return data if "b" in mode else io.TextIOWrapper(data, encoding, errors, newline)


def temporary_file(
    mode="w+b", buffering=-1, encoding=None, newline=None, *_, errors=None, **__
):
    """Open one that has no name."""
    Store.touched = True
    data = io.BytesIO()
    return data if "b" in mode else io.TextIOWrapper(data, encoding, errors, newline)


def status(path, *, dir_fd=None, follow_symlinks=True):
    place = _path(path)
    if place in Store.folders:
        return os.stat_result((_FOLDER, 0, 0, 1, 0, 0, 0, 0, 0, 0))
    if place not in Store.files:
        raise _missing(path)
    size = len(Store.files[place])
    return os.stat_result((_FILE, 0, 0, 1, 0, 0, size, 0, 0, 0))


def make_folder(path, mode=0o777, *, dir_fd=None):
    place = _path(path)
    if place in Store.folders or place in Store.files:
        raise FileExistsError(17, "File exists", path)
    if os.path.dirname(place) not in Store.folders:
        raise _missing(path)
    Store.folders.add(place)


def remove(path, *, dir_fd=None):
    if Store.files.pop(_path(path), None) is None:
        raise _missing(path)


def remove_folder(path, *, dir_fd=None):
    if list_folder(path):
        raise OSError(39, "Directory not empty", path)
    Store.folders.remove(_path(path))


def remove_tree(path, *_, **__):
    place = _path(path)
    inside = place + "/"
    for name in [n for n in Store.files if n.startswith(inside)]:
        del Store.files[name]
    kept = {f for f in Store.folders if f != place and not f.startswith(inside)}
    Store.folders.intersection_update(kept)


def list_folder(path="."):
    place = _path(path)
    if place not in Store.folders:
        raise _missing(path)
    there = [*Store.files, *Store.folders]
    return sorted(
        os.path.basename(f) for f in there if os.path.dirname(f) == place and f != "/"
    )


class _Entry:
    """One entry of a folder, as `os.scandir` tells it."""

    def __init__(self, folder, name):
        self.name, self.path = name, os.path.join(folder, name)

    def __fspath__(self):
        return self.path

    def is_dir(self, *, follow_symlinks=True):
        return _path(self.path) in Store.folders

    def is_file(self, *, follow_symlinks=True):
        return _path(self.path) in Store.files

    def is_symlink(self):
        return False

    def is_junction(self):
        return False

    def stat(self, *, follow_symlinks=True):
        return status(self.path)


@contextmanager
def scan(path="."):
    folder = os.fspath(path)
    yield iter([_Entry(folder, name) for name in list_folder(path)])


# At once, before the tests are imported: they take both by name.
tempfile.TemporaryFile = temporary_file
io.open = open_file
