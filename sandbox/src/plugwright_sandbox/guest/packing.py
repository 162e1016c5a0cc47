"""Prepares the snapshot's memory so that a fresh guest copies few pages of it.

Every page that a guest writes is copied for it, and that is most of what a fresh guest
costs, in time and in memory. An interpreter writes more than its programs do: it counts
references in whatever it looks at, and puts new objects into gaps between old ones. So
the snapshot is left without counts (every object is immortal) and without gaps (they
are filled with bytes that nobody uses): what a guest makes lies together, in pages of
its own.

Runs once, last of all, while the image is built.
"""

import gc
import sys
import types
from collections.abc import Sequence

import guest_memory

IMMORTAL = 1 << 30
"""Reference counts from here on are not counted (CPython 3.14 on 32-bit machines)."""
LARGEST = 1 << 20
"""Bytes of the largest gap that is filled; there are few larger ones."""
SMALLEST = 24
"""Bytes of the smallest: what the C library's allocator gives at least."""
HEADER = 17
"""Bytes of a `bytes` object beside its content."""


def pack() -> None:
    """Make all objects immortal, and fill the gaps between them."""
    gc.collect()
    _keep_all()
    gc.freeze()
    gc.collect()  # empties the lists of freed objects that types keep for reuse
    _fill_gaps()


def _fill_gaps() -> None:
    end = id(bytes(2 * LARGEST))  # too large for any gap, so it lies behind all of them
    size = LARGEST
    while size >= SMALLEST:
        while id(filler := bytes(size - HEADER)) < end:
            guest_memory.keep(id(filler))
        del filler  # it was behind the end, and would leave a gap there
        size -= max(8, size // 32)


def _keep_all() -> None:
    waiting = gc.get_objects()
    for found in waiting:
        guest_memory.keep(id(found))
    while waiting:
        found = waiting.pop()
        for inner in (*gc.get_referents(found), *_hidden(found)):
            if sys.getrefcount(inner) < IMMORTAL:
                guest_memory.keep(id(inner))
                waiting.append(inner)


def _hidden(found: object) -> Sequence[object]:
    """What an object holds and does not show to the collector."""
    if type(found) is dict:
        return tuple(found)  # its keys, if they are all text
    if type(found) is types.CodeType:
        code = found
        return (
            *(code.co_consts, code.co_names, code.co_filename, code.co_name),
            *(code.co_qualname, code.co_linetable, code.co_exceptiontable),
        )
    return ()
