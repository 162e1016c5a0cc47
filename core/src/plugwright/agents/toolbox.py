"""The tools of one run: which there are, who allows a call, what became of it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from plugwright.agents.calling import Interrupted, Outcome, called
from plugwright.agents.pains import BY_OUTCOME, Pain
from plugwright.agents.tools import Approval, Tool
from plugwright.errors import in_one_line

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from plugwright.agents.limits import Deadline, Meter
    from plugwright.agents.plans import Plan
    from plugwright.agents.records import Records
    from plugwright.providers import ToolCall

LOST = (
    "error: this call was interrupted; nobody knows whether it did its work. Find that"
    " out before you call it again"
)
"""What a model is told of a call that began and has no end."""


class Toolbox:
    """Does what the model wants done, if it may be."""

    def __init__(
        self,
        plan: Plan,
        records: Records,
        meter: Meter,
        deadline: Deadline,
        loop: AbstractEventLoop | None,
    ) -> None:
        self._tools = plan.tools
        self._approver = plan.approver
        self._records = records
        self._meter = meter
        self._deadline = deadline
        self._loop = loop
        self.specs = tuple(
            tool.spec
            for tool in plan.tools.values()
            if tool.approval is not Approval.NEVER
        )
        """What the model is told of: nothing that it may not have."""

    def do(self, call: ToolCall) -> str:
        """Do it, and give what the model is told."""
        records, tool = self._records, self._tools.get(call.name)
        if tool is None:
            from plugwright.permissions import nearest

            records.hurt(Pain.TOOL_UNKNOWN, call.name)
            names = {spec.name for spec in self.specs}
            known = nearest(call.name, names) if names else "there are none"
            return f"error: there is no tool `{call.name:.80}` ({known})"
        if not self._is_approved(call, tool):
            records.hurt(Pain.REFUSED, call.name)
            return f"error: a person has to allow `{call.name}`, and did not"
        if not tool.repeatable and not records.may_begin(call):
            records.hurt(Pain.TOOL_LOST, call.name)
            return LOST
        return self._called(call, tool)

    def _called(self, call: ToolCall, tool: Tool) -> str:
        began = perf_counter()
        try:
            text, outcome = called(
                tool,
                call.arguments,
                seconds=self._meter.left(),
                loop=self._loop,
                cancel=self._deadline.cancel,
            )
        except Interrupted:
            raise self._deadline.reason from None
        if outcome is not Outcome.DONE:
            shown = text[-200:] if outcome is Outcome.CUT else text[:200]
            self._records.hurt(
                BY_OUTCOME[outcome], f"{call.name}: {shown}", perf_counter() - began
            )
        return text

    def _is_approved(self, call: ToolCall, tool: Tool) -> bool:
        if tool.approval is Approval.ALWAYS:
            return True
        if tool.approval is Approval.NEVER or self._approver is None:
            return False
        try:
            return self._approver(call, tool) is True
        except Exception as error:
            # Broad on purpose: who cannot be asked has not said yes.
            self._records.hurt(Pain.BROKEN, f"the approver: {in_one_line(error)}")
            return False
