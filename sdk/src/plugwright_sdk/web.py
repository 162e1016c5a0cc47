"""Asking the web; each method and address needs a permission of its own."""

from __future__ import annotations

import base64
import json as _json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from plugwright_sdk._bridge import call
from plugwright_sdk.conversion import write
from plugwright_sdk.shapes import Shape

_KEPT = "%/:?#[]@!$&'()*+,;=~-._"
"""What means something in an address, or is quoted already."""


@dataclass(frozen=True)
class Response:
    """What a server said."""

    status: int
    url: str
    """Where it was in the end, after redirects."""
    headers: dict[str, str]
    """By their names in small letters."""
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether the server did what it was asked."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The content as text; what is no UTF-8 becomes `\ufffd`."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """Read the content as JSON. Raises ValueError where it is none."""
        return _json.loads(self.content)


class Http:
    """Web requests; needs the permission `http:GET https://host/path`, or such."""

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        text: str | None = None,
        json: object = None,
    ) -> Response:
        """Ask, and follow redirects to what is granted, too.

        Send `text`, or anything as `json`. No answer is an error by its status.
        """
        sent = {str(name): str(value) for name, value in (headers or {}).items()}
        if json is not None:
            text = _json.dumps(write(Shape(), json, "json"), allow_nan=False)
            sent = {"content-type": "application/json", **sent}
        answer = call(
            "http.request",
            {
                "method": method.upper(),
                "url": _whole(url, params),
                "headers": sent,
                "body": text,
            },
        )
        content = base64.b64decode(answer["body"])
        return Response(answer["status"], answer["url"], answer["headers"], content)

    def get(self, url: str, **more: Any) -> Response:
        """Ask for what is there."""
        return self.request("GET", url, **more)

    def head(self, url: str, **more: Any) -> Response:
        """Ask for its headers alone."""
        return self.request("HEAD", url, **more)

    def post(self, url: str, **more: Any) -> Response:
        """Send something new."""
        return self.request("POST", url, **more)

    def put(self, url: str, **more: Any) -> Response:
        """Put something in its place."""
        return self.request("PUT", url, **more)

    def patch(self, url: str, **more: Any) -> Response:
        """Change a part of it."""
        return self.request("PATCH", url, **more)

    def delete(self, url: str, **more: Any) -> Response:
        """Have it deleted."""
        return self.request("DELETE", url, **more)


def _whole(url: str, params: Mapping[str, object] | None) -> str:
    if params:
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(params, doseq=True)}"
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    # The host is the host's to read; a name that is not ASCII is none of ours.
    return f"{scheme}{mark}{host}{slash}{quote(path, safe=_KEPT)}"


http = Http()
