"""Files below a granted folder, by plain names."""

from __future__ import annotations

import base64
import binascii

from plugwright.amounts import size_in_words
from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.grants import Grants
from plugwright.capabilities.outside import Disk, Outside
from plugwright.errors import Refused, UsageError
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Service
from plugwright.targets import unfit_name

LARGEST_FILE = 512 << 10
"""Bytes of a file; as base64 they still fit into one message to or from a guest."""
MOST_ENTRIES = 1000
"""How many files and folders one folder may have to be listed."""
WRITTEN = 64 << 20
"""Bytes that a plugin may write until it is started again; a file counts as `BLOCK`
at least, so that a million empty ones are too many."""
BLOCK = 4096
DEEPEST = 16
LONGEST_PATH = 1000


class _Name(Arguments):
    name: str
    folder: str = ""


class _Place(Arguments):
    name: str = ""
    folder: str = ""


class _Content(_Name):
    body: str


def reading(grants: Grants, outside: Outside) -> dict[str, Service]:
    """Read, list and look for files."""
    folders = _Folders("files.read", grants, outside)

    def content(arguments: dict[str, JSON]) -> JSON:
        asked = read(_Name, arguments)
        folder, parts = folders.find(asked.folder, asked.name)
        found = folders.disk.read(folder, parts, LARGEST_FILE)
        if found is None:
            return {"found": False, "body": ""}
        return {"found": True, "body": base64.b64encode(found).decode()}

    def names(arguments: dict[str, JSON]) -> JSON:
        asked = read(_Place, arguments)
        folder, parts = folders.find(asked.folder, asked.name, is_optional=True)
        found = folders.disk.list(folder, parts, MOST_ENTRIES)
        return [
            {"name": each.name, "is_folder": each.is_folder, "bytes": each.size}
            for each in found
        ]

    def exists(arguments: dict[str, JSON]) -> JSON:
        asked = read(_Name, arguments)
        return folders.disk.exists(*folders.find(asked.folder, asked.name))

    return {"files.read": content, "files.list": names, "files.exists": exists}


def writing(grants: Grants, outside: Outside) -> dict[str, Service]:
    """Make and replace files."""
    folders = _Folders("files.write", grants, outside)
    left = WRITTEN

    def write(arguments: dict[str, JSON]) -> JSON:
        nonlocal left
        asked = read(_Content, arguments)
        folder, parts = folders.find(asked.folder, asked.name)
        content = _decoded(asked.body)
        left -= max(BLOCK, len(content))
        if left < 0:
            raise Refused(
                f"a plugin writes at most {size_in_words(WRITTEN)} until it is started"
                " again"
            )
        folders.disk.write(folder, parts, content)
        return None

    return {"files.write": write}


def _decoded(body: str) -> bytes:
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("`body`: it is not base64") from error
    if len(content) > LARGEST_FILE:
        raise Refused(f"a file has at most {size_in_words(LARGEST_FILE)}")
    return content


class _Folders:
    """The folders that were granted for one purpose."""

    def __init__(self, purpose: str, grants: Grants, outside: Outside) -> None:
        self._purpose = purpose
        self._grants = grants
        self._disk = outside.disk
        self._granted = grants.of(purpose)
        if outside.disk is not None:
            for permission in self._granted:
                outside.disk.start(permission.target)

    @property
    def disk(self) -> Disk:
        """The disk, where there is one."""
        if self._disk is None:
            raise Refused("there are no files here")
        return self._disk

    def find(
        self, folder: str, name: str, *, is_optional: bool = False
    ) -> tuple[str, tuple[str, ...]]:
        """Give the granted folder and the parts of the way down from it."""
        parts = () if is_optional and not name else _parts(name)
        wanted = self._wanted(folder)
        granted = self._grants.check(wanted)
        below = wanted.target.removeprefix(granted.target).strip("/")
        return granted.target, (*(below.split("/") if below else ()), *parts)

    def _wanted(self, folder: str) -> Permission:
        if not folder and len(self._granted) == 1:
            return self._granted[0]
        if not folder:
            names = ", ".join(f"`{each.target}`" for each in self._granted)
            raise Refused(f"say which `folder`: {names}")
        try:
            return Permission.parse(f"{self._purpose}:{folder:.{LONGEST_PATH}}")
        except UsageError as error:
            raise Refused("`folder`: write it as it was granted") from error


def _parts(name: str) -> tuple[str, ...]:
    """Take a name apart. Raises `Refused` for what may mean more than it says."""
    parts = tuple(name.split("/"))
    if len(name) > LONGEST_PATH or len(parts) > DEEPEST:
        raise Refused(f"a file's name has at most {LONGEST_PATH} characters")
    for part in parts:
        if reason := unfit_name(part):
            raise Refused(f"this cannot be a file's name: {reason}")
    return parts
