"""Tools from plugins: with the permissions, quotas and errors that they have anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from plugwright.agents.tools import Approval, Tool
from plugwright.commands import called
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.manifest import CommandSpec
from plugwright.permissions import nearest
from plugwright.providers import ToolSpec

if TYPE_CHECKING:
    from plugwright.sandboxes import JSON


def tools_of(host: Host, name: str) -> list[Tool]:
    """Find what `PLUGIN.NAME` or `PLUGIN.*` is: tools, and commands beside them."""
    plugin, _, wanted = name.partition(".")
    found = {tool.name: tool for tool in _offered(host, plugin)}
    if wanted == "*" and found:
        return [*found.values()]
    if name not in found:
        raise UsageError(
            f"no plugin offers the tool or command `{name:.80}`",
            remedy=nearest(name, found) if found else "see `plugwright plugins`",
        )
    return [found[name]]


def _offered(host: Host, plugin: str) -> Iterator[Tool]:
    # A tool of the same name is the one that was made for models, so it comes last.
    for owner, command in host.hooks.commands.by_plugin(host=host):
        if owner == plugin:
            yield _tool(host, owner, command.name, command.spec, Approval.ASK, None)
    for owner, offered in host.hooks.tools.by_plugin(host=host):
        if owner == plugin:
            approval = Approval.ASK if offered.needs_approval else Approval.ALWAYS

            def call(arguments: Mapping[str, JSON], offered: Any = offered) -> JSON:
                return called(plugin, offered, dict(arguments)).value

            yield _tool(host, owner, offered.name, offered.spec, approval, call)


def _tool(
    host: Host,
    plugin: str,
    name: str,
    spec: CommandSpec,
    approval: Approval,
    call: Callable[[Mapping[str, JSON]], object] | None,
) -> Tool:
    def run(arguments: Mapping[str, JSON]) -> JSON:
        return host.run(plugin, name, dict(arguments))

    return Tool(
        spec=ToolSpec(
            name=f"{plugin}.{name}", summary=spec.summary, parameters=_parameters(spec)
        ),
        call=call or run,
        approval=approval,
        # A sandboxed plugin has its quota, which ends it better than anybody could.
        seconds=None if host.lives.knows(plugin) else 60.0,
        source=plugin,
    )


def _parameters(spec: CommandSpec) -> dict[str, Any]:
    if spec.input.get("type") == "object":
        return dict(spec.input)
    properties: dict[str, Any] = {name: {} for name in spec.parameters}
    return {"type": "object", "properties": properties}
