"""The real disk: folders that are held by a descriptor while something is done in them.

From a folder's descriptor, each part of a name is opened by itself and never through a
link, so that no name leads out. A folder is remembered when its plugin starts; if there
is another one in its place later, nothing is done until the plugin is started again.

Not contained: whatever else a person lets into that folder is in it, mounts included;
and who lets a plugin write where programs are lets it change these programs.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from plugwright.amounts import size_in_words
from plugwright.capabilities.outside import Entry
from plugwright.errors import Refused
from plugwright.targets import unfit_name


class LocalDisk:
    """This computer's folders; what is in `keep_out` no plugin gets."""

    def __init__(self, keep_out: Iterable[Path] = ()) -> None:
        self._keep_out = tuple(path.resolve() for path in keep_out)
        self._known: dict[str, tuple[str, int, int]] = {}

    def start(self, folder: str) -> None:
        """Remember which folder this is; one that is not there yet may come later."""
        try:
            with self._open(folder):
                pass
        except Refused:
            return

    def read(self, folder: str, parts: tuple[str, ...], most: int) -> bytes | None:
        """Give a file's content; None where there is no file."""
        with self._open(folder) as top, _inside(top, parts[:-1]) as place:
            if place is None or not (known := _look(place, parts[-1])):
                return None
            _check_file(known)
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
            with _opened(parts[-1], flags, place) as file:
                found = os.fstat(file)
                _check_file(found)
                if found.st_size <= most:
                    content = _content(file, most)
                    if len(content) <= most:
                        return content
        raise Refused(f"the file has more than {size_in_words(most)}")

    def write(self, folder: str, parts: tuple[str, ...], content: bytes) -> None:
        """Make or replace a file, whole or not at all."""
        with self._open(folder) as top, _inside(top, parts[:-1], make=True) as place:
            assert place is not None
            known = _look(place, parts[-1])
            mode = 0o600
            if known:
                _check_file(known)
                mode = known.st_mode & 0o666
            _replace(place, parts[-1], content, mode)

    def list(self, folder: str, parts: tuple[str, ...], most: int) -> list[Entry]:
        """List files and folders by name, without links, devices and hidden ones."""
        found: list[Entry] = []
        with self._open(folder) as top, _inside(top, parts) as place:
            if place is None:
                raise Refused("there is no such folder")
            with os.scandir(place) as entries:
                for number, each in enumerate(entries):
                    if number == most:
                        raise Refused(f"the folder has more than {most} files")
                    if known := _nameable(place, each.name):
                        found.append(known)
        return sorted(found, key=lambda entry: entry.name)

    def exists(self, folder: str, parts: tuple[str, ...]) -> bool:
        """Tell whether there is such a file or folder, one that can be read."""
        with self._open(folder) as top, _inside(top, parts[:-1]) as place:
            return place is not None and _nameable(place, parts[-1]) is not None

    @contextmanager
    def _open(self, folder: str) -> Iterator[int]:
        """Hold the folder, if it is still the one that it was."""
        if os.open not in os.supports_dir_fd or not hasattr(os, "O_NOFOLLOW"):
            raise Refused(
                "this system cannot open a file without the risk of leaving its folder,"
                " so no plugin may use files here"
            )
        path = os.path.realpath(os.path.expanduser(folder))
        self._check_own(Path(path), folder)
        with _opened(path, _FOLDER | os.O_NOFOLLOW, None, f"folder `{folder}`") as top:
            found = os.fstat(top)
            now = (path, found.st_dev, found.st_ino)
            if self._known.setdefault(folder, now) != now:
                raise Refused(
                    f"the folder `{folder}` is not the one that it was when the plugin"
                    " was started"
                )
            yield top

    def _check_own(self, path: Path, folder: str) -> None:
        for own in self._keep_out:
            if path == own or path in own.parents or own in path.parents:
                raise Refused(f"the folder `{folder}` holds what is Plugwright's own")


_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


@contextmanager
def _opened(
    name: str, flags: int, place: int | None, what: str = "file", mode: int = 0
) -> Iterator[int]:
    """Open one name for a while, and close it whatever happens."""
    try:
        descriptor = os.open(name, flags | os.O_CLOEXEC, mode, dir_fd=place)
    except OSError as error:
        raise Refused(f"the {what} cannot be opened: {_why(error)}") from error
    try:
        yield descriptor
    except OSError as error:
        raise Refused(f"the {what} cannot be used: {_why(error)}") from error
    finally:
        os.close(descriptor)


def _why(error: OSError) -> str:
    # Never `str(error)`, which tells where the folder really is.
    return (error.strerror or "it failed").lower()


@contextmanager
def _inside(
    top: int, parts: tuple[str, ...], *, make: bool = False
) -> Iterator[int | None]:
    """Hold the folder at the end of the way; None where there is none."""
    if not parts:
        yield top
        return
    known = _look(top, parts[0])
    if known is None and make:
        with _explaining_folder():
            os.mkdir(parts[0], 0o700, dir_fd=top)
    elif known is None:
        yield None
        return
    elif not stat.S_ISDIR(known.st_mode):
        raise Refused("a part of the name is no folder")
    with (
        _opened(parts[0], _FOLDER | os.O_NOFOLLOW, top, "folder") as below,
        _inside(below, parts[1:], make=make) as place,
    ):
        yield place


@contextmanager
def _explaining_folder() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(f"the folder cannot be made: {_why(error)}") from error


def _look(place: int, name: str) -> os.stat_result | None:
    """Look at a name, not at what it may link to."""
    try:
        return os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _check_file(known: os.stat_result) -> None:
    if not stat.S_ISREG(known.st_mode):
        raise Refused("this is no file but a folder, a link or a device")
    # Under its other name it may be anywhere: in another's folder, or in none.
    if known.st_nlink > 1:
        raise Refused("this file has a second name (a hard link), maybe elsewhere")


def _nameable(place: int, name: str) -> Entry | None:
    """What a plugin gets to know of a name: nothing, if it cannot use it."""
    known = None if unfit_name(name) else _look(place, name)
    if known is None:
        return None
    if stat.S_ISDIR(known.st_mode):
        return Entry(name=name, is_folder=True, size=0)
    if stat.S_ISREG(known.st_mode) and known.st_nlink == 1:
        return Entry(name=name, is_folder=False, size=known.st_size)
    return None


def _content(file: int, most: int) -> bytes:
    content = b""
    while len(content) <= most and (more := os.read(file, most + 1 - len(content))):
        content += more
    return content


def _replace(place: int, name: str, content: bytes, mode: int) -> None:
    """Write beside, then rename: nobody sees half of it, and no link is followed."""
    beside = f".plugwright-{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with _opened(beside, flags, place, mode=0o600) as file:
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(file, view) :]
            os.fchmod(file, mode)
            os.fsync(file)
            os.rename(beside, name, src_dir_fd=place, dst_dir_fd=place)
        except BaseException:
            os.unlink(beside, dir_fd=place)
            raise
