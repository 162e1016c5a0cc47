"""What every plugin that hears of events promises."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from plugwright.host import Host
from plugwright_sdk.kit.contracts.contract import ODD_DATA, Contract


class ListenerContract(Contract):
    """What every plugin that hears of events promises."""

    family = "heard"

    @pytest.fixture
    def events(self) -> Sequence[str]:
        """The names of events that it does something about; add yours."""
        return ()

    def test_what_it_does_not_know_it_lets_pass(self, host: Host) -> None:
        host.hooks.heard.wait(name="event-of-nobody", data={"a": 1})

    @pytest.mark.parametrize("data", ODD_DATA, ids=range(len(ODD_DATA)))
    def test_odd_data_never_raises(
        self, host: Host, events: Sequence[str], data: Any
    ) -> None:
        for name in (*events, "", "event-of-nobody", "x" * 5_000):
            given = copy.deepcopy(data)

            host.hooks.heard.wait(name=name, data=given)

            assert given == data, "it changed what others hear, too"
