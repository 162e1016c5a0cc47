"""Ctrl-C, so that it always works: once ends what goes on, twice whatever hangs.

Python raises `KeyboardInterrupt` where its main thread next runs Python. Between the
last look for signals and a wait in the system there is a gap, which is wide where
`readline` waits for a key: a Ctrl-C that falls into it is seen with the next key only.
And code that never comes back to Python sees none. So the system's own handler tells a
thread here of every Ctrl-C, and that thread wakes the main one until it is back. If it
was pressed a second time, and the main thread is still not back after a moment, the
process ends: what it wrote is on the disk by then.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from select import select
from time import monotonic
from types import TracebackType
from typing import Any, Self

from plugwright.watch import WATCH

GRACE = 2.0
"""Seconds that the second Ctrl-C gives for cleaning up."""

_STEP = 0.02
_BACK = b"\0"  # no signal has this number

_SIGNAL: Any = getattr(signal, "SIGURG", None)
"""Wakes the main thread, as the watch does it. There is none on Windows, where `input`
waits for Ctrl-C, too."""


class Interrupts:
    """Looks after Ctrl-C for as long as the block lasts; only on the main thread."""

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._main = threading.get_ident()
        is_main = threading.current_thread() is threading.main_thread()
        self._is_on = is_main and _SIGNAL is not None

    def __enter__(self) -> Self:
        if self._is_on:
            WATCH.turn()  # has the signal do nothing but wake
            self._told, self._tell = os.pipe()
            os.set_blocking(self._tell, False)
            self._before = signal.set_wakeup_fd(self._tell, warn_on_full_buffer=False)
            self._thread = threading.Thread(
                target=self._look, name="plugwright-interrupts", daemon=True
            )
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_on:
            signal.set_wakeup_fd(self._before)
            os.close(self._tell)  # ends the thread
            self._thread.join()
            os.close(self._told)

    def back(self) -> None:
        """Say that the main thread is back, so that nothing hangs."""
        # Through the same pipe, so that it comes after what was pressed before.
        if self._is_on:
            os.write(self._tell, _BACK)

    def _look(self) -> None:
        pressed, wake_at, until = 0, 0.0, 0.0
        while True:
            wait = max(0.0, wake_at - monotonic()) if pressed else None
            if select([self._told], [], [], wait)[0]:
                if not (told := os.read(self._told, 256)):
                    return
                for number in told:
                    if number == signal.SIGINT:
                        pressed, until = pressed + 1, monotonic() + self._grace
                    elif number == _BACK[0]:
                        pressed = 0
            now = monotonic()
            if pressed > 1 and now >= until:
                _leave()
            if pressed and now >= wake_at:
                # Seldom, once it cannot be for a signal that was overlooked.
                wake_at = now + (_STEP if now < until else self._grace)
                signal.pthread_kill(self._main, _SIGNAL)


def _leave() -> None:
    sys.stderr.write("\nplugwright: it does not stop, so it is left behind\n")
    sys.stderr.flush()
    os._exit(130)
