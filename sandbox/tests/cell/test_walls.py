"""Hostile native code in a worker: what each wall stops, and what goes on working."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prisons import ask, end_of, needs, prison

from plugwright.sandboxes import Wall
from plugwright_sandbox.cell.syscalls import (
    AARCH64,
    here,
)
from plugwright_sandbox.cell.trial import look
from plugwright_sandbox.cell.walls import NAMES
from plugwright_sandbox.cell.zygote import Process, Zygote


@pytest.fixture(scope="module")
def unfiltered() -> Iterator[Zygote]:
    """Workers without the filter, to see what the other walls do alone."""
    with prison(down=["seccomp"]) as zygote:
        yield zygote


# What this machine offers.


def test_a_look_names_every_wall_with_words_for_each() -> None:
    walls = look()

    assert [wall.name for wall in walls] == list(NAMES)
    assert all(wall.detail for wall in walls)


def test_a_look_agrees_with_what_a_worker_gets(worker: Process) -> None:
    assert {wall.name: wall.holds for wall in look()} == {
        wall.name: wall.holds for wall in worker.ready()
    }


def test_a_wall_that_was_not_raised_is_not_said_to_hold() -> None:
    with prison(down=["seccomp"]) as zygote, zygote.fork() as process:
        found = {wall.name: wall for wall in process.ready()}

    assert found["seccomp"] == Wall(
        "seccomp",
        False,
        "a refused call still goes through; needs a kernel with seccomp filters, and a "
        "container that permits them",
    )
    assert found["no_new_privs"].holds


def test_other_systems_have_no_walls_and_hear_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert look() == tuple(Wall(name, False, "Linux only") for name in NAMES)


NO_NAMESPACES = """
import ctypes, json, os, sys

libc = ctypes.CDLL(None, use_errno=True)
user, group = os.geteuid(), os.getegid()
if libc.unshare(0x10000000):
    sys.exit(3)
for name, text in ("setgroups", "deny"), ("uid_map", f"0 {user} 1"), (
    "gid_map", f"0 {group} 1"
):
    open(f"/proc/self/{name}", "w").write(text)
for kind in "user", "pid", "net", "mnt", "ipc", "uts":
    open(f"/proc/sys/user/max_{kind}_namespaces", "w").write("0")
sys.path[:0] = json.loads(sys.argv[1])
from prisons import ask, prison
with prison() as zygote, zygote.fork(memory=64 << 20, cpu_seconds=9) as worker:
    walls = {wall.name: [wall.holds, wall.detail] for wall in worker.ready()}
    print(json.dumps([walls, ask(worker, "answer = 6 * 7; open('/etc/passwd')")]))
"""


def test_without_namespaces_the_other_walls_hold_and_the_missing_are_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_NAMESPACES, json.dumps(sys.path)],
        capture_output=True,
        text=True,
    )
    if done.returncode == 3:
        pytest.skip("user namespaces are needed to make a place without any")
    walls, answer = json.loads(done.stdout)

    assert {name for name, (holds, _) in walls.items() if not holds} == {
        name for name in NAMES if name.endswith("namespace")
    }
    assert walls["pid namespace"][1].startswith("No space left on device; needs unpriv")
    assert answer["errno"] == "EPERM"


# What a worker still can do.


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("answer = sum(range(10))", 45),
        ("import time; time.sleep(0.001); answer = time.monotonic() > 0", True),
        ("answer = len(os.urandom(8))", 8),
        ("answer = len(bytearray(16 << 20))", 16 << 20),
        ("answer = [len(bytearray(1 << 20)) for _ in range(500)][-1]", 1 << 20),
        ("answer = select.select and select.poll().poll(1)", []),
        ("answer = time.process_time() >= 0 and os.getpid() > 0", True),
        ("answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0", True),
        ("try: import not_there\nexcept ModuleNotFoundError: answer = 1", 1),
    ],
)
def test_a_worker_computes_waits_and_answers(
    worker: Process, source: str, answer: object
) -> None:
    assert ask(worker, source) == answer


# The other walls, each without the filter in front of it.


def test_the_root_is_empty_and_nothing_can_be_opened(unfiltered: Zygote) -> None:
    source = """
    def attempt(deed):
        try:
            return deed()
        except OSError as error:
            return errno.errorcode[error.errno]
    answer = [
        attempt(lambda: open("/etc/passwd")),
        attempt(lambda: open("/proc/self/environ")),
        attempt(lambda: os.stat("/proc")),
        attempt(lambda: os.listdir("/")),
        attempt(lambda: os.mkdir("/x")),
        attempt(lambda: os.chroot("/")),
        os.getcwd(),
        os.stat("/").st_nlink,
    ]
    """
    with unfiltered.fork() as process:
        needs(process, "mount namespace", "landlock")
        *_, links = told = ask(process, source)

    assert told[:4] == ["ENOENT", "ENOENT", "ENOENT", "EACCES"]
    assert set(told[4:6]) <= {"EACCES", "EPERM", "EROFS"}
    assert (told[6], links) == ("/", 2)


def test_landlock_alone_keeps_every_path_shut(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    source = f"""
    answer = []
    for path in "/etc/passwd", "/proc/self/environ", "/", {str(tmp_path / "secret")!r}:
        for mode in os.O_RDONLY, os.O_WRONLY, os.O_WRONLY | os.O_CREAT:
            answer.append(syscall("openat", -100, path.encode(), mode, 0o600))
    """
    with (
        prison(down=["seccomp", "mount namespace"]) as zygote,
        zygote.fork() as process,
    ):
        needs(process, "landlock")
        assert set(ask(process, source)) <= {-13, -21}  # EACCES, or a folder's EISDIR
        assert -13 in ask(process, source)


def test_the_empty_root_alone_hides_every_path() -> None:
    source = """
    answer = [syscall("openat", -100, path, 0) for path in (b"/etc", b"/proc", b"/..x")]
    answer += [os.listdir("/"), os.listdir("/..")]
    """
    with prison(down=["seccomp", "landlock"]) as zygote, zygote.fork() as process:
        needs(process, "mount namespace")
        assert ask(process, source) == [-2, -2, -2, [], []]


def test_there_is_no_network_and_no_way_to_the_hosts_sockets(
    unfiltered: Zygote,
) -> None:
    name = f"plugwright-test-{os.getpid()}"
    source = """
    answer = []
    for family, kind, where in {targets}:
        try:
            end = socket.socket(family, kind)
            end.connect(where)
            answer.append("connected")
        except OSError as error:
            answer.append(errno.errorcode[error.errno])
        finally:
            end.close()
    """
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
        unfiltered.fork() as process,
    ):
        udp.bind(("127.0.0.1", 0))
        unix.bind("\0" + name)
        unix.listen()
        targets = [
            (int(socket.AF_INET), int(socket.SOCK_STREAM), tcp.getsockname()),
            (int(socket.AF_INET), int(socket.SOCK_DGRAM), udp.getsockname()),
            (int(socket.AF_UNIX), int(socket.SOCK_STREAM), "\0" + name),
        ]
        code = textwrap.dedent(source).format(targets=targets)
        needs(process, "network namespace", "landlock")
        told = ask(process, code)
        outside: dict[str, Any] = {"socket": socket, "errno": errno}
        exec(code, outside)

    assert outside["answer"] == ["connected"] * 3
    assert told == ["EACCES", "ENETUNREACH", "ECONNREFUSED"]


def test_the_hosts_processes_are_not_there(unfiltered: Zygote) -> None:
    source = f"""
    part = (ctypes.c_size_t * 2)(id(sys), 8)
    answer = [os.getpid(), os.getppid(), syscall("kill", {os.getpid()}, 0),
              syscall("ptrace", 16, {os.getpid()}, 0, 0),
              syscall("pidfd_open", {os.getpid()}, 0),
              syscall("process_vm_readv", {os.getpid()}, part, 1, part, 1, 0)]
    """
    with unfiltered.fork() as process:
        needs(process, "pid namespace")
        told = ask(process, source)

    assert told == [1, 0, -3, -3, -3, -3]  # the first of its world; ESRCH for the rest


def test_a_worker_holds_no_capability_and_gains_none(unfiltered: Zygote) -> None:
    source = """
    bounding = [libc.prctl(23, number, 0, 0, 0) for number in range(41)]
    ambient = [libc.prctl(47, 1, number, 0, 0) for number in range(41)]
    held = (ctypes.c_uint32 * 6)()
    libc.capget(ctypes.byref((ctypes.c_uint32 * 2)(0x20080522, 0)), held)
    answer = [any(bounding), any(ambient), any(held), os.getuid(), os.getgid(),
              syscall("sethostname", b"x", 1),
              syscall("mount", b"x", b"/", b"tmpfs", 0, 0),
              syscall("setresuid", 0, 0, 0), libc.prctl(39, 0, 0, 0, 0)]
    """
    with unfiltered.fork() as process:
        needs(process, "user namespace", "capabilities dropped", "no_new_privs")
        told = ask(process, source)

    assert told == [False, False, False, 65534, 65534, -1, -1, -22, 1]


def test_limits_alone_stop_processes_files_and_locked_memory(
    unfiltered: Zygote,
) -> None:
    source = """
    answer = [name for name in ("CORE", "FSIZE", "NPROC", "MEMLOCK", "MSGQUEUE")
              if resource.getrlimit(getattr(resource, "RLIMIT_" + name)) != (0, 0)]
    for deed in (os.fork, lambda: os.write(os.memfd_create("x"), b"x"),
                 lambda: os.pipe(), lambda: threading.Thread(target=int).start(),
                 lambda: resource.setrlimit(resource.RLIMIT_NPROC, (0, 9))):
        try:
            answer.append(deed())
        except OSError as error:
            answer.append(errno.errorcode[error.errno])
        except (RuntimeError, ValueError) as error:
            answer.append(str(error))
    """
    with unfiltered.fork() as process:
        needs(process, "rlimits", "user namespace")
        told = ask(process, source)

    assert told == [
        *("EAGAIN", "EFBIG", "EMFILE"),
        "can't start new thread",
        "not allowed to raise maximum limit",
    ]


# What is left of the host in a worker, and what limits do.


def test_nothing_of_the_host_is_left_in_a_worker(worker: Process) -> None:
    source = """
    import ctypes
    first = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    answer = {
        "descriptors": [number for number in range(1024)
                        if syscall(FCNTL, number, 1, 0) >= 0] == [host.fileno()],
        "environment": [dict(os.environ), bool(first) and bool(first[0])],
        "paths": [sys.path, sys.argv, sys.orig_argv],
        "readable": libc.prctl(16, ctypes.create_string_buffer(16)),
    }
    """.replace("FCNTL", "25" if here() is AARCH64 else "72")

    assert ask(worker, source) == {
        "descriptors": True,
        "environment": [{}, False],
        "paths": [[], [], []],
        "readable": 0,
    }


def test_other_processes_cannot_look_into_a_worker(worker: Process) -> None:
    needs(worker, "not dumpable", "mount namespace")
    about = Path(f"/proc/{worker.pid}")

    assert (about / "mem").stat().st_uid == 0  # root's, whoever runs it
    if os.geteuid() == 0:  # root sees what is there: nothing
        assert os.listdir(about / "root") == []
    else:
        with pytest.raises(PermissionError):
            os.listdir(about / "root")


def test_memory_ends_where_the_limit_is(worker: Process) -> None:
    needs(worker, "rlimits")

    assert ask(worker, "answer = len(bytearray(48 << 20))") == 48 << 20
    assert ask(worker, "bytearray(96 << 20)")["error"] == "MemoryError"
    assert ask(worker, "answer = len(bytearray(48 << 20))") == 48 << 20


def test_addresses_are_free_for_webassembly_and_memory_is_not() -> None:
    source = """
    libc.mmap.restype = ctypes.c_void_p
    where = libc.mmap(None, ctypes.c_size_t(6 << 30), 0, 0x4022, -1, ctypes.c_long(0))
    def take(size):
        return libc.mprotect(ctypes.c_void_p(where), ctypes.c_size_t(size), 3)
    answer = [where != ctypes.c_void_p(-1).value, take(16 << 20), take(1 << 30)]
    """
    with prison(walls="wasm") as zygote:
        with zygote.fork(memory=64 << 20) as process:
            needs(process, "rlimits")
            assert ask(process, source) == [True, 0, -1]
        with zygote.fork(memory=4 << 30) as process:
            assert ask(process, source) == [True, 0, 0]


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "9 ** 9 ** 8",  # in C, where no Python code is called for minutes
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); 9 ** 9 ** 8",
    ],
)
def test_processor_time_ends_a_loop_also_one_in_c(zygote: Zygote, source: str) -> None:
    with zygote.fork(cpu_seconds=1) as process:
        needs(process, "rlimits")
        blocked = "BLOCK" in source
        expected = -signal.SIGKILL if blocked else signal.SIGXCPU

        assert end_of(process, source) == expected
        assert process.ended is not None
        # The kernel ends it by the ticks that met it, and tells what it really used.
        assert process.ended.cpu_seconds >= 0.5


def test_a_handler_for_the_end_of_time_cannot_be_set(unfiltered: Zygote) -> None:
    """And where the filter is missing, the hard limit comes a second later."""
    source = "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    with unfiltered.fork(cpu_seconds=1) as process:
        needs(process, "rlimits")

        assert end_of(process, source) == -signal.SIGKILL
