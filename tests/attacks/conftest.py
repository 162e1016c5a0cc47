"""An arena for each engine, made when its first row is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from attacks import players
from attacks.arena import SECRET, Arena

from plugwright.home import Home
from plugwright.host import Host


@pytest.fixture(scope="session")
def arena_of(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Arena]]:
    """Give an engine's arena; one at a time, because they count what is left behind."""
    open_now: list[Arena] = []

    def arena_of(engine: str) -> Arena:
        if not open_now or open_now[0].engine != engine:
            for arena in open_now:
                arena.close()
            arena = Arena(engine, tmp_path_factory.mktemp(engine))
            open_now[:] = [arena]
            players.warm_up(arena)
            arena.settle()
        return open_now[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUGWRIGHT_SECRET", SECRET)
        yield arena_of
        for arena in open_now:
            arena.close()


@pytest.fixture(scope="session")
def offered(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The engines that there are."""
    host = Host.discover(Home(tmp_path_factory.mktemp("empty")))
    names = frozenset(offer.name for offer in host.hooks.sandboxes(host=host))
    host.close()
    return names


@pytest.fixture
def arena(
    engine: str, offered: frozenset[str], arena_of: Callable[..., Arena]
) -> Arena:
    """The arena of the engine that the row is about."""
    if engine not in offered:
        pytest.skip(f"no installed plugin offers `{engine}`")
    return arena_of(engine)
