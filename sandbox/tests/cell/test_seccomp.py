"""The filter of system calls: asked by hostile code, and number by number."""

from __future__ import annotations

import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from prisons import ask, end_of, needs, prison
from refused import REFUSED

from plugwright_sandbox.cell import seccomp
from plugwright_sandbox.cell.syscalls import (
    AARCH64,
    X32_BIT,
    X86_64,
    Architecture,
    here,
)
from plugwright_sandbox.cell.zygote import Process

# The filter.


def test_no_call_off_the_list_gets_through(worker: Process) -> None:
    needs(worker, "seccomp")
    column = 1 if here() is AARCH64 else 0
    names = [name for name, numbers in REFUSED.items() if numbers[column] is not None]

    results = ask(worker, f"answer = {{n: syscall(n, *[0] * 6) for n in {names}}}")

    assert results == dict.fromkeys(names, -1)  # EPERM
    assert ask(worker, "answer = 'still there'") == "still there"


DEEDS = {
    "open a file": "open('/etc/hostname')",
    "list a folder": "os.listdir('/')",
    "look at a file": "os.stat('/')",
    "write a file": "open('/dev/null', 'wb')",
    "read its own memory map": "open('/proc/self/maps')",
    "an internet socket": "socket.socket()",
    "a UNIX socket": "socket.socket(socket.AF_UNIX)",
    "a netlink socket": "socket.socket(16, socket.SOCK_RAW)",
    "a datagram socket": "socket.socket(type=socket.SOCK_DGRAM)",
    "a pair of sockets": "socket.socketpair()",
    "fork": "os.fork() or os._exit(0)",
    "a program": "os.posix_spawn(sys.executable, ['python', '-c', ''], {})",
    "a thread": "threading.Thread(target=int).start()",
    "a pipe": "os.pipe()",
    "a second descriptor": "os.dup(host.fileno() if 'host' in globals() else 0)",
    "a signal to oneself": "os.kill(os.getpid(), 0)",
    "a handler": "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "an alarm": "signal.setitimer(signal.ITIMER_REAL, 1000)",
    "memory that runs": "mmap.mmap(-1, 4096, prot=7)",
    "its limits": "resource.getrlimit(resource.RLIMIT_CORE)",
    "a file in memory": "os.memfd_create('x')",
    "the machine's name": "os.uname()",
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_any_process_can_do_a_worker_cannot(worker: Process, deed: str) -> None:
    needs(worker, "seccomp")

    told = ask(worker, DEEDS[deed])

    assert told["errno"] == "EPERM" or "can't start new thread" in told["text"]


def test_the_same_deeds_work_without_walls() -> None:
    """Or else the test above would prove nothing."""
    told = subprocess.run(
        [sys.executable, "-c", _UNWALLED, str(Path(__file__).parents[1])],
        capture_output=True,
        text=True,
    )

    assert told.stdout == "", told.stderr


_UNWALLED = f"""
import os, sys
sys.path.insert(0, sys.argv[1])
from prisoner import run
for deed, source in {DEEDS!r}.items():
    told = run(source)
    if "error" in told:
        os.write(1, f"{{deed}}: {{told}}\\n".encode())
"""


def test_memory_cannot_be_made_executable_afterwards(worker: Process) -> None:
    needs(worker, "seccomp")
    source = """
    room = mmap.mmap(-1, 4096)
    where = ctypes.addressof(ctypes.c_char.from_buffer(room))
    answer = [libc.mprotect(ctypes.c_void_p(where), 4096, rights) for rights in (1, 3)]
    answer += [libc.mprotect(ctypes.c_void_p(where), 4096, rights) for rights in (4, 7)]
    """

    assert ask(worker, source) == [0, 0, -1, -1]


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ("fcntl.fcntl(fd, fcntl.F_GETFL)", "fcntl.fcntl(fd, fcntl.F_SETFL, 0)"),
        ("fcntl.fcntl(fd, fcntl.F_GETFD)", "fcntl.fcntl(fd, fcntl.F_DUPFD, 9)"),
        ("fcntl.fcntl(fd, fcntl.F_GETFD)", "fcntl.lockf(fd, fcntl.LOCK_EX)"),
        ("host.settimeout(60)", "fcntl.flock(fd, fcntl.LOCK_EX)"),
        ("libc.prctl(16, ctypes.create_string_buffer(16))", "libc.prctl(4, 1)"),
        ("libc.prctl(15, b'x')", "libc.prctl(22, 0)"),
        ("time.clock_gettime(1)", "time.clock_gettime((~1 << 3) | 2)"),
    ],
)
def test_some_calls_go_through_with_harmless_arguments_only(
    worker: Process, allowed: str, refused: str
) -> None:
    needs(worker, "seccomp")
    setting = "fd = host.fileno()\n"
    failing = f"""
if ({refused}) == -1:
    raise OSError(ctypes.get_errno(), "")
"""

    assert ask(worker, f"{setting}{allowed}\nanswer = 1") == 1
    assert ask(worker, setting + failing)["errno"] == "EPERM"


def test_the_other_number_space_of_the_processor_is_death(worker: Process) -> None:
    needs(worker, "seccomp")
    if here() is not X86_64:
        pytest.skip("x32 is of x86-64 only")

    assert end_of(worker, f"syscall({X32_BIT} | 39)") == -signal.SIGSYS


def test_the_door_of_32_bit_programs_is_death(worker: Process) -> None:
    """No code can be added, but its two bytes stand somewhere in what is there."""
    needs(worker, "seccomp")
    if not ask(worker, "answer = gadget"):
        pytest.skip("this interpreter happens to have no `int 0x80` in its code")

    assert end_of(worker, "ctypes.CFUNCTYPE(None)(gadget)()") == -signal.SIGSYS


def test_a_thread_of_the_engine_is_behind_the_same_walls() -> None:
    source = """
    NAMES["for_thread"] = '''
    answer = [syscall("openat", -100, b"/", 0), syscall("socket", 2, 1, 0),
              syscall("clone", 0, 0), os.getpid() > 0, len(bytearray(1 << 20))]
    '''.replace("\\n    ", "\\n")
    NAMES["wanted"].set()
    NAMES["done"].wait()
    answer = NAMES["said_by_thread"]
    """
    with prison(before=True) as zygote, zygote.fork() as process:
        needs(process, "seccomp")

        assert ask(process, source) == {"answer": [-1, -1, -1, True, 1 << 20]}


# The filter, number by number: read as the kernel reads it, for both processors.


def _verdict(program: bytes, number: int, audit: int, *arguments: int) -> int:
    """Run a filter on one call."""
    call = struct.pack(
        "=IIQ6Q", number, audit, 0, *arguments, *[0] * (6 - len(arguments))
    )
    at = value = 0
    while True:
        code, then, otherwise, k = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == seccomp.LOAD:
            (value,) = struct.unpack_from("=I", call, k)
        elif code == seccomp.AND:
            value &= k
        elif code == seccomp.RETURN:
            return int(k)
        else:
            holds = {
                seccomp.EQUAL: value == k,
                seccomp.ANY_BIT: bool(value & k),
            }[code]
            at += then if holds else otherwise


EPERM = seccomp.ERRNO | 1


@pytest.mark.parametrize("processor", [X86_64, AARCH64])
@pytest.mark.parametrize("allowed", ["wasm", "restricted"])
def test_the_list_is_the_same_on_every_processor(
    processor: Architecture, allowed: seccomp.Allowed
) -> None:
    program = seccomp.program(allowed, processor)
    numbers = {
        number
        for name, number in processor.numbers.items()
        if name in seccomp.LISTS[allowed]
    }
    harmless = (1, 1, 3)  # a clock, a command, rights and advice: fine for these

    passed = {
        number
        for number in range(600)
        if _verdict(program, number, processor.audit, *harmless) == seccomp.ALLOW
    }

    special = {processor.numbers[name] for name in ("ioctl", "prctl")}
    assert passed == numbers - special
    assert _verdict(program, 600, processor.audit) == EPERM
    column = 1 if processor is AARCH64 else 0
    assert not numbers & {row[column] for row in REFUSED.values()}


@pytest.mark.parametrize("processor", [X86_64, AARCH64])
def test_a_call_by_another_interface_is_death_on_every_processor(
    processor: Architecture,
) -> None:
    program = seccomp.program("restricted", processor)
    write = processor.numbers["write"]
    foreign = {X86_64: 0x4000_0003, AARCH64: 0x4000_0028}[processor]

    assert _verdict(program, write, processor.audit) == seccomp.ALLOW
    assert _verdict(program, write, foreign) == seccomp.KILL_PROCESS
    if processor is X86_64:
        other = _verdict(program, write | X32_BIT, processor.audit)
        assert other == seccomp.KILL_PROCESS


@pytest.mark.parametrize(
    ("name", "arguments", "verdict"),
    [
        ("mmap", (0, 4096, 3), seccomp.ALLOW),
        ("mmap", (0, 4096, 5), EPERM),
        ("mprotect", (0, 4096, 0), seccomp.ALLOW),
        ("mprotect", (0, 4096, 4 | 1 << 32), EPERM),
        ("madvise", (0, 0, 4), seccomp.ALLOW),
        ("madvise", (0, 0, 12), EPERM),
        ("futex", (0, 128), seccomp.ALLOW),
        ("futex", (0, 9 | 128 | 256), seccomp.ALLOW),
        ("futex", (0, 6), EPERM),
        ("futex", (0, 11 | 128), EPERM),
        ("clock_gettime", (7,), seccomp.ALLOW),
        ("clock_gettime", (8,), EPERM),
        ("clock_gettime", (0xFFFF_FFF2,), EPERM),
        ("ioctl", (3, 0x5421), seccomp.ALLOW),
        ("ioctl", (3, 0x5412), EPERM),  # TIOCSTI types into a terminal
        ("fcntl", (3, 0), EPERM),
        ("fcntl", (3, 4), EPERM),
        ("fcntl", (3, 6), EPERM),
        ("prctl", (15,), seccomp.ALLOW),
        ("prctl", (22,), EPERM),
    ],
)
def test_arguments_decide(name: str, arguments: tuple[int, ...], verdict: int) -> None:
    for processor in X86_64, AARCH64:
        program = seccomp.program("wasm", processor)
        number = processor.numbers[name]

        assert _verdict(program, number, processor.audit, *arguments) == verdict
