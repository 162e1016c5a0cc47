"""Web addresses, written one way only, so that two can be compared as text.

What a server might read as another path than we do (`..`, `%2e`, `%2f`, `//`, `\\`) is
refused rather than tidied up: a permission for `/v1/*` must not open `/admin`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from plugwright.addresses import LOCALHOST, literal

PORTS = {"http": 80, "https": 443}
LONGEST = 4096
"""Characters of a whole address."""

_WHOLE = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?", re.ASCII | re.IGNORECASE)
_PLACE = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([1-9][0-9]{0,4}))?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_PATH = re.compile(r"(/([A-Za-z0-9._~!$&'()+,;=:@-]|%[0-9A-Fa-f]{2})*)*", re.ASCII)
_QUERY = re.compile(r"\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*", re.ASCII)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]", re.ASCII)
_TRICKS = {
    "%2F": "a `/` in disguise",
    "%5C": "a `\\` in disguise",
    "%25": "a `%` in disguise",
    "%00": "a NUL in disguise",
}


class Unfit(ValueError):
    """An address that cannot be used, with the reason."""


@dataclass(frozen=True)
class URL:
    """One web address in its only form."""

    scheme: str
    host: str
    """In small letters; what is not ASCII is written in punycode."""
    port: int
    path: str
    query: str = ""
    """With its `?`, where there is one."""

    @classmethod
    def parse(cls, text: str) -> URL:
        """Read an address. Raises `Unfit` with the reason."""
        if len(text) > LONGEST:
            raise Unfit(f"it has more than {LONGEST} characters")
        found = _WHOLE.fullmatch(text)
        if not found:
            raise Unfit("it is not like `https://example.org/path`")
        scheme, place, path, query = found.groups(default="")
        scheme = scheme.lower()
        if "@" in place:
            raise Unfit("it holds a user name or a password")
        split = _PLACE.fullmatch(place)
        if not split:
            raise Unfit("its host or its port is malformed")
        port = int(split[2] or PORTS[scheme])
        if port > 65535:
            raise Unfit("there is no such port")
        return cls(scheme, host_of(split[1]), port, path_of(path), _query(query))

    def __str__(self) -> str:
        return self.origin + self.path + self.query

    @property
    def authority(self) -> str:
        """Host and port as they stand in the address, and in the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: whoever answers there is one and the same."""
        return f"{self.scheme}://{self.authority}"


def host_of(text: str) -> str:
    """Write a host the one way: a name, or an address as numbers."""
    if text.startswith("["):
        return _address(text[1:-1])
    try:
        # Most addresses are ASCII, and the codec is slow to import.
        plain = text if text.isascii() else text.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Unfit("its host is not a name that the internet knows") from error
    host = plain.lower()
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # `127.1`, `2130706433` and `0x7f.0.0.1` are all 127.0.0.1 to somebody.
        return _address(host)
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise Unfit("its host is not a name that the internet knows")
    if host != LOCALHOST and labels[-1] == LOCALHOST:
        raise Unfit(f"`{LOCALHOST}` has no names below it")
    return host


def _address(text: str) -> str:
    found = literal(text)
    if found is None:
        raise Unfit("its host is a number, but not one like `192.0.2.1` or `[2001::1]`")
    return found


def path_of(text: str) -> str:
    """Write a path the one way, or refuse it."""
    if "\\" in text:
        raise Unfit("its path holds a `\\`")
    if not _PATH.fullmatch(text):
        raise Unfit("its path holds a character that has to be percent-encoded")
    path = _ESCAPE.sub(_unescaped, text) or "/"
    for trick, name in _TRICKS.items():
        if trick in path:
            raise Unfit(f"its path holds {name} (`{trick}`)")
    if "//" in path:
        raise Unfit("its path holds `//`")
    # Some servers drop what follows a `;` before they look for dots.
    if any(part.partition(";")[0] in (".", "..") for part in path.split("/")):
        raise Unfit("its path holds `.` or `..`")
    return path


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()


def _query(text: str) -> str:
    if text and not _QUERY.fullmatch(text):
        raise Unfit("its query holds a character that has to be percent-encoded")
    return text
