"""Runs the examples of files, each file in a process of its own, and says which fail.

Not in the sandbox: examples import the program that they are of, with all that it
needs, and a guest has neither. So they run with the rights of whoever started it, and
that person is asked first. What is held back is what accidents need: they have an empty
folder, which is their home as well, none of the environment's keys and tokens, and so
much time, memory and disk. Who means harm is not held back by that.
"""

from __future__ import annotations

import json
import os
import re
import signal
import site
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from plugwright.errors import UsageError
from plugwright_agents.docs.parsing import module_name, package_root
from plugwright_agents.docs.sources import read_source
from plugwright_agents.reading import read_text

RUNNER = Path(__file__).with_name("runner.py")
_KEPT = """
PATH LANG LANGUAGE TZ SYSTEMROOT COMSPEC PATHEXT VIRTUAL_ENV LD_LIBRARY_PATH
DYLD_LIBRARY_PATH PYTHONPATH PYTHONHOME PYTHONUTF8 PYTHONWARNINGS
"""
_PAGE = re.compile(r"^ *`{3,}python[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One example that was run."""

    path: Path
    line: int
    why: str
    """What went wrong; empty if nothing did."""


def has_examples(path: Path) -> bool:
    """Tell whether there is anything to run. Raises `Skip`."""
    if path.suffix == ".py":
        return ">>> " in read_source(path).text
    return _PAGE.search(read_text(path).text) is not None


def run(path: Path, python: str, seconds: float) -> list[Example]:
    """Run all examples of a file, in an empty folder."""
    if path.suffix == ".py":
        what = ["module", module_name(path), str(package_root(path))]
    else:
        what = ["page", str(path.resolve())]
    found, begun, why = _ran([python, str(RUNNER), *what], seconds)
    examples = [Example(path=path, line=line, why=why) for line, why in found]
    if why:
        examples.append(Example(path=path, line=begun, why=why))
    return examples


def _ran(
    command: Sequence[str], seconds: float
) -> tuple[list[tuple[int, str]], int, str]:
    """Give the lines that were run, each with what went wrong; the last begun; why."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as beside,
        tempfile.TemporaryFile() as said,
    ):
        report = Path(beside, "report")
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(folder, report),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            raise UsageError(
                f"`{command[0]}` does not start: {error.strerror}",
                remedy="name a Python: `--python .venv/bin/python`",
            ) from error
        why = ""
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            why = f"it takes longer than {seconds:g} seconds"
        finally:
            _end(process)
        found, begun, is_over = _reported(report)
        if not why and (process.returncode or not is_over):
            said.seek(max(0, said.seek(0, 2) - 2000))
            last = said.read().decode("utf-8", "replace").strip().splitlines()
            why = f"it ended with {process.returncode}: {last[-1] if last else ''}"
    return found, begun, why.rstrip(": ")


def _reported(report: Path) -> tuple[list[tuple[int, str]], int, bool]:
    """Read what was told, as far as it was told before the end."""
    found: list[tuple[int, str]] = []
    begun = 1
    with suppress(OSError, ValueError):
        for line in report.read_text("utf-8", "replace").splitlines():
            match json.loads(line):
                case {"is_over": True}:
                    return found, begun, True
                case {"begins": int(begun)}:
                    pass
                case {"line": int(at), "why": str(why)}:
                    found.append((at, why))
    return found, begun, False


def _environment(folder: str, report: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT.split() if name in os.environ}
    kept |= {name: os.environ[name] for name in os.environ if name.startswith("LC_")}
    return {
        **kept,
        "HOME": folder,
        "TMPDIR": folder,
        "TEMP": folder,
        "TMP": folder,
        # What was installed for one user is below the home that they do not get.
        "PYTHONUSERBASE": os.environ.get("PYTHONUSERBASE") or site.getuserbase(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PLUGWRIGHT_REPORT": str(report),
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    # With all that it started, or a server of an example stays.
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
