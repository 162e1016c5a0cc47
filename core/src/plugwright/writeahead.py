"""The log that SQLite writes ahead of a file, put into a copy of the file.

SQLite does so itself, but only for a file that begins as it has to. The log is believed
as far as SQLite would: up to the last change whose sum is right.
"""

from __future__ import annotations

import struct
from pathlib import Path

from plugwright.leaves import page_size

_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
"""How the numbers are written that are added up, by how the log begins."""
_WHOLE, _EACH = 32, 24
"""Bytes that the log begins with, and those that each page in it begins with."""
_LARGE = 1 << 32


def fold(log: Path, into: Path) -> tuple[int, int]:
    """Write a log's pages to their places; gives a page's bytes and what is torn.

    The bytes are 0 for a log of nothing; the other number counts the pages after the
    last whole change that were written since the log last began anew.
    """
    with open(log, "rb") as source, open(into, "r+b") as target:
        head = source.read(_WHOLE)
        if len(head) < _WHOLE:
            return 0, 0
        magic, _, size, _, *salt_and_sum = struct.unpack(">8I", head)
        salt, total = salt_and_sum[:2], (salt_and_sum[2], salt_and_sum[3])
        order = _MAGIC.get(magic)
        # Page sizes are written in two ways; one is as in the file's header.
        is_size = size == 65536 or page_size(bytes(16) + size.to_bytes(4, "big")[2:])
        if order is None or not is_size or _sum(order, head[:24], (0, 0)) != total:
            return 0, 1
        changed: dict[int, int] = {}
        """Pages of a change that is not whole yet, and where in the log they are."""
        is_right = True
        torn = 0
        while True:
            place = source.tell()
            frame = source.read(_EACH + size)
            if len(frame) < _EACH + size:
                return size, torn + len(changed)
            number, length, first, second, *told = struct.unpack(">6I", frame[:_EACH])
            if [first, second] != salt:  # left over from before
                return size, torn + len(changed)
            total = _sum(order, frame[_EACH:], _sum(order, frame[:8], total))
            is_right = is_right and [*total] == told
            if not is_right:
                torn += 1
                continue
            changed[number] = place + _EACH
            if length:
                for page, at in changed.items():
                    source.seek(at)
                    target.seek((page - 1) * size)
                    target.write(source.read(size))
                source.seek(place + _EACH + size)
                target.truncate(length * size)
                changed.clear()


def _sum(order: str, content: bytes, total: tuple[int, int]) -> tuple[int, int]:
    one, two = total
    numbers = struct.unpack(f"{order}{len(content) // 4}I", content)
    for odd, even in zip(numbers[::2], numbers[1::2], strict=True):
        one = (one + odd + two) % _LARGE
        two = (two + even + one) % _LARGE
    return one, two
