"""What all contracts have, and data that nobody expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from plugwright.host import Host
from plugwright_sdk.kit.fixtures import register

ODD_TEXTS = (
    "",
    " ",
    "\0",
    "é\u0301\u202e\N{GRINNING FACE}",
    "a'); DROP TABLE facts; --",
    '"*" OR NEAR(',
    "%_\\[a-z]*",
    "line\nline\r\n\ttab",
    "x" * 20_000,
)
ODD_DATA: tuple[Any, ...] = (
    *(None, True, -1, 0.5, 2**53, [], {}, [[[[]]]], {"": {"": None}}),
    *({"manifest": None, "files": 3}, {"files": {"plugin.py": "("}, "manifest": {}}),
    *ODD_TEXTS,
)


class Contract:
    """What all contracts have: a plugin, its settings, and a host that it is in."""

    family = ""
    """The hook that this is about."""

    @pytest.fixture
    def plugin(self) -> object:
        """The module, or other object, with the plugin's hook implementations."""
        raise NotImplementedError("override the fixture `plugin`: give your module")

    @pytest.fixture
    def settings(self) -> Mapping[str, Any]:
        """What stands under `[plugins.NAME.settings]`."""
        return {}

    @pytest.fixture
    def host(
        self, plugin: object, settings: Mapping[str, Any], plugwright_host: Host
    ) -> Host:
        """A host that has this plugin, and no other."""
        register(plugwright_host, plugin, settings=settings)
        return plugwright_host

    def test_it_answers_the_hook(self, host: Host) -> None:
        caller = getattr(host.manager.hook, self.family)

        assert caller.get_hookimpls(), f"the plugin does not answer `{self.family}`"
