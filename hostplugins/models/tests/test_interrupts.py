"""Ctrl-C is seen wherever the main thread waits, and what hangs is left behind."""

import os
import signal
import sys
import threading

import pytest

if sys.platform == "win32":
    pytest.skip("Ctrl-C is no signal there", allow_module_level=True)

from plugwright_models.interrupts import Interrupts


@pytest.fixture
def by_hand():
    """Have SIGINT raise, even where a shell started these tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def elsewhere(number):
    """Have a signal come in where it interrupts no wait of the main thread.

    That is what becomes of a Ctrl-C in the gap before a wait.
    """
    thread = threading.Thread(
        target=lambda: signal.pthread_kill(threading.get_ident(), number)
    )
    thread.start()
    return thread


@pytest.mark.usefixtures("by_hand")
def test_a_ctrl_c_that_woke_nobody_is_seen_all_the_same():
    reads, writes = os.pipe()
    is_late = threading.Event()

    def give_up():
        is_late.set()
        os.write(writes, b"late")

    timer = threading.Timer(20, give_up)
    timer.start()
    begin = threading.Timer(0.2, elsewhere, [signal.SIGINT])
    with Interrupts() as interrupts:
        begin.start()
        with pytest.raises(KeyboardInterrupt):
            os.read(reads, 1)
        interrupts.back()
    assert not is_late.is_set()
    timer.cancel()
    timer.join()
    os.close(reads)
    os.close(writes)


@pytest.mark.usefixtures("by_hand")
def test_afterwards_everything_is_as_it_was():
    before = signal.set_wakeup_fd(-1)
    threads = threading.active_count()
    with Interrupts(), Interrupts() as inner:
        inner.back()
    assert signal.set_wakeup_fd(before) == -1
    # The watch, which wakes with the same signal, stays for the whole process.
    names = {thread.name for thread in threading.enumerate()}
    assert "plugwright-interrupts" not in names
    assert threading.active_count() <= threads + 1
