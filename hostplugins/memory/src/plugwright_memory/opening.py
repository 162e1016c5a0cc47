"""One open file for each host, for as long as the host is there."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, finalize, ref

from plugwright.database import Database
from plugwright_memory.embeddings import Embedding, OfModel, embedding_of
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.schema import MIGRATIONS
from plugwright_memory.settings import Settings

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright.providers import Provider

FILE = "memory.db"
"""Its name, in the home folder."""

_open: WeakKeyDictionary[Host, Database] = WeakKeyDictionary()
_embeddings: WeakKeyDictionary[Host, tuple[Settings, Embedding | None]] = (
    WeakKeyDictionary()
)
_turn = Lock()


def database_of(host: Host) -> Database:
    """Give the host's file; it is opened when something is asked of it."""
    with _turn:
        if host not in _open:
            database = Database(
                host.home.folder / FILE,
                migrations=MIGRATIONS,
                without_copy="`plugwright memory salvage` keeps what can be read",
            )
            # A host that only looked around is never told that it stops.
            finalize(host, database.close)
            _open[host] = database
        return _open[host]


def embedding_on(host: Host, settings: Settings) -> Embedding | None:
    """Give what makes vectors; a model is opened once, when it is first asked."""
    with _turn:
        known = _embeddings.get(host)
        if known is None or known[0] != settings:
            # Not held by the host itself, or it would never be let go of.
            of = ref(host)
            known = (settings, embedding_of(settings, lambda name: _model(of, name)))
            _embeddings[host] = known
        return known[1]


def open_memory(
    host: Host, owner: str, settings: Settings | None = None
) -> SqliteMemory:
    """Open what one owner keeps in the host's file."""
    embedding = embedding_on(host, settings or Settings())
    return SqliteMemory(database_of(host), owner, embedding=embedding)


def opener(
    host: Host, settings: Callable[[], Settings]
) -> Callable[[str], SqliteMemory]:
    """Give a function that opens what an owner keeps."""
    return lambda owner: open_memory(host, owner, settings())


def _model(of: ref[Host], name: str) -> Provider:
    host = of()
    assert host is not None  # it is what opened the memory
    return host.provider(name)


def close(host: Host) -> None:
    """Let go of the host's file, if it was used."""
    with _turn:
        if host in _open:
            _open[host].close()
        embedding = _embeddings.pop(host, (None, None))[1]
    if isinstance(embedding, OfModel):
        embedding.close()
