"""Notes which files of a folder are run by processes of Python, and by what they start.

Python itself tells: it raises an audit event for every piece of code it executes. This
is for authors who do not know what their build does, not against those who hide it.
"""

from __future__ import annotations

import os
from pathlib import Path

_WATCHER = '''\
"""Imported by Python at its start: notes every file below one folder that is run."""

import os
import sys

_folder = os.environ["PLUGWRIGHT_RUN_IN"]
_notes = os.environ["PLUGWRIGHT_RUN_NOTES"]


def _heard(event, arguments):
    if event == "exec":
        _note(getattr(arguments[0], "co_filename", ""))


def _note(name):
    path = os.path.realpath(name)
    if path.startswith(_folder + os.sep) and os.path.isfile(path):
        with open(_notes, "a", encoding="utf-8") as notes:
            notes.write(path + "\\n")


sys.addaudithook(_heard)
for _module in [*sys.modules.values()]:  # a .pth comes before this
    _note(getattr(_module, "__file__", None) or "")
'''


class Runs:
    """What was run of one folder."""

    def __init__(self, watched: Path, folder: Path) -> None:
        self._watched = watched.resolve()
        self._notes = folder / "runs.txt"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sitecustomize.py").write_text(_WATCHER, "utf-8")
        self.environment = {
            "PYTHONPATH": str(folder),
            "PLUGWRIGHT_RUN_IN": str(self._watched),
            "PLUGWRIGHT_RUN_NOTES": str(self._notes),
        }
        """What a process has to find in its environment."""

    def seen(self) -> list[str]:
        """List the files, as paths inside the folder, each once."""
        if not self._notes.exists():
            return []
        lines = self._notes.read_text("utf-8", "replace").splitlines()
        return [os.path.relpath(line, self._watched) for line in dict.fromkeys(lines)]
