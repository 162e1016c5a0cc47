"""Web requests, each one and each redirect of it covered by a grant.

A request is built from typed parts, never from text that a guest wrote whole. There are
no cookies, no proxies, no compression and no secrets of the host: what a plugin needs
to prove who it is, it has to bring itself.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from plugwright.amounts import size_in_words
from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.grants import Grants
from plugwright.capabilities.outside import Answer, Ask, Outside, Turn, Web
from plugwright.errors import Refused
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Service
from plugwright.urls import URL, Unfit

LARGEST_QUESTION = 256 << 10
"""Bytes of a request's body."""
LARGEST_ANSWER = 512 << 10
"""Bytes of an answer's body; as base64 they still fit into one message to a guest."""
MOST_REDIRECTS = 5
MOST_HEADERS = 32
LONGEST_HEADER = 2048

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)
_VALUE = re.compile(r"([!-~]([ -~]*[!-~])?)?", re.ASCII)
# How a message is carried is the host's business: two opinions about where it ends are
# a second, smuggled request.
_CARRIAGE = """
accept-encoding connection content-encoding content-length expect host http2-settings
keep-alive te trailer trailers transfer-encoding upgrade
"""
# These say another address or method than the one that was granted, or who asks, which
# a server near us might believe, or that a cloud should hand out its passwords.
_CLAIMS = """
x-http-method x-http-method-override x-method-override x-original-url x-rewrite-url
x-original-host x-host forwarded via x-real-ip x-client-ip client-ip true-client-ip
cf-connecting-ip metadata metadata-flavor
"""
_REFUSED = frozenset(_CARRIAGE.split() + _CLAIMS.split())
_REFUSED_BEGINNINGS = ("proxy-", "sec-", "x-forwarded-", "x-aws-ec2-", "x-google-meta")
_CARRIED = frozenset(("accept", "accept-language", "content-type", "user-agent"))
"""What goes along to another host; all else may be a secret meant for the first."""
_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT_METHOD = (307, 308)
_WITHHELD = frozenset(("set-cookie", "set-cookie2", "connection", "transfer-encoding"))


class _Request(Arguments):
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    url: str
    headers: dict[str, str] = Field(default_factory=dict, max_length=MOST_HEADERS)
    body: str | None = None


def services(grants: Grants, outside: Outside) -> dict[str, Service]:
    """Ask the internet for what was granted."""

    def request(arguments: dict[str, JSON]) -> JSON:
        asked = read(_Request, arguments)
        ask = Ask(
            method=asked.method,
            url=_url(asked.url, "this address"),
            headers=checked_headers(asked.headers),
            body=_body(asked.method, asked.body),
        )
        return _Journey(grants, outside.web, outside.seconds, outside.turn).run(ask)

    return {"http.request": request}


@dataclass(frozen=True)
class _Journey:
    """One request with its redirects."""

    grants: Grants
    web: Web | None
    seconds: float
    turn: Turn

    def run(self, ask: Ask) -> JSON:
        """Ask, and follow where it is allowed to go."""
        end = time.monotonic() + self.seconds
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send(ask, end)
            target = dict(answer.headers).get("location", "")
            if answer.status not in _REDIRECTS or not target:
                return _told(ask.url, answer)
            ask = redirected(ask, answer.status, target)
        raise Refused(f"it was sent on more than {MOST_REDIRECTS} times")

    def _send(self, ask: Ask, end: float) -> Answer:
        # The query is what is asked, not where; a permission does not speak of it.
        where = replace(ask.url, query="")
        wanted = Permission("http", f"{ask.method} {where}")
        self.turn.lacked = None if self.grants.find(wanted) else wanted
        self.grants.check(wanted)
        if self.web is None:
            raise Refused("there is no way to the internet from here")
        left = end - time.monotonic()
        if left <= 0:
            raise Refused(f"it took longer than {self.seconds:g} seconds")
        answer = self.web.send(ask, left)
        if len(answer.body) > LARGEST_ANSWER:
            raise Refused(f"it answered more than {size_in_words(LARGEST_ANSWER)}")
        return answer


def _url(text: str, what: str) -> URL:
    try:
        return URL.parse(text)
    except Unfit as error:
        raise Refused(f"{what} cannot be asked: {error}") from error


def checked_headers(headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Give back headers that say one thing each. Raises `Refused` for any other."""
    seen: dict[str, str] = {}
    for name, value in headers.items():
        small = name.lower()
        if not _NAME.fullmatch(name):
            raise Refused("a header's name is letters, digits and `-`")
        if small in _REFUSED or small.startswith(_REFUSED_BEGINNINGS):
            raise Refused(f"the header `{small}` is not for a plugin to set")
        if len(value) > LONGEST_HEADER or not _VALUE.fullmatch(value):
            raise Refused(
                f"the header `{small}` is plain ASCII in one line, of at most"
                f" {LONGEST_HEADER} characters"
            )
        if small in seen:
            raise Refused(f"the header `{small}` is given twice")
        seen[small] = value
    return tuple(seen.items())


def _body(method: str, text: str | None) -> bytes:
    if text is None:
        return b""
    if method in ("GET", "HEAD"):
        raise Refused(f"a {method} request has no body")
    try:
        body = text.encode()
    except UnicodeError as error:
        raise Refused("the body holds half a character") from error
    if len(body) > LARGEST_QUESTION:
        raise Refused(f"a body has at most {size_in_words(LARGEST_QUESTION)}")
    return body


def redirected(ask: Ask, status: int, target: str) -> Ask:
    """Give the request that a redirect asks for, without what is not for its host."""
    from urllib.parse import urljoin  # seldom needed

    try:
        joined = urljoin(str(ask.url), target.partition("#")[0])
    except ValueError:
        joined = ""
    url = _url(joined, "where it was sent on to")
    if ask.url.scheme == "https" and url.scheme == "http":
        raise Refused("it was sent on to where others could read it (http)")
    headers = ask.headers
    if url.origin != ask.url.origin:
        headers = tuple(each for each in headers if each[0] in _CARRIED)
    if status in _KEPT_METHOD or ask.method in ("GET", "HEAD"):
        return replace(ask, url=url, headers=headers)
    if status != 303 and ask.method != "POST":
        return replace(ask, url=url, headers=headers)
    headers = tuple(each for each in headers if each[0] != "content-type")
    return Ask(method="GET", url=url, headers=headers)


def _told(url: URL, answer: Answer) -> JSON:
    return {
        "status": answer.status,
        "url": str(url),
        "headers": dict(_headers(answer.headers)),
        "body": base64.b64encode(answer.body).decode(),
    }


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, JSON]:
    """Keep what is plain, short and no secret between a browser and its server."""
    kept: dict[str, str] = {}
    for name, value in headers:
        small = name.lower()
        if small in _WITHHELD or not _NAME.fullmatch(name):
            continue
        if not _VALUE.fullmatch(value) or len(value) > LONGEST_HEADER:
            continue
        kept[small] = f"{kept[small]}, {value}" if small in kept else value
        if len(kept) == MOST_HEADERS:
            break
    return {**kept}
