"""What a sandboxed plugin travels as: files that are named by their own content.

Reading, checking and packing a bundle never runs or imports anything of it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from io import BytesIO
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Final
from zipfile import ZipFile, ZipInfo

from packaging.version import Version

from plugwright import seals
from plugwright.errors import NotLoaded, PlugwrightError, UsageError
from plugwright.home import naming, sync_folder, write_atomically, write_durably
from plugwright.manifest import Manifest
from plugwright.seals import content_id as content_id
from plugwright.sources import LARGEST_FILE as LARGEST_FILE
from plugwright.sources import check

MOST_FILES = 200

installed: Final = object()
"""What the entry point of a packed bundle names. It says: there are files to read."""

MARKER = "plugwright.bundles:installed"
"""The value of that entry point. A loader of host plugins passes over it."""

# Plain names only: they mean the same on every file system.
_PART = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_-])?", re.ASCII)
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Bundle:
    """The files of one plugin, checked when it is made."""

    files: Mapping[str, bytes]
    """Content by path, with `/` between folders."""

    def __post_init__(self) -> None:
        if len(self.files) > MOST_FILES:
            raise _too_many()
        for path in self.files:
            _check_path(path)
        _check_clashes(self.files)
        check(self.files)
        for required in ("plugin.toml", "plugin.py"):
            if required not in self.files:
                raise UsageError(
                    f"`{required}` is missing", remedy="every plugin has one; write it"
                )
        # Parsed here, so that a bundle with a broken manifest cannot be had.
        _ = self.manifest

    @classmethod
    def read(cls, folder: Path) -> Bundle:
        """Read a folder; what begins with a dot and `__pycache__` is not part of it."""
        return cls(_read_files(folder))

    @classmethod
    def load(cls, root: Path, id: str, plugin: str = "") -> Bundle:
        """Read a written bundle back, if it still is what it was.

        `plugin` is its name, for the error: the files themselves may say anything now.
        """
        if not _ID.fullmatch(id):
            raise UsageError(f"`{id}` is not the id of a bundle", remedy="see the list")
        folder = root / id
        try:
            files = _read_files(folder)
        except UsageError as error:  # a link, too many files, or no folder at all
            raise _tampered(id, plugin, f"{error.message}; it") from error
        if content_id(files) != id:
            what = seals.changed(folder, files)
            raise _tampered(id, plugin, f"`{folder}`: {what}")
        return cls(files)

    def write(self, root: Path) -> Path:
        """Keep it in a folder named by its id, as a whole or not at all."""
        folder = root / self.id
        with naming(root):
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.exists() and not _is_whole(folder):
                # Whoever changed it may want to have that.
                folder.rename(root / f".changed-{self.id[:12]}-{token_hex(4)}")
            if not folder.exists():
                self._write_new(folder)
        Bundle.load(root, self.id, self.manifest.name)
        return folder

    def _write_new(self, folder: Path) -> None:
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            for path, content in self.files.items():
                target = temporary / path
                target.parent.mkdir(parents=True, exist_ok=True)
                write_durably(target, content)
            write_durably(temporary / seals.LIST, seals.listed(self.files))
            for parent in {(temporary / path).parent for path in self.files}:
                sync_folder(parent)
            try:
                temporary.rename(folder)
            except OSError:
                # Another process may have been faster; `load` looks at what it wrote.
                if not folder.is_dir():
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        sync_folder(folder.parent)

    @cached_property
    def id(self) -> str:
        """The SHA-256 of all paths and contents."""
        return content_id(self.files)

    @cached_property
    def manifest(self) -> Manifest:
        """What the plugin says of itself."""
        return Manifest.parse(self.files["plugin.toml"].decode())

    @property
    def sources(self) -> dict[str, str]:
        """The plugin's own modules by file name."""
        return {
            path: content.decode()
            for path, content in sorted(self.files.items())
            if path.endswith(".py") and "/" not in path
        }

    @property
    def tests(self) -> dict[str, str]:
        """The acceptance tests by file name."""
        return {
            PurePosixPath(path).name: content.decode()
            for path, content in sorted(self.files.items())
            if re.fullmatch(r"tests/test_[^/]*\.py", path)
        }

    @property
    def readme(self) -> str:
        """What README.md says, if there is one."""
        return self.files.get("README.md", b"").decode(errors="replace")

    def wheel(self, folder: Path) -> Path:
        """Pack it as a wheel: the same bytes on every machine, and nothing importable.

        The files lie beside the metadata, where no import looks.
        """
        stem = "{}-{}".format(
            self.manifest.name.replace("-", "_"), Version(self.manifest.version)
        )
        path = folder / f"{stem}-py3-none-any.whl"
        with naming(folder):
            folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _zip(f"{stem}.dist-info", self._members()))
        return path

    def _members(self) -> dict[str, bytes]:
        about = self.manifest
        description = (
            f"Metadata-Version: 2.1\nName: {about.name}\n"
            f"Version: {Version(about.version)}\nSummary: {about.summary}\n"
            "Requires-Dist: plugwright-core\n"
            f"Description-Content-Type: text/markdown\n\n{self.readme}"
        )
        kind = (
            "Wheel-Version: 1.0\nGenerator: plugwright\n"
            "Root-Is-Purelib: true\nTag: py3-none-any\n"
        )
        return {
            "METADATA": description.encode(),
            "WHEEL": kind.encode(),
            "entry_points.txt": f"[plugwright]\n{about.name} = {MARKER}\n".encode(),
            **{f"bundle/{path}": self.files[path] for path in sorted(self.files)},
        }


def installed_bundles() -> list[tuple[str, Bundle | PlugwrightError]]:
    """Find the bundles that were installed with pip; a broken one is told, not raised.

    Where two distributions bring one name, the first on the path counts, as in imports.
    """
    found: dict[str, Bundle | PlugwrightError] = {}
    for distribution in metadata.distributions():
        for name in _marked(distribution):
            if name not in found:
                found[name] = _read_installed(name, distribution)
    return sorted(found.items(), key=lambda item: item[0])


def _marked(distribution: metadata.Distribution) -> list[str]:
    try:
        entries = distribution.entry_points.select(group="plugwright")
        return [entry.name for entry in entries if entry.value == MARKER]
    except Exception:  # the broken metadata of a stranger must not stop the host
        return []


def _read_installed(
    name: str, distribution: metadata.Distribution
) -> Bundle | PlugwrightError:
    try:
        files = [
            file
            for file in distribution.files or ()
            if file.parts[0].endswith(".dist-info") and file.parts[1:2] == ("bundle",)
        ]
        manifest = next(f for f in files if f.parts[2:] == ("plugin.toml",))
        bundle = Bundle.read(Path(str(manifest.locate())).parent)
        recorded = {"/".join(file.parts[2:]): file.hash for file in files}
        return _changed(name, bundle, recorded) or bundle
    except StopIteration:
        return NotLoaded(
            name, "its distribution holds no bundle", remedy="install it again"
        )
    except PlugwrightError as error:
        return NotLoaded(name, error.message, remedy=error.remedy)
    except Exception as error:  # its metadata is foreign data; told, it harms nobody
        return NotLoaded(name, f"cannot be read: {error}", remedy="install it again")


def _changed(
    name: str, bundle: Bundle, recorded: Mapping[str, metadata.FileHash | None]
) -> NotLoaded | None:
    """Say what is not as the installer recorded it, if anything."""
    compiled = {path for path in recorded if "__pycache__" in path}
    for path in sorted({*bundle.files, *recorded} - compiled):
        seal = recorded.get(path)
        if path not in bundle.files:
            what = "was removed"
        elif path not in recorded:
            what = "was added"
        elif seal and seal.value != _digest(bundle.files[path]):
            what = "was changed"
        else:
            continue
        return NotLoaded(
            name, f"`{path}` {what} after it was installed", remedy="install it again"
        )
    return None


def _zip(info: str, members: Mapping[str, bytes]) -> bytes:
    record = f"{info}/RECORD"
    lines = [f"{info}/{path},{_sealed(members[path])}" for path in members]
    lines.append(f"{record},,\n")
    buffer = BytesIO()
    # Stored, not deflated: compressed bytes differ from one zlib to the next.
    with ZipFile(buffer, "w") as archive:
        for path, content in members.items():
            archive.writestr(_entry(f"{info}/{path}"), content)
        archive.writestr(_entry(record), "\n".join(lines))
    return buffer.getvalue()


def _sealed(content: bytes) -> str:
    return f"sha256={_digest(content)},{len(content)}"


def _digest(content: bytes) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(content).digest())
    return digest.rstrip(b"=").decode()


def _entry(path: str) -> ZipInfo:
    entry = ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # Unix, whatever wrote it
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def _tampered(id: str, plugin: str, what: str) -> NotLoaded:
    return NotLoaded(
        plugin or id[:12],
        f"{what} was changed after it was written, so no approval holds",
        remedy="`plugwright add` the folder that it came from, which writes it anew,"
        f" or `plugwright rollback {plugin or 'NAME'}`",
    )


def _is_whole(folder: Path) -> bool:
    try:
        return content_id(_read_files(folder)) == folder.name
    except UsageError:
        return False


def _read_files(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder `{folder}`", remedy="check the path")
    files: dict[str, bytes] = {}
    with naming(folder):
        for path, entry in _walk(folder):
            if len(files) == MOST_FILES:
                raise _too_many()
            with open(entry, "rb") as file:
                # One byte more than allowed tells enough about any larger file.
                files[path] = file.read(LARGEST_FILE + 1)
    return files


def _walk(folder: Path, inside: str = "") -> Iterator[tuple[str, Path]]:
    for entry in sorted(folder.iterdir()):
        path = f"{inside}{entry.name}"
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        mode = entry.lstat().st_mode
        if stat.S_ISDIR(mode):
            yield from _walk(entry, f"{path}/")
        elif stat.S_ISREG(mode):
            yield path, entry
        else:
            raise UsageError(
                f"`{path}` is a link or a device", remedy="a plugin has files only"
            )


def _check_path(path: str) -> None:
    parts = path.split("/")
    plain = all(_PART.fullmatch(p) and not _DEVICE.fullmatch(p) for p in parts)
    if not plain or len(path) > 200:
        raise UsageError(
            f"`{ascii(path)[1:-1]:.120}` is not a name that every system can have",
            remedy="use relative paths of ASCII letters, digits, `.`, `-` and `_`",
        )


def _check_clashes(files: Mapping[str, bytes]) -> None:
    # Some file systems see `A` and `a` as one name, and none has a file and a folder
    # of one name.
    seen: dict[str, str] = {}
    for path in files:
        folders = [f"{parent}/" for parent in PurePosixPath(path).parents][:-1]
        for name in (path, *folders):
            other = seen.setdefault(name.rstrip("/").casefold(), name)
            if other != name:
                raise UsageError(
                    f"`{other}` and `{name}` are one name on some systems",
                    remedy="rename one of them",
                )


def _too_many() -> UsageError:
    return UsageError(
        f"there are more than {MOST_FILES} files", remedy="leave some out"
    )
