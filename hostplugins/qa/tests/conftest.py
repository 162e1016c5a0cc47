"""One real host with the real sandbox for all tests of the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Case, Report
from plugwright.quotas import Quota

Judge = Callable[..., Report]

QUOTA = Quota(fuel=1_000_000_000, seconds=20)


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    home = Home(Path(tmp_path_factory.mktemp("home")))
    with Host.discover(home) as host:
        yield host


@pytest.fixture(scope="session")
def judge(host: Host) -> Judge:
    """Judge a plugin's source by a test file's source."""

    def run(
        plugin: str,
        tests: str | dict[str, str],
        *permissions: str,
        quota: Quota = QUOTA,
        watch: Callable[..., None] | None = None,
    ) -> Report:
        files = {"test_plugin.py": tests} if isinstance(tests, str) else tests
        case = Case(
            name="subject",
            files={"plugin.py": plugin},
            tests=files,
            permissions=permissions,
            quota=quota,
        )
        return host.judge().judge(case, watch)

    return run
