"""Tools that look at a stranger's text: in a process with limits, and nothing else.

What they read may be made to be slow, to be large or to crash them. So they get some
seconds of processor time, some memory, and so much to write; and no environment, no
input, and no settings of anybody.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_LIMITED = Path(__file__).with_name("limited.py")
SECONDS = 10
"""Of the processor."""
WAIT = 18
"""Seconds on the clock, for a process that waits instead of working. Two tools one
after the other still answer within what `validate` may take."""
MEMORY = 2 << 30
OUTPUT = 16 << 20


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a tool ended."""

    status: int = 0
    output: str = ""
    errors: str = ""
    problem: str = ""
    """Why there is no result: too long, too much, or it crashed."""


def is_installed(module: str) -> bool:
    """Whether a tool is there, without importing it."""
    return find_spec(module) is not None


def run(
    folder: Path,
    *command: str,
    seconds: int = SECONDS,
    environment: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> Ended:
    """Run a Python program, `-m MODULE` or a file; `folder` holds what it writes."""
    limits = [str(seconds), str(MEMORY), str(OUTPUT)]
    output, errors = folder / "output.txt", folder / "errors.txt"
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-I", str(_LIMITED), *limits, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=cwd or folder,
            env=_environment(folder) | (environment or {}),
            start_new_session=True,
        )
        try:
            status = process.wait(timeout=WAIT)
        except subprocess.TimeoutExpired:
            _end(process)
            return Ended(problem=f"it did not end within {WAIT} seconds")
    said = errors.read_text(errors="replace")
    if problem := _problem(status, said):
        return Ended(status=status, errors=said[-2000:], problem=problem)
    text = output.read_text(encoding="utf-8", errors="replace")
    return Ended(status=status, output=text, errors=said[-2000:])


def _environment(folder: Path) -> dict[str, str]:
    home = str(folder)
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {
        **kept,
        "HOME": home,
        "TMPDIR": home,
        "LC_ALL": "C.UTF-8",
        "RAYON_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }


def _problem(status: int, said: str) -> str:
    if "MemoryError" in said[-2000:]:
        return f"it needed more than {MEMORY >> 20} MiB of memory"
    if "RecursionError" in said[-2000:]:
        return "it is nested too deeply for it"
    xcpu, xfsz = getattr(signal, "SIGXCPU", None), getattr(signal, "SIGXFSZ", None)
    if status < 0 and -status in (xcpu, signal.SIGKILL if xcpu else None):
        return "it needed too much time"
    if status < 0 and -status == xfsz:
        return f"it said more than {OUTPUT >> 20} MiB"
    return f"it crashed (signal {-status})" if status < 0 else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
