"""What the operating system holds against a worker, raised in the worker itself.

Theory
------
A guest that breaks out of its engine (a hole in WebAssembly's runtime, a hole in
CPython) runs native code in the worker's process. What it can do then is decided here,
by walls that do not know of each other, so that one hole is not enough:

- no descriptor but the host's socket, no variable, no file system: nothing to read;
- namespaces: no other process, network, host name or shared memory to be seen;
- no capability, no new privilege: nothing to gain by a second hole in the kernel's
  set-uid or namespace code;
- Landlock: no path may be opened, no TCP, no signal to the outside, even if the walls
  above fell;
- limits: no file grows, no process starts, memory and processor time end;
- the filter (`seccomp`): the calls that most of the above would need do not exist.

Order matters. What needs a capability comes before the capabilities go; Landlock
forbids mounting, so the root is emptied first; threads that the engine needs start
after every wall that a thread inherits, and before the filter, which takes all threads
at once and after which there are no new ones.

Each wall is tried, then looked at. One that cannot be had says why, and what to do; it
is for the caller to decide whether that is enough. Why by `ctypes`: pyseccomp is a
layer over a system library that is often not installed, the packages for Landlock do
nothing else and are alphas, sandlock is a 4 MB binary that wants to start the process
itself; what is needed is two dozen system calls.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import NamedTuple

from plugwright_sandbox.cell import rlimits, seccomp
from plugwright_sandbox.cell.syscalls import Missing, call, here, library

NAMESPACES: Mapping[str, int] = {
    "user namespace": 0x1000_0000,
    "pid namespace": 0x2000_0000,
    "network namespace": 0x4000_0000,
    "mount namespace": 0x0002_0000,
    "ipc namespace": 0x0800_0000,
    "uts namespace": 0x0400_0000,
}
"""What a worker is cloned into, and the kernel's flag for it."""

NAMES = (
    *("rlimits", "no_new_privs", "seccomp", "landlock", *NAMESPACES),
    *("empty environment", "no descriptors", "parent death signal", "not dumpable"),
    "capabilities dropped",
)
"""Every wall there is."""

NOBODY = 65534


class Found(NamedTuple):
    """One wall, in the worker's words; the host makes a `Wall` of it.

    A plain tuple because the worker need not import the host's packages.
    """

    name: str
    holds: bool
    detail: str


def raise_walls(
    *,
    keep: Collection[int],
    memory: int | None,
    cpu_seconds: float | None,
    allowed: seccomp.Allowed,
    parent: int,
    apart: Mapping[str, str],
    before: Callable[[], None] | None = None,
) -> tuple[Found, ...]:
    """Raise every wall around this process, which must be freshly forked.

    `keep` are the descriptors that stay, `parent` is a pidfd of the process whose end
    ends this one, `apart` says per namespace why it could not be had (empty if it was).
    `memory` counts what is taken from now on. `before` starts the threads that the
    engine needs, and returns when they run.
    """
    found = [
        _tried("parent death signal", lambda: _die_with(parent)),
        *_namespaces(apart),
    ]
    usage = rlimits.open_usage()
    kept = {*keep, *([] if usage is None else [usage])}
    found += [
        _tried("no descriptors", lambda: _close_descriptors(kept, len(keep))),
        _tried("empty environment", _empty_environment),
        _hide_files(apart),
        _tried("no_new_privs", _no_new_privs),
        _tried("capabilities dropped", _drop_capabilities),
        _tried("not dumpable", _not_dumpable),
        _tried("landlock", _landlock),
    ]
    if before is not None:
        before()
    found += [
        _tried("rlimits", lambda: rlimits.limit(usage, memory, cpu_seconds, allowed)),
        _tried("seccomp", lambda: _filter(allowed)),
    ]
    return tuple(sorted(found, key=lambda wall: NAMES.index(wall.name)))


def _tried(name: str, wall: Callable[[], str]) -> Found:
    try:
        return Found(name, True, wall())
    except (OSError, ValueError) as error:
        return Found(name, False, explain(name, error))


NEEDS = {
    "landlock": "Linux 5.13 or newer with `landlock` in its list of security modules",
    "seccomp": "a kernel with seccomp filters, and a container that permits them",
    "mount namespace": "a user namespace with rights of its own",
} | dict.fromkeys(
    [name for name in NAMESPACES if name != "mount namespace"],
    "unprivileged user namespaces: on Ubuntu `sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0`, on others `sysctl "
    "user.max_user_namespaces=10000`, in a container a profile that permits `clone` "
    "with namespaces",
)
"""What to look for when a wall cannot be had."""


def explain(name: str, error: Exception) -> str:
    """Say why a wall could not be had and what it needs; never a path or an address."""
    why = type(error).__name__
    if isinstance(error, OSError):
        why = str(error.strerror)
    return f"{why}; needs {NEEDS[name]}" if name in NEEDS else why


# Prctl's options, by the names that its manual page gives them.
PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE = 1, 2, 3, 4
PR_CAPBSET_DROP, PR_SET_SECUREBITS = 24, 28
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4


def _prctl(option: int, *arguments: object) -> int:
    return call("prctl", option, *arguments, *([0] * (4 - len(arguments))))


def _die_with(parent: int) -> str:
    """Be killed when the parent ends, also if it has ended just now."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    watch = select.poll()
    watch.register(parent, select.POLLIN)
    if watch.poll(0):  # a pidfd is readable when its process has ended
        os._exit(0)
    return "killed when its parent ends"


def _namespaces(apart: Mapping[str, str]) -> list[Found]:
    """Report on the namespaces that this process was cloned into."""
    return [
        Found(name, not apart[name], apart[name] or "its own")
        for name in NAMESPACES
        if name != "mount namespace"  # it needs work, and reports on it
    ]


def _close_descriptors(kept: Collection[int], count: int) -> str:
    """Close every descriptor but these, whatever the limit says there may be."""
    low = 0
    with suppress(OSError):  # a kernel before 5.9; the loop below does it there
        for descriptor in (*sorted(kept), 1 << 31):
            if descriptor > low:
                call("close_range", low, descriptor - 1, 0)
            low = descriptor + 1
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with suppress(OSError):  # the listing's own is closed already
                os.close(int(name))
    return f"{count} kept, every other one closed"


def _empty_environment() -> str:
    os.environ.clear()
    library("clearenv")
    return "no variable"


def _hide_files(apart: Mapping[str, str]) -> Found:
    name = "mount namespace"
    if apart[name]:
        return Found(name, False, apart[name])
    return _tried(name, _empty_root)


MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2


def _empty_root() -> str:
    """Exchange the root for an empty folder that nobody can write, and drop the old."""

    def mount(kind: bytes | None, where: bytes, flags: int, data: bytes | None) -> None:
        library("mount", kind, where, kind, ctypes.c_ulong(flags), data)

    harmless = MS_NOSUID | MS_NODEV | MS_NOEXEC
    mount(None, b"/", MS_REC | MS_PRIVATE, None)  # nothing of this is seen outside
    # Any folder does as the place to mount on; this one is known to be there.
    mount(b"tmpfs", b"/proc", harmless, b"size=4k,nr_inodes=1,mode=0555")
    os.chdir("/proc")
    # Both roots in one place: the old one lies on top, and is taken off.
    call("pivot_root", b".", b".")
    library("umount2", b".", MNT_DETACH)
    os.chdir("/")
    mount(None, b"/", harmless | MS_REMOUNT | MS_BIND | MS_RDONLY, None)
    if os.listdir("/"):
        raise Missing("the root is not empty")
    return "an empty root that cannot be written"


def _no_new_privs() -> str:
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if _prctl(PR_GET_NO_NEW_PRIVS) != 1:
        raise Missing("the kernel does not keep it")
    return "set"


CAPABILITY_VERSION = 0x2008_0522


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def capabilities() -> int:
    """The effective ones among the first 32, as bits."""
    sets = (ctypes.c_uint32 * 6)()
    call("capget", ctypes.byref(_CapabilityHeader(CAPABILITY_VERSION, 0)), sets)
    return sets[0]


def _drop_capabilities() -> str:
    """Empty the sets of capabilities, and lock the ways back into them."""
    bounding = 0
    with suppress(OSError):  # EPERM without capabilities, EINVAL after the last one
        while True:
            _prctl(PR_CAPBSET_DROP, bounding)
            bounding += 1
    with suppress(OSError):
        # NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each with its lock, and the
        # lock of KEEP_CAPS.
        _prctl(PR_SET_SECUREBITS, 0b1110_1111)
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapabilityHeader(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # two halves of effective, permitted, inheritable
    call("capset", ctypes.byref(header), sets)
    call("capget", ctypes.byref(header), sets)
    if any(sets):
        raise Missing("some are left")
    if not bounding:
        return (
            "none held (the bounding set stays: it gives nothing to who gains nothing)"
        )
    return "none held, none to be had"


def set_dumpable(readable: bool) -> None:
    """Say whether other processes of the same user may look into this one."""
    _prctl(PR_SET_DUMPABLE, int(readable))


def lock() -> None:
    """Raise in the zygote itself what does not hinder it."""
    _no_new_privs()
    set_dumpable(False)
    rlimits.lower("CORE", (0, 0))


def _not_dumpable() -> str:
    set_dumpable(False)
    if _prctl(PR_GET_DUMPABLE) != 0:
        raise Missing("the kernel does not keep it")
    # What changes a process's rights may forget this wish; now they are final.
    death = ctypes.c_int()
    _prctl(PR_GET_PDEATHSIG, ctypes.byref(death))
    if death.value != signal.SIGKILL:
        raise Missing("the parent death signal was forgotten")
    return "no other process can read its memory"


# Rights over files by the version of Landlock that brought them: 13 in the first, then
# REFER, TRUNCATE and IOCTL_DEV; later versions brought none.
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
TCP_RIGHTS = 0b11  # BIND, CONNECT
SCOPES = 0b11  # ABSTRACT_UNIX_SOCKET, SIGNAL


def _landlock() -> str:
    """Allow nothing of all that this kernel's Landlock can forbid."""
    version = call("landlock_create_ruleset", None, 0, 1)
    files = max(rights for since, rights in FILE_RIGHTS.items() if since <= version)
    network, scoped = TCP_RIGHTS * (version >= 4), SCOPES * (version >= 6)
    rules = (ctypes.c_uint64 * 3)(files, network, scoped)
    # A kernel that does not know the last members accepts them as long as they are 0.
    ruleset = call("landlock_create_ruleset", rules, ctypes.sizeof(rules), 0)
    try:
        call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
    with suppress(PermissionError):
        os.close(os.open("/", os.O_RDONLY))
        raise Missing("a folder can still be opened")
    told = [f"version {version}: no path"]
    told += ["no TCP"] if network else ["TCP needs version 4"]
    told += ["no signal out"] if scoped else ["signals need version 6"]
    return ", ".join(told)


def _filter(allowed: seccomp.Allowed) -> str:
    architecture = here()
    if architecture is None:
        raise Missing("no list of system calls for this processor")
    seccomp.confine(seccomp.program(allowed, architecture))
    # The filter is what refuses this one: as a call it is allowed to everybody.
    with suppress(PermissionError):
        os.getcwd()
        raise Missing("a refused call still goes through")
    return f"{len(seccomp.LISTS[allowed])} calls allowed, every other one refused"
