"""Opens connections: directly or through a proxy, plain or encrypted."""

from __future__ import annotations

import base64
import os
import socket
import ssl
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import SplitResult, unquote, urlsplit

from plugwright.errors import UsageError
from plugwright.redaction import hide
from plugwright_openai.line import Line
from plugwright_openai.settings import Endpoint

HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Dial:
    """Knows the way to one server."""

    endpoint: Endpoint

    @cached_property
    def url(self) -> SplitResult:
        """Where the server is."""
        url = urlsplit(self.endpoint.url.rstrip("/"))
        try:
            if not url.hostname or url.port == 0:
                raise ValueError("it names no server")
        except ValueError as error:  # a port that is none
            raise UsageError(
                f"`{self.endpoint.url:.200}` cannot be used: {error}",
                remedy="write it as http://HOST:PORT/v1 or https://HOST/v1",
            ) from error
        return url

    @property
    def host(self) -> str:
        """The server's name."""
        return self.url.hostname or ""

    @property
    def port(self) -> int:
        """The server's port."""
        return self.url.port or (443 if self.is_encrypted else 80)

    @property
    def is_encrypted(self) -> bool:
        """Whether nobody on the way can listen."""
        return self.url.scheme == "https"

    @property
    def is_here(self) -> bool:
        """Whether nothing leaves this machine."""
        return self.host in HERE

    @cached_property
    def proxy(self) -> SplitResult | None:
        """Whom to ask in the server's stead."""
        # Nobody else's proxy can reach this machine's own addresses.
        if self.endpoint.proxy == "none" or self.is_here:
            return None
        found = self.endpoint.proxy or _of_environment(self.url.scheme, self.host)
        if not found:
            return None
        proxy = urlsplit(found if "://" in found else f"http://{found}")
        if proxy.scheme != "http" or not proxy.hostname:
            raise UsageError(
                f"a proxy with `{proxy.scheme}:` cannot be used",
                remedy="name one with http://, or `none`, as `proxy` of the endpoint",
            )
        if proxy.password:
            hide(unquote(proxy.password))
        return proxy

    @property
    def is_forwarded(self) -> bool:
        """Whether a proxy reads and passes on each request, instead of every byte."""
        return self.proxy is not None and not self.is_encrypted

    @cached_property
    def proxy_headers(self) -> dict[str, str]:
        """What a proxy wants to know of who asks."""
        if self.proxy is None or not self.proxy.username:
            return {}
        name, password = (
            unquote(self.proxy.username),
            unquote(self.proxy.password or ""),
        )
        secret = base64.b64encode(f"{name}:{password}".encode()).decode()
        hide(secret)
        return {"Proxy-Authorization": f"Basic {secret}"}

    def connect(self, line: Line) -> socket.socket:
        """Open a connection that can be cut at any time. Raises OSError."""
        if self.proxy is None:
            sock = self._open(self.host, self.port, line)
        else:
            host, port = self.proxy.hostname or "", self.proxy.port or 80
            sock = self._open(host, port, line)
        try:
            if self.proxy is not None and not self.is_forwarded:
                self._tunnel(sock)
            if self.is_encrypted:
                sock = self._context.wrap_socket(sock, server_hostname=self.host)
                line.hold(sock)
            sock.settimeout(self.endpoint.silence)
        except BaseException:
            sock.close()
            raise
        return sock

    def _open(self, host: str, port: int, line: Line) -> socket.socket:
        trouble: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            sock = socket.socket(family, kind, protocol)
            try:
                line.hold(sock)
                sock.settimeout(self.endpoint.connecting)
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                sock.close()
                trouble = error
            except BaseException:
                sock.close()
                raise
            else:
                return sock
        raise trouble or OSError(f"`{host}` has no address")

    def _tunnel(self, sock: socket.socket) -> None:
        place = f"[{self.host}]" if ":" in self.host else self.host
        asking = HTTPConnection(place, self.port)
        asking.sock = sock
        asking.request("CONNECT", f"{place}:{self.port}", headers=self.proxy_headers)
        answer = HTTPResponse(sock, method="CONNECT")
        try:
            answer.begin()
            if answer.status != 200:
                raise OSError(f"the proxy answers {answer.status} {answer.reason}")
        finally:
            answer.close()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.endpoint.authorities or None)
        except OSError as error:
            raise UsageError(
                f"the authorities in `{self.endpoint.authorities}` cannot be read: "
                f"{error}",
                remedy="name a PEM file as `authorities` of the endpoint",
            ) from error


def _of_environment(scheme: str, host: str) -> str:
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return ""  # without the 80 milliseconds that the next line takes
    # Typeshed knows the other only where the machine has settings of its own.
    import urllib.request

    proxies = urllib.request.getproxies_environment()
    # Typeshed knows it only where the machine has settings of its own.
    bypass = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined]
    if bypass(host, proxies):
        return ""
    return proxies.get(scheme) or proxies.get("all") or ""
