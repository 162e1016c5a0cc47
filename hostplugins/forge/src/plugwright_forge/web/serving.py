"""A session that is carried out before a page, until the person has decided."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn

from plugwright.errors import PlugwrightError, UsageError
from plugwright.host import Host
from plugwright_forge.commission import Delivery, carry_out
from plugwright_forge.progress import PHASES
from plugwright_forge.session import Session
from plugwright_forge.web.app import build_app
from plugwright_forge.web.deciding import decide, tell_report
from plugwright_forge.web.desk import Desk, StoppedByPerson
from plugwright_forge.web.door import Keys
from plugwright_forge.web.feed import Feed
from plugwright_forge.web.following import Followed, PageDisplay
from plugwright_forge.web.person import AtPage

_LOCAL = "127.0.0.1"
_LAST_WORDS = 3
"""Seconds in which windows may fetch what is left for them to read."""


def serve(
    host: Host,
    session: Session,
    *,
    announce: Callable[[str], object],
    yes: bool = False,
    port: int = 0,
) -> Delivery:
    """Carry out a session with a page to watch and steer it; gives what came of it.

    `announce` is told the address, in which the key is. The forge works in the calling
    thread, so Ctrl-C does what it always does; the page has a thread of its own.
    """
    desk = Desk(Feed())
    with _page(desk, port) as address:
        announce(address)
        return _until_decided(host, session, desk, yes=yes)


def _until_decided(host: Host, session: Session, desk: Desk, *, yes: bool) -> Delivery:
    while True:
        try:
            delivery = _run(host, session, desk, yes=yes)
        except (StoppedByPerson, PlugwrightError) as trouble:
            # What is not in the log yet can still be done, once the trouble is over.
            if not Session(session.folder).has("end"):
                desk.end(str(trouble))
                if desk.wants_more():
                    continue
            tell_report(desk, session)
            desk.close(str(trouble), is_good=False)
            raise
        except BaseException as error:
            is_wanted = isinstance(error, KeyboardInterrupt)
            how = (
                "It was ended" if is_wanted else "Plugwright itself failed, as is said"
            )
            desk.close(f"{how} in the terminal.", is_good=False)
            raise
        tell_report(desk, session)
        desk.close(
            f"{delivery.plugin} is active."
            if delivery.approved
            else f"{delivery.plugin} was not approved, so nothing of it will run.",
            is_good=delivery.approved,
            wheel=str(delivery.wheel),
        )
        return delivery


def _run(host: Host, session: Session, desk: Desk, *, yes: bool) -> Delivery:
    """Run from the top; what is in the log is told anew, and not done again."""
    followed = Followed(session.folder, desk)
    options = followed.options
    desk.begin()
    desk.feed.tell(
        "session",
        name=session.name,
        folder=str(session.folder),
        request=options.request,
        model=options.model,
        autonomy=options.autonomy.value,
        phases=[*PHASES],
    )
    return carry_out(
        host,
        followed,
        person=AtPage(desk),
        display=PageDisplay(desk.feed),
        decide=lambda bundle: decide(host, desk, followed, bundle, yes=yes),
    )


@contextmanager
def _page(desk: Desk, port: int) -> Iterator[str]:
    """Serve the page while the block lasts; gives its address."""
    keys = Keys.make()
    with _listening(port) as listener:
        _, port = listener.getsockname()
        server = uvicorn.Server(
            uvicorn.Config(
                build_app(desk, keys, port),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_LAST_WORDS,
            )
        )
        thread = Thread(target=server.run, args=([listener],), name="page")
        thread.start()
        try:
            yield f"http://{_LOCAL}:{port}/enter/{keys.entry}"
        finally:
            server.should_exit = True
            thread.join()


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.bind((_LOCAL, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"the port {port} cannot be used for the page: {error.strerror}",
            remedy="name another one, or none for one that is free",
        ) from error
    listener.listen()
    return listener
