"""Asks one server over HTTP and reads what it answers, a few bytes at a time.

Connections are kept and used again, but never while another call has them. All that
goes wrong says whether the question can have arrived, because that may have cost money.
"""

from __future__ import annotations

import select
import socket
import time
import zlib
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Lock
from weakref import finalize

from plugwright_openai.dialling import Dial
from plugwright_openai.line import Cut, Line

IDLE_SECONDS = 4.0
"""A connection unused for longer is not used again: many servers close theirs after
five, and a question that meets the closing is lost."""
MOST_BYTES = 64 << 20
"""Of one answer, unpacked."""
PIECE = 64 << 10
LATE = 0.05
"""Seconds for the end of an answer that has said all, so that its connection can be
kept."""


class NotSent(OSError):
    """The server cannot have understood the question: it may be asked again."""


class Lost(OSError):
    """The question was sent, and nobody knows what became of it."""


class CutShort(OSError):
    """An answer began, and did not end as it should."""


class Wire:
    """The connections to one server."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._idle: list[tuple[float, HTTPConnection]] = []
        self._lock = Lock()
        self._is_closed = False
        # Whoever forgets to close leaves no open sockets behind, either.
        finalize(self, _close_all, self._idle)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        line: Line,
    ) -> Answer:
        """Send a request and wait for the head of its answer."""
        connection = self._connection(line)
        try:
            response = self._sent(connection, method, path, headers, body)
        except BaseException as error:
            connection.close()
            line.let_go()
            if line.was_cut:
                raise Cut from error
            raise
        return Answer(self, connection, response, line)

    def close(self) -> None:
        """Close what is not in use now, and what is when it comes back."""
        with self._lock:
            self._is_closed = True
            _close_all(self._idle)

    def keep(self, connection: HTTPConnection) -> None:
        """Take back a connection on which nothing is to come any more."""
        with self._lock:
            if not self._is_closed:
                self._idle.append((time.monotonic(), connection))
                return
        connection.close()

    def _connection(self, line: Line) -> HTTPConnection:
        while (kept := self._kept()) is not None:
            assert kept.sock is not None
            if not _is_readable(kept.sock):  # else it was closed, or says something odd
                line.hold(kept.sock)
                return kept
            kept.close()
        dial = self._dial
        connection = HTTPConnection(_bracketed(dial.host), dial.port)
        try:
            connection.sock = dial.connect(line)
        except (OSError, HTTPException, UnicodeError) as error:
            line.let_go()
            if line.was_cut:
                raise Cut from error
            raise NotSent(str(error) or type(error).__name__) from error
        return connection

    def _kept(self) -> HTTPConnection | None:
        with self._lock:
            if not self._idle:
                return None
            since, connection = self._idle.pop()
            if time.monotonic() - since < IDLE_SECONDS:
                return connection
            _close_all(self._idle)  # they have waited even longer
        connection.close()
        return None

    def _sent(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> HTTPResponse:
        dial = self._dial
        if dial.is_forwarded:
            path = f"http://{dial.url.netloc}{path}"
            headers = {**headers, **dial.proxy_headers}
        if "Host" not in headers:
            default = 443 if dial.is_encrypted else 80
            port = "" if dial.port == default else f":{dial.port}"
            headers = {"Host": _bracketed(dial.host) + port, **headers}
        unsent: OSError | None = None
        try:
            connection.request(method, path, body, dict(headers))
        except OSError as error:
            # A server may answer, and close, before it has read a long question.
            unsent = error
        try:
            return connection.getresponse()
        except (OSError, HTTPException) as error:
            if unsent is not None:
                raise NotSent(str(unsent)) from error
            if isinstance(error, TimeoutError):
                said = f"nothing was heard for {dial.endpoint.silence:g} seconds"
                raise Lost(said) from error
            raise Lost(str(error) or type(error).__name__) from error


class Answer:
    """What a server answers; to be closed."""

    def __init__(
        self,
        wire: Wire,
        connection: HTTPConnection,
        response: HTTPResponse,
        line: Line,
    ) -> None:
        self._wire = wire
        self._connection = connection
        self._response = response
        self._line = line
        self._is_open = True

    @property
    def status(self) -> int:
        """The number of what it is: 200 is an answer."""
        return self._response.status

    def header(self, name: str) -> str:
        """Give a header; empty where there is none."""
        return self._response.headers.get(name) or ""

    def pieces(self) -> Iterator[bytes]:
        """Give the bytes as they come. Raises `CutShort`, and `Cut` if that was us."""
        unpack = _unpacking(self.header("Content-Encoding"))
        size = 0
        while piece := self._read():
            for part in unpack(piece):
                size += len(part)
                if size > MOST_BYTES:
                    raise CutShort(f"it is longer than {MOST_BYTES >> 20} MiB")
                yield part

    def whole(self, most: int = MOST_BYTES) -> bytes:
        """Give all bytes, or as many as are wanted."""
        parts: list[bytes] = []
        size = 0
        for piece in self.pieces():
            parts.append(piece)
            size += len(piece)
            if size >= most:
                break
        return b"".join(parts)[:most]

    def close(self) -> None:
        """Let go of the connection: to be used again, if the answer was read."""
        if not self._is_open:
            return
        self._is_open = False
        is_read = self._is_read()
        self._line.let_go()
        self._response.close()
        if is_read and not self._line.was_cut and self._connection.sock is not None:
            self._wire.keep(self._connection)
        else:
            self._connection.close()

    def _is_read(self) -> bool:
        """Whether nothing is to come; its last few bytes may still be on the way."""
        response, sock = self._response, self._connection.sock
        if response.isclosed() or sock is None or response.will_close:
            return response.isclosed()
        try:
            patience = sock.gettimeout()
            sock.settimeout(LATE)
            is_read = not response.read1(1) and not response.length
            sock.settimeout(patience)
        except (OSError, HTTPException, ValueError):
            return False
        return is_read

    def _read(self) -> bytes:
        try:
            piece = self._response.read1(PIECE)
            if not piece and self._response.length:
                raise CutShort("the connection was closed in the middle")
        except (OSError, HTTPException, ValueError) as error:
            if self._line.was_cut:
                raise Cut from error
            if isinstance(error, TimeoutError):
                raise CutShort("nothing more was heard") from error
            if isinstance(error, CutShort):
                raise
            raise CutShort("the connection was closed in the middle") from error
        if self._line.was_cut:
            raise Cut
        return piece


class _Unpack:
    """Undoes gzip or deflate, never more at once than a piece."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)

    def __call__(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            try:
                yield self._zlib.decompress(packed, PIECE)
            except zlib.error as error:
                raise CutShort(f"it cannot be unpacked: {error}") from error
            packed = self._zlib.unconsumed_tail


def _unpacking(encoding: str) -> _Unpack | _AsItIs:
    if encoding.lower() in ("", "identity"):
        return _AsItIs()
    if encoding.lower() in ("gzip", "x-gzip", "deflate"):
        return _Unpack()
    raise CutShort(f"it is packed with `{encoding:.20}`, which nobody asked for")


class _AsItIs:
    def __call__(self, piece: bytes) -> Iterator[bytes]:
        yield piece


def _is_readable(sock: socket.socket) -> bool:
    if hasattr(select, "poll"):  # `select` cannot look at sockets above number 1023
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock], [], [], 0)[0])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _close_all(idle: list[tuple[float, HTTPConnection]]) -> None:
    for _, connection in idle:
        connection.close()
    idle.clear()
