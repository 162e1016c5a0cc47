"""What a run of an agent costs beside its model: asking, calling, recording.

Everybody runs the same: the model wants a tool called, the tool is called, the model
answers. The model is a script, so what is measured is the library. What is not
installed is not measured, and the table says so.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from measuring.figures import Figure, in_turn, seconds
from plugwright import Agent
from plugwright.agents.runbook import Entry, RunBook
from plugwright.providers import Completion, Finish, Request, ToolCall

RUNS = 20
ROUNDS = 60
STARTS = 15
MICRO, MILLI = 1e-6, 1e-3
ANSWER = "It is 4."


def add(left: int, right: int = 3) -> int:
    """Add two numbers.

    Args:
        left: The first.
        right: The second.
    """
    return left + right


class Script:
    """Wants the tool called, and answers when it was."""

    name = "script"
    wants = Completion(
        text="",
        calls=(ToolCall(id="1", name="add", arguments={"left": 1}),),
        finish=Finish.TOOLS,
    )
    says = Completion(text=ANSWER)

    def complete(self, request: Request) -> Completion:
        """Answer."""
        return self.says if request.messages[-1].role == "tool" else self.wants


def ours(records: Path | None) -> Callable[[], str]:
    """An agent of Plugwright."""
    agent = Agent.builder("bench").model(Script()).instructions("Add.").tools(add)
    built = agent.records(records).build()
    return lambda: built.run("1 and 3?").text


def llm() -> Callable[[], str]:
    """Simon Willison's llm, with its chain of tools."""
    import llm

    class Scripted(llm.Model):  # type: ignore[misc, name-defined, unused-ignore]
        model_id = "script"
        supports_tools = True

        def execute(
            self, prompt: Any, stream: bool, response: Any, conversation: Any
        ) -> Iterator[str]:
            if prompt.tool_results:
                yield ANSWER
                return
            response.add_tool_call(llm.ToolCall(name="add", arguments={"left": 1}))

    model = Scripted()
    tool = llm.Tool.function(add)

    def run() -> str:
        chain = model.conversation().chain("1 and 3?", system="Add.", tools=[tool])
        return str(chain.text())

    return run


def pydantic_ai() -> Callable[[], str]:
    """pydantic-ai, with its own model for tests."""
    import pydantic_ai
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel

    def answer(messages: list[Any], info: Any) -> Any:
        if any(part.part_kind == "tool-return" for part in messages[-1].parts):
            return ModelResponse(parts=[TextPart(ANSWER)])
        return ModelResponse(parts=[ToolCallPart("add", {"left": 1})])

    agent = pydantic_ai.Agent(FunctionModel(answer), instructions="Add.", tools=[add])
    return lambda: str(agent.run_sync("1 and 3?").output)


RIVALS = {"llm": llm, "pydantic-ai": pydantic_ai}


def figures() -> Iterator[Figure]:
    """A run, its record, and the import."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _runs(Path(folder))
    yield _import()


def _runs(folder: Path) -> Iterator[Figure]:
    works = {"ours": ours(None), "recorded": ours(folder / "runs.db")}
    missing = []
    for name, rival in RIVALS.items():
        try:
            works[name] = rival()
        except ImportError:
            missing.append(name)
    for work in works.values():
        if work().strip() != ANSWER:
            raise RuntimeError(f"a bench agent said {work()!r}")
    times = in_turn(
        {name: lambda work=work: _each(work) for name, work in works.items()}, ROUNDS
    )
    # Whatever else the machine does makes a run longer, never shorter.
    best = {name: min(taken) for name, taken in times.items()}
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    beside = [f"{name} {best[name] / MICRO:,.0f} µs" for name in works]
    beside += [f"{name} is not installed" for name in missing]
    yield Figure(
        "an agent's run, two answers and a tool call",
        best["ours"] / MICRO,
        "µs",
        promised=60.0,
        note=f"{', '.join(beside[2:])} (median {middle['ours'] / MICRO:.0f})",
    )
    disk = _commits(folder)
    yield Figure(
        "recording that run, two commits",
        (best["recorded"] - best["ours"]) / MILLI,
        "ms",
        promised=1.0,
        note=f"one answer written and synced {disk / MILLI:.2f} ms"
        f" (median {(middle['recorded'] - middle['ours']) / MILLI:.2f})",
    )


def _each(work: Callable[[], object]) -> float:
    return seconds(lambda: [work() for _ in range(RUNS)]) / RUNS


def _commits(folder: Path) -> float:
    from plugwright.agents.limits import Spent

    book = RunBook(folder / "commits.db")
    book.begin("run", "bench", "script", "")
    facts = {"key": "0" * 64, "completion": {}, "cost": 0.0, "used": True}
    taken = [
        seconds(
            lambda n=n: book.answered(
                "run", [Entry(n, "answer", "assistant", f"{n}", facts)], Spent()
            )
        )
        for n in range(200)
    ]
    book.close()
    return min(taken)


def _import() -> Figure:
    """Fresh processes, each importing one thing, in turn."""
    # Whoever uses a library has it compiled.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}

    def start(code: str) -> Callable[[], float]:
        def run() -> object:
            return subprocess.run([sys.executable, "-c", code], check=True, env=env)

        return lambda: seconds(run)

    times = in_turn(
        {"agent": start("from plugwright import Agent"), "bare": start("pass")}, STARTS
    )
    agent, bare = (min(times[name]) for name in ("agent", "bare"))
    return Figure(
        "from plugwright import Agent, over bare Python",
        (agent - bare) / MILLI,
        "ms",
        promised=80.0,
        note=f"{agent / MILLI:.0f} ms against {bare / MILLI:.0f} ms",
    )
