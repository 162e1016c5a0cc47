"""The door of the page: who gets in, with what, and what goes out.

Only this machine can reach it, but on this machine there are other people's programs
and web pages from everywhere. So: a key that only the terminal shows; a cookie that
stays within one path, because browsers share cookies between ports; the name of the
host, against sites that change their address to ours; the origin of whatever changes
something; and a policy under which no text can become a script.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from secrets import compare_digest, token_urlsafe

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "plugwright"
_LONGEST_BODY = 512 * 1024


def _style_of_reports() -> str:
    """Name the one style that a report may have, which is shown under our policy."""
    style = files("plugwright_forge.pages").joinpath("report.css").read_text("utf-8")
    mark = b64encode(sha256(f"\n{style}".encode()).digest()).decode()
    return f"'sha256-{mark}'"


_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'"
    f"; style-src 'self' {_style_of_reports()}"
    "; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
    "; frame-ancestors 'none'; require-trusted-types-for 'script'"
    "; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Keys:
    """What opens one server's door, made anew for each."""

    entry: str
    """Stands in the address that the terminal shows."""
    cookie: str
    room: str
    """The path under which everything is, and the only one that the cookie is for."""

    @classmethod
    def make(cls) -> Keys:
        """Make keys that nobody can guess."""
        return cls(token_urlsafe(24), token_urlsafe(24), token_urlsafe(9))

    def opens(self, entry: str) -> bool:
        """Tell whether this is the key of the address."""
        return compare_digest(entry.encode(), self.entry.encode())

    def knows(self, cookies: str) -> bool:
        """Tell whether a browser has been let in before."""
        try:
            found = SimpleCookie(cookies).get(COOKIE)
        except CookieError:
            return False
        given = found.value if found else ""
        return compare_digest(given.encode(), self.cookie.encode())


class Door:
    """Lets nobody through who does not belong here, with one sentence why."""

    def __init__(self, app: ASGIApp, keys: Keys, hosts: Collection[str]) -> None:
        self._app = app
        self._keys = keys
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at a request before anything else does."""
        if scope["type"] != "http":
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_safely)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return _no("this is not the address of the page", 421)
        if scope["path"].startswith("/enter/") and scope["method"] == "GET":
            return None
        if not self._keys.knows(headers.get("cookie", "")):
            return _no(
                "open the address that `plugwright forge --web` wrote in the terminal",
                403,
            )
        return None if scope["method"] == "GET" else _refused(host, headers)


def _refused(host: str, headers: Headers) -> PlainTextResponse | None:
    if headers.get("origin") != f"http://{host}":
        return _no("only the page itself may do that", 403)
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        return _no("say it as `application/json`", 415)
    length = headers.get("content-length", "")
    # Browsers always say how long it is; without a length there is no end, either.
    if not length.isdecimal() or len(length) > 9:
        return _no("say how long it is, in `Content-Length`", 411)
    if int(length) > _LONGEST_BODY:
        return _no(f"that is longer than {_LONGEST_BODY // 1024} KiB", 413)
    return None


def _no(sentence: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(f"{sentence}\n", status)
