"""Runs the author's code in processes of its own; none of them outlives a look.

None reads from the terminal, and Ctrl-C is for the kit, which then ends them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PAUSE = 0.2
"""Seconds between two looks at whether the answer is still wanted."""


class Abandoned(Exception):
    """Nobody wants the answer any more: a file was saved meanwhile."""


def never() -> bool:
    """Say that the answer will be wanted, however long it takes."""
    return False


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    is_stale: Callable[[], bool] = never,
) -> subprocess.CompletedProcess[str]:
    """Run it to its end. Raises Abandoned, or subprocess.TimeoutExpired."""
    latest = time.monotonic() + seconds
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=os.name == "posix",
    )
    try:
        while True:
            try:
                out, err = process.communicate(timeout=PAUSE)
            except subprocess.TimeoutExpired as error:
                if time.monotonic() > latest:
                    raise subprocess.TimeoutExpired(command, seconds) from error
                if is_stale():
                    raise Abandoned from error
            else:
                return subprocess.CompletedProcess(
                    command, process.returncode, out, err
                )
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and what it started, if it still runs."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    # What it has written to the pipes is nobody's any more.
    process.communicate()
