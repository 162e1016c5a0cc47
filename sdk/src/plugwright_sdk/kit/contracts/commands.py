"""What every plugin with commands, or with tools, promises."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry

from plugwright.commands import Command
from plugwright.host import Host
from plugwright_sdk.kit.contracts.contract import Contract


class CommandsContract(Contract):
    """What every plugin with commands promises."""

    family = "commands"

    @pytest.fixture
    def calls(self) -> Mapping[str, Mapping[str, Any]]:
        """Arguments to call with, by the command's name; add yours."""
        return {}

    @pytest.fixture
    def offered(self, host: Host) -> Sequence[Command]:
        """Everything that is offered."""
        return host.hooks.commands(host=host)

    def test_names_can_be_typed_and_are_all_different(
        self, offered: Sequence[Command]
    ) -> None:
        names = [each.name for each in offered]

        assert all(re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", name) for name in names)
        assert len({*names}) == len(names)

    def test_each_has_a_summary_of_one_line(self, offered: Sequence[Command]) -> None:
        for each in offered:
            assert each.spec.summary.strip(), each.name
            assert "\n" not in each.spec.summary, each.name

    def test_parameters_are_those_of_the_schema(
        self, offered: Sequence[Command]
    ) -> None:
        for each in offered:
            spec = each.spec
            assert len({*spec.parameters}) == len(spec.parameters), each.name
            Draft202012Validator.check_schema(dict(spec.input))
            Draft202012Validator.check_schema(dict(spec.output))
            if spec.input:
                described = spec.input.get("properties", {})
                assert {*described} == {*spec.parameters}, each.name

    def test_offering_twice_offers_the_same(
        self, host: Host, offered: Sequence[Command]
    ) -> None:
        again = getattr(host.hooks, self.family)(host=host)

        assert [each.name for each in again] == [each.name for each in offered]

    def test_answers_are_json_that_fits_the_schema(
        self, offered: Sequence[Command], calls: Mapping[str, Mapping[str, Any]]
    ) -> None:
        by_name = {each.name: each for each in offered}
        for name, arguments in calls.items():
            assert name in by_name, f"`calls` names `{name}`, which is not offered"

            answer = by_name[name].call(copy.deepcopy(dict(arguments)))

            assert json.loads(json.dumps(answer, allow_nan=False)) == answer, name
            if by_name[name].spec.output:
                # An empty registry: jsonschema would fetch what a schema refers to.
                Draft202012Validator(
                    by_name[name].spec.output, registry=Registry()
                ).validate(answer)


class ToolsContract(CommandsContract):
    """What every plugin with tools promises."""

    family = "tools"

    @pytest.fixture
    def offered(self, host: Host) -> Sequence[Command]:
        """Everything that is offered."""
        return host.hooks.tools(host=host)

    def test_each_says_whether_a_person_is_asked(self, host: Host) -> None:
        for tool in host.hooks.tools(host=host):
            assert isinstance(tool.needs_approval, bool), tool.name
