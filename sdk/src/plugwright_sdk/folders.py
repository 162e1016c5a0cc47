"""Files below a folder that was granted."""

from __future__ import annotations

import base64
from typing import NamedTuple

from plugwright_sdk._bridge import call


class Entry(NamedTuple):
    """One line of a folder's list."""

    name: str
    is_folder: bool
    bytes: int


class Files:
    """Files by name; needs `files.read:FOLDER` or `files.write:FOLDER`.

    A name is below the granted folder: `week.txt`, `old/week.txt`. Where several are
    granted, `folder` says which, as the permission has it: `folder="~/lessons"`.
    """

    def read_bytes(self, name: str, *, folder: str = "") -> bytes:
        """Give a file's content. Raises FileNotFoundError where there is none."""
        answer = call("files.read", {"name": name, "folder": folder})
        if not answer["found"]:
            raise FileNotFoundError(f"there is no file `{name}`")
        return base64.b64decode(answer["body"])

    def read_text(self, name: str, *, folder: str = "") -> str:
        """Give a file's content as text; it has to be UTF-8."""
        return self.read_bytes(name, folder=folder).decode()

    def write_bytes(self, name: str, content: bytes, *, folder: str = "") -> None:
        """Make or replace a file, whole or not at all."""
        body = base64.b64encode(content).decode()
        call("files.write", {"name": name, "folder": folder, "body": body})

    def write_text(self, name: str, text: str, *, folder: str = "") -> None:
        """Make or replace a file of text, as UTF-8."""
        self.write_bytes(name, text.encode(), folder=folder)

    def list(self, name: str = "", *, folder: str = "") -> list[Entry]:
        """List what is in the folder, or in one within it, by name."""
        found = call("files.list", {"name": name, "folder": folder})
        return [Entry(**each) for each in found]

    def exists(self, name: str, *, folder: str = "") -> bool:
        """Tell whether there is such a file or folder."""
        return bool(call("files.exists", {"name": name, "folder": folder}))


files = Files()
