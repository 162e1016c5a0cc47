"""The real internet: one request over one connection, to an address that was checked.

The name is looked up once, every answer is checked, and exactly what was checked is
connected to; a name that answers differently a moment later gains nothing by it. Only
what a grant spells as numbers, or as `localhost`, may be near us (see `targets`).

Not contained: a server that is asked learns the address of this computer, and a public
address may be this computer's own or its router's, which no table can know.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING, Any

from plugwright.addresses import HERE, LOCALHOST, is_public, is_somebody, literal
from plugwright.amounts import size_in_words
from plugwright.capabilities.grants import PRIVATE, shown
from plugwright.capabilities.http import LARGEST_ANSWER
from plugwright.capabilities.outside import Answer, Ask
from plugwright.errors import Denied, Refused
from plugwright.permissions import Permission

if TYPE_CHECKING:
    import ssl
    from http.client import HTTPResponse

MOST_ADDRESSES = 4
"""How many of a name's addresses are tried, one after the other."""
_LARGEST_WHOLE = 4 * LARGEST_ANSWER
"""Bytes on the wire: headers too, and chunks that are mostly about themselves."""
_LOOKING_UP = BoundedSemaphore(16)
"""A lookup cannot be ended from outside; so many may hang at once."""


def look_up(host: str, port: int) -> list[str]:
    """Ask the system for every address of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


class Internet:
    """The way out. `resolve` and `dial` are there for tests of what they may answer."""

    def __init__(
        self,
        *,
        resolve: Callable[[str, int], Sequence[str]] = look_up,
        dial: Callable[..., socket.socket] = socket.create_connection,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._resolve = resolve
        self._dial = dial
        self._trust = trust

    def send(self, ask: Ask, seconds: float) -> Answer:
        """Ask once. Raises `Refused`, or `Denied` for an address nobody granted."""
        with _explaining(ask, seconds):
            end = time.monotonic() + seconds
            connection = self._connect(ask, end)
            try:
                connection = self._encrypted(connection, ask, end)
                connection.settimeout(_left(end))
                connection.sendall(message(ask))
                return _answer(ask, _Wire(connection, end))
            finally:
                connection.close()

    def _connect(self, ask: Ask, end: float) -> socket.socket:
        addresses = self._addresses(ask, end)[:MOST_ADDRESSES]
        for address in addresses[:-1]:
            try:
                return self._dial((address, ask.url.port), timeout=_left(end))
            except OSError:
                continue
        return self._dial((addresses[-1], ask.url.port), timeout=_left(end))

    def _addresses(self, ask: Ask, end: float) -> Sequence[str]:
        """Where to connect to: every one of them is allowed, or none is."""
        host = ask.url.host
        if host == LOCALHOST:
            return HERE
        if literal(host):
            # Spelt as numbers, and therefore granted as numbers.
            if is_somebody(host):
                return [host]
        else:
            found = self._found(host, ask.url.port, _left(end))
            if found and all(map(is_public, found)):
                return found
        wanted = Permission("http", f"{ask.method} {ask.url}")
        raise Denied(shown(wanted, PRIVATE))

    def _found(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """Look a name up, for no longer than this."""
        found: SimpleQueue[Sequence[str] | OSError | UnicodeError] = SimpleQueue()

        def look() -> None:
            try:
                found.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                found.put(error)
            finally:
                _LOOKING_UP.release()

        if not _LOOKING_UP.acquire(blocking=False):
            raise Refused("too many names are being looked up")
        Thread(target=look, daemon=True).start()
        try:
            answer = found.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise Refused("nobody knows a computer of that name") from answer
        return answer

    def _encrypted(
        self, connection: socket.socket, ask: Ask, end: float
    ) -> socket.socket:
        if ask.url.scheme == "http":
            return connection
        import ssl  # slow to import, and seldom needed

        trust = self._trust or ssl.create_default_context()
        connection.settimeout(_left(end))
        return trust.wrap_socket(connection, server_hostname=ask.url.host)


def message(ask: Ask) -> bytes:
    """Write a request. Every part of it was checked; nothing ends a line but we."""
    headers = {
        "host": ask.url.authority,
        "user-agent": "Plugwright",
        "accept": "*/*",
        "accept-encoding": "identity",  # what unpacks to a thousand times its size
        "connection": "close",
        **dict(ask.headers),
    }
    if ask.method not in ("GET", "HEAD"):
        headers["content-length"] = str(len(ask.body))
    lines = [f"{ask.method} {ask.url.path}{ask.url.query} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode("ascii") + ask.body


class _Wire(io.RawIOBase):
    """What comes from a server, until it is late or too much.

    A timeout of the socket alone begins anew with every byte that drips in.
    """

    def __init__(self, connection: socket.socket, end: float) -> None:
        self._connection = connection
        self._end = end
        self._left = _LARGEST_WHOLE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(_left(self._end))
        count = self._connection.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise _too_much()
        return count

    def makefile(self, mode: str) -> io.BufferedReader:
        """Be to `http.client` what a socket is."""
        return io.BufferedReader(self)


def _answer(ask: Ask, wire: _Wire) -> Answer:
    from http.client import HTTPResponse

    # It would close itself when it is collected, and complain that there is no file.
    with closing(HTTPResponse(wire, method=ask.method)) as response:  # type: ignore[arg-type]
        return _read(response)


def _read(response: HTTPResponse) -> Answer:
    response.begin()
    if response.status < 200:
        raise Refused("it answered with nothing final")
    if response.getheader("content-encoding", "identity").lower() != "identity":
        raise Refused("it answered compressed, though asked not to")
    body = response.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise _too_much()
    if response.length:
        raise Refused("it stopped in the middle of its answer")
    headers = tuple((name.lower(), value) for name, value in response.getheaders())
    return Answer(status=response.status, headers=headers, body=body)


def _too_much() -> Refused:
    return Refused(f"it answered more than {size_in_words(LARGEST_ANSWER)}")


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextmanager
def _explaining(ask: Ask, seconds: float) -> Iterator[None]:
    """Say in one sentence what went wrong, and nothing about this computer."""
    from http.client import HTTPException

    try:
        yield
    except TimeoutError as error:
        raise Refused(f"it took longer than {seconds:.3g} seconds") from error
    except HTTPException as error:
        raise Refused("it answered what is not HTTP") from error
    except OSError as error:
        if hasattr(error, "verify_message"):
            said = f"it cannot prove that it is it: {error.verify_message}"
            raise Refused(said) from error
        raise Refused("it cannot be reached, or ended the connection") from error
