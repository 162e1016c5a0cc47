"""A guest's compiled files, on their way to the host and back to its next process.

They are long, and the host has no business in them: reading them as JSON could take
forty times their size. So they go in front of a message's text, and only their length
is in its head. Neither counts as the guest's own.
"""

from __future__ import annotations

from typing import Any

from plugwright_sandbox.wire.frames import Message

CODES = 4 << 20
"""Bytes of a guest's compiled files, as text; of more than that nothing is kept."""
_NAME = "codes"


def packed(head: dict[str, Any], text: str, codes: str) -> tuple[dict[str, Any], str]:
    """Put compiled files in front of a message's text."""
    return ({**head, _NAME: len(codes)}, codes + text) if codes else (head, text)


def unpacked(message: Message) -> tuple[Message, str]:
    """Take them off again. Raises ValueError for a length that cannot be."""
    if _NAME not in message.head:
        return message, ""
    head = dict(message.head)
    size = head.pop(_NAME)
    if type(size) is not int or not 0 <= size <= min(CODES, len(message.text)):
        raise ValueError(_NAME)
    return Message(head, message.text[size:]), message.text[:size]
