"""How a process makes way for all others.

Linux lets every process go behind the others, and few come forward again: that takes
`CAP_SYS_NICE`, or an `RLIMIT_NICE` that hardly any user has. So a worker goes behind
when it is born and stays there, and what somebody waits for runs in another one.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from plugwright_sandbox.cell import walls

LAST = 19
"""The least that a process can ask for."""
TRIES = 20
PAUSE = 0.06


def give_way() -> None:
    """Let this process run when no other wants to; as far as the system lets it.

    Nothing is lost where it cannot: the process only has to share.
    """
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(LAST)
    if sys.platform != "linux":
        return
    with suppress(OSError):
        _leave_last()
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _leave_last() -> None:
    """Go into a session of one's own, and let that give way to all other sessions.

    Where the kernel shares out processors by session, a process gives way to its own
    only. In one of its own that it could not put last, it would get a whole share: so
    first of all it is tried whether it can.
    """
    walls.set_dumpable(True)  # or the file belongs to root
    try:
        group = os.open("/proc/self/autogroup", os.O_WRONLY)
    finally:
        walls.set_dumpable(False)
    try:
        os.setsid()
        for _ in range(TRIES):
            try:
                os.write(group, str(LAST).encode())
                return
            except BlockingIOError:  # ten times a second, for the whole machine
                time.sleep(PAUSE)
    finally:
        os.close(group)
