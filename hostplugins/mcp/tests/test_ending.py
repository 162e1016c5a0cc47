"""No process is left: not of a server, and not of what it started."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from serving import call, command, gone, is_there, pids_in

from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright_mcp.faults import ServerError
from plugwright_mcp.settings import Server
from plugwright_mcp.shelf import shelf_of

HOST = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from serving import call, command
from plugwright_mcp.book import Book
from plugwright_mcp.running import Running
from plugwright_mcp.settings import Server

work = Path(sys.argv[2])
server = Server(command=command(f"stubborn={work / 'pids'}"))
print(call(Running("faulty", server, Book(work)), "say", "up"), flush=True)
sys.stdin.read()
"""


def start(tmp_path: Path) -> subprocess.Popen[str]:
    """Start a program that uses a server which ignores all polite requests."""
    arguments = [sys.executable, "-c", HOST, str(Path(__file__).parent), str(tmp_path)]
    pipe = subprocess.PIPE
    host = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True)
    assert host.stdout is not None
    assert host.stdout.readline() == "say says: up\n"
    return host


def test_a_host_that_is_killed_leaves_no_server_behind(tmp_path):
    with start(tmp_path) as host:
        pids = pids_in(tmp_path / "pids")
        assert len(pids) == 2
        assert all(map(is_there, pids))
        host.send_signal(signal.SIGKILL)
    assert gone(*pids)


def test_a_host_that_just_ends_leaves_no_server_behind(tmp_path):
    with start(tmp_path) as host:
        pids = pids_in(tmp_path / "pids")
        assert host.stdin is not None
        host.stdin.close()
        assert host.wait(60) == 0
    assert gone(*pids)


def test_a_host_that_is_closed_ends_its_servers_and_what_they_started(home, tmp_path):
    import plugwright_mcp

    with Host(home, cache=tmp_path / "cache") as host:
        host.take_in(plugwright_mcp, "mcp")
        shelf = shelf_of(host)
        for name in ("one", "two"):
            server = Server(command=command(f"stubborn={tmp_path / 'pids'}"))
            assert call(shelf.running(name, server), "say") == "say says: "
        pids = pids_in(tmp_path / "pids")
        assert len(pids) == 4
        assert all(map(is_there, pids))
    assert gone(*pids)


def test_a_host_that_was_never_begun_ends_its_servers_when_nobody_has_it(
    home, tmp_path
):
    host = Host(home, cache=tmp_path / "cache")
    server = Server(command=command(f"stubborn={tmp_path / 'pids'}"))
    call(shelf_of(host).running("one", server), "say")
    host.close()
    del host
    gc.collect()
    assert gone(*pids_in(tmp_path / "pids"))


def test_what_a_server_left_behind_when_it_died_is_ended(run, tmp_path):
    running = run(f"stubborn={tmp_path / 'pids'}")
    running.tools()
    server, child = pids_in(tmp_path / "pids")
    os.kill(server, signal.SIGKILL)
    assert gone(server, child)
    # A call until the host saw that is one that the server may have taken: it fails.
    assert running._connection.wait(30)
    assert call(running, "say", "anew") == "say says: anew"


def test_a_server_whose_guard_is_killed_is_ended_by_the_host(run, tmp_path):
    running = run(f"stubborn={tmp_path / 'pids'}")
    running.tools()
    pids = pids_in(tmp_path / "pids")
    os.kill(running._connection._process._process.pid, signal.SIGKILL)
    assert all(map(is_there, pids))
    running.close()
    assert gone(*pids)


def test_a_server_of_a_closed_host_is_not_started_again(run):
    running = run()
    call(running, "say")
    running.close()
    with pytest.raises(UsageError, match="ended with its host"):
        call(running, "say")


def test_who_waits_while_the_host_closes_is_told(run):
    running = run()
    call(running, "say")
    said: list[Exception] = []

    def wait() -> None:
        try:
            call(running, "hang")
        except ServerError as error:
            said.append(error)

    thread = Thread(target=wait)
    thread.start()
    while not running._connection._pending:
        sleep(0.01)
    running.close()
    thread.join()
    assert "exit code 0" in str(said[0])


def test_a_polite_server_ends_by_itself(run):
    running = run()
    running.tools()
    connection = running._connection
    running.close()
    assert connection.why == "ended with the exit code 0"
