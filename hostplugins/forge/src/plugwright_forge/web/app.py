"""The page's requests: its files, what it is told, and what a person says on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from plugwright_forge.web.desk import Desk, NotKept, Said, TooLate, Wish
from plugwright_forge.web.door import COOKIE, Door, Keys
from plugwright_forge.web.feed import Place

B = TypeVar("B", bound=BaseModel)

_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_FOLDER = files("plugwright_forge.web").joinpath("page")
_MOST_WINDOWS = 20


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    id: Annotated[str, Field(max_length=20)]
    choice: Annotated[str, Field(max_length=20)]
    text: Annotated[str, Field(max_length=400_000)] = ""


class _Steer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    wish: Wish


def build_app(desk: Desk, keys: Keys, port: int) -> ASGIApp:
    """Put the page together, with its door."""
    page = _Page(desk)
    room = [
        Route("/", _file("index.html")),
        Route("/events", page.events),
        Route("/answer", _sentence(page.answer), methods=["POST"]),
        Route("/steer", _sentence(page.steer), methods=["POST"]),
        *(
            Route(f"/{each.name}", _file(each.name))
            for each in _FOLDER.iterdir()
            if each.name != "index.html"
        ),
    ]
    app = Starlette(
        routes=[
            Route("/enter/{key}", _entrance(keys)),
            Mount(f"/{keys.room}", routes=room),
        ],
        exception_handlers={HTTPException: _no_such_page},
    )
    return Door(app, keys, (f"127.0.0.1:{port}", f"localhost:{port}"))


class _Page:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._windows = 0

    async def events(self, request: Request) -> Response:
        """Follow the feed, from where this window was."""
        if self._windows >= _MOST_WINDOWS:
            return _told("too many windows have this page open; close one", 503)
        place = Place.parse(request.headers.get("last-event-id", ""))

        async def lines() -> AsyncIterator[str]:
            self._windows += 1
            try:
                async for line in self._desk.feed.follow(place):
                    yield line
            finally:
                self._windows -= 1

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def answer(self, request: Request) -> Response:
        """Take an answer; the reply comes when it is kept."""
        said = await _body(request, _Answer)
        kept = self._desk.answer(said.id, Said(said.choice, said.text))
        await asyncio.wrap_future(kept)
        return JSONResponse({"kept": True})

    async def steer(self, request: Request) -> Response:
        """Pause, go on, stop, resume or close."""
        self._desk.steer((await _body(request, _Steer)).wish)
        return JSONResponse({"done": True})


async def _body(request: Request, shape: type[B]) -> B:
    return shape.model_validate_json(await request.body())


def _sentence(
    endpoint: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Turn what can go wrong with a request into one sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, found["loc"])) or "the request"
            return _told(f"`{place}`: {found['msg']}", 400)
        except (TooLate, NotKept) as error:
            return _told(str(error), 409)
        except ValueError as error:
            return _told(str(error), 400)

    return answer


def _entrance(keys: Keys) -> Callable[[Request], Awaitable[Response]]:
    async def enter(request: Request) -> Response:
        if not keys.opens(request.path_params["key"]):
            return _told("this key does not fit; copy the whole address", 403)
        response = RedirectResponse(f"/{keys.room}/", 303)
        path = f"/{keys.room}/"
        response.set_cookie(
            COOKIE, keys.cookie, path=path, httponly=True, samesite="strict"
        )
        return response

    return enter


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    part = _FOLDER.joinpath(name)
    kind = _TYPES.get(name[name.rindex(".") :], "application/octet-stream")

    async def give(request: Request) -> Response:
        return Response(part.read_bytes(), media_type=kind)

    return give


async def _no_such_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return _told(f"this is not there to {request.method}", 405)
    return _told("there is nothing here", error.status_code)


def _told(sentence: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(f"{sentence}\n", status)
