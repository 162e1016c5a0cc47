"""An internet for attacks: names that mean what a row says, and one real server.

The way out is the host's own, `Internet`, with what it has for tests: whom it asks for
a name, and how it connects. Every connection that it makes ends at the server, whatever
the address; so an address that should never have been connected to would answer, and
the attack would succeed.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

from plugwright.capabilities.internet import Internet
from plugwright.capabilities.outside import Outside
from plugwright.database import Database
from plugwright.host import Host
from plugwright.lives import Active
from plugwright.quotas import Quota
from plugwright.running import Runner
from plugwright.sandboxes import Sandbox, Session

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


class _Runner(Runner):
    """Runs plugins as the host does, but for the way to the internet."""

    def __init__(self, host: Host, database: Database, phone: Phone) -> None:
        super().__init__(database, host.ledger, host.lives, host.sandbox)
        self._web = Internet(resolve=phone.resolve, dial=phone.dial)

    def _open(
        self,
        sandbox: Sandbox,
        name: str,
        active: Active,
        quota: Quota,
        log: list[str],
        world: Outside,
    ) -> Session:
        world = replace(world, web=self._web)
        return super()._open(sandbox, name, active, quota, log, world)


@contextmanager
def abroad(host: Host, names: Mapping[str, Sequence[str]]) -> Iterator[Phone]:
    """Let the host's plugins find this internet outside, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    phone = Phone(names, server.server_port)
    database, usual = Database(host.home.database), host.runner
    host.runner = _Runner(host, database, phone)
    try:
        yield phone
    finally:
        host.runner.close()
        host.runner = usual
        database.close()
        server.shutdown()
        server.server_close()
        thread.join()


def at_port(text: str, phone: Phone) -> str:
    """Write the server's port where a row says `PORT`."""
    return text.replace("PORT", str(phone.port))
