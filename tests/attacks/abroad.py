"""An internet for attacks: names that mean what a row says, and one real server.

The way out is the host's own, `Internet`, with what it has for tests: whom it asks for
a name, and how it connects. Every connection that it makes ends at the server, whatever
the address; so an address that should never have been connected to would answer, and
the attack would succeed.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote

from plugwright import guests
from plugwright.capabilities.internet import Internet
from plugwright.capabilities.outside import Models, Outside
from plugwright.quotas import Quota

_SENT_ON = {"/on": 302, "/kept": 307}
"""Paths whose query is where the server sends people; without one, there again."""


class Phone:
    """Says which addresses a name has, one answer after the other, and connects."""

    def __init__(self, names: Mapping[str, Sequence[str]], port: int) -> None:
        self._answers = {name: [*answers] for name, answers in names.items()}
        self.port = port
        self.dialled: list[str] = []

    def resolve(self, host: str, port: int) -> list[str]:
        """Give the next answer, and the last one for ever."""
        answers = self._answers.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "nobody has that name")
        return (answers.pop(0) if answers[1:] else answers[0]).split()

    def dial(self, address: tuple[str, int], timeout: float) -> socket.socket:
        """Connect to the server, and remember where the host meant to connect to."""
        self.dialled.append(address[0])
        return socket.create_connection(("127.0.0.1", self.port), timeout)


class _Server(BaseHTTPRequestHandler):
    """Sends people on, or tells them the request that it got."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        body = b""
        if path in _SENT_ON:
            self.send_response(_SENT_ON[path])
            self.send_header("Location", unquote(query) or self.path)
        else:
            body = json.dumps({**self.headers, "method": self.command}).encode()
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@contextmanager
def _reached_by(phone: Phone) -> Iterator[None]:
    # Where the host makes the outside of each plugin that it opens.
    usual, web = guests.real, Internet(resolve=phone.resolve, dial=phone.dial)

    def real(quota: Quota, models: Models | None, keep_out: Iterable[Path]) -> Outside:
        return replace(usual(quota, models, keep_out), web=web)

    guests.real = real
    try:
        yield
    finally:
        guests.real = usual


@contextmanager
def abroad(names: Mapping[str, Sequence[str]]) -> Iterator[Phone]:
    """Let plugins that are opened find this internet outside, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    phone = Phone(names, server.server_port)
    try:
        with _reached_by(phone):
            yield phone
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def at_port(text: str, phone: Phone) -> str:
    """Write the server's port where a row says `PORT`."""
    return text.replace("PORT", str(phone.port))
