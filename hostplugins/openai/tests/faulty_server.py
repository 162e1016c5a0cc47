"""A server on loopback that answers as a test wants, byte for byte."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request, as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.content)


class Talk:
    """What a reply can do with its connection."""

    def __init__(self, sock: socket.socket, asked: Asked, over: threading.Event):
        self._sock = sock
        self.asked = asked
        self.over = over
        """Set when the test is over: who waits, waits for this."""
        self.was_cut = threading.Event()
        """Set when the connection is closed, by whomever."""

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def head(self, status: int = 200, **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} Because"]
        lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def chunk(self, data: bytes) -> None:
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def wait_for_the_end(self) -> None:
        """Wait until the client goes away, or the test is over."""
        self._sock.settimeout(0.05)
        while not self.over.is_set():
            try:
                if self._sock.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.was_cut.set()


Reply = Callable[[Talk], bool | None]
"""Gives whether the connection may be used again."""


def whole(status: int = 200, body: Any = None, **headers: str) -> Reply:
    """Answer at once: with JSON, or with bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def reply(talk: Talk) -> bool:
        kind = headers.pop("Content_Type", "application/json")
        length = str(len(content))
        talk.head(status, Content_Type=kind, Content_Length=length, **headers)
        talk.send(content)
        return True

    return reply


def events(*pieces: Any, cut: bool = False, kind: str = "text/event-stream") -> Reply:
    """Stream events: what is no bytes, as JSON; then `[DONE]`, if it is not cut."""

    def reply(talk: Talk) -> bool:
        talk.head(Content_Type=kind, Transfer_Encoding="chunked")
        for piece in pieces:
            is_raw = isinstance(piece, bytes)
            data = piece if is_raw else b"data: %s\n\n" % json.dumps(piece).encode()
            talk.chunk(data)
        if cut:
            return False
        talk.chunk(b"data: [DONE]\n\n")
        talk.chunk(b"")
        return True

    return reply


def hang_up(talk: Talk) -> bool:
    """Say nothing and go."""
    return False


def silence(talk: Talk) -> bool:
    """Say nothing and stay."""
    talk.wait_for_the_end()
    return False


class Server:
    """Gives its replies in order, the last one for ever; one thread per connection."""

    def __init__(self, *replies: Reply) -> None:
        self.asked: list[Asked] = []
        self.talks: list[Talk] = []
        self.connections = 0
        self._replies = [*replies]
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.root = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"{self.root}/v1"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def close(self) -> None:
        self._over.set()
        # A connection wakes up the thread that waits for one.
        with socket.create_connection(self._socket.getsockname()):
            self._threads[0].join()
        self._socket.close()
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            sock, _ = self._socket.accept()
            if self._over.is_set():
                sock.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        mine: list[Talk] = []
        # The client may go away, which some tests want.
        with suppress(OSError), sock:
            while (asked := self._read(sock)) is not None:
                mine.append(Talk(sock, asked, self._over))
                with self._lock:
                    self.asked.append(asked)
                    self.talks.append(mine[-1])
                    reply = self._replies[0]
                    if len(self._replies) > 1:
                        self._replies.pop(0)
                if not reply(mine[-1]):
                    break
        for talk in mine:
            talk.was_cut.set()

    def _read(self, sock: socket.socket) -> Asked | None:
        sock.settimeout(0.05)
        text = b""
        while b"\r\n\r\n" not in text:
            try:
                more = sock.recv(65536)
            except TimeoutError:
                if self._over.is_set():
                    return None
                continue
            if not more:
                return None
            text += more
        head, _, content = text.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        pairs = [line.split(": ", 1) for line in lines]
        headers = {name.lower(): value for name, value in pairs}
        sock.settimeout(5)
        while len(content) < int(headers.get("content-length", 0)):
            content += sock.recv(65536)
        return Asked(method, path, headers, content)
