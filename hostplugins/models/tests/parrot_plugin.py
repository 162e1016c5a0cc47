"""A host plugin with models for tests: a parrot, and one that wants a tool called."""

import time
from dataclasses import replace

from plugwright.commands import Tool
from plugwright.errors import Unavailable
from plugwright.hooks import hookimpl
from plugwright.manifest import CommandSpec
from plugwright.providers import (
    Capabilities,
    Completion,
    Done,
    Finish,
    Piece,
    ProviderOffer,
    ToolCall,
)


class Parrot:
    """Repeats the question, word by word; some words make it do otherwise."""

    capabilities = Capabilities(streams=True, tools=True, context=4096)

    def __init__(self, argument):
        self.name = f"parrot:{argument}"

    def complete(self, request):
        said = request.messages[-1].content
        if "fail" in said:
            raise Unavailable(self.name, "it is asleep", remedy="wake it up")
        system = [m.content for m in request.messages if m.role == "system"]
        turns = sum(message.role == "user" for message in request.messages)
        calls = ()
        if said == "hang" and request.tools:
            calls = (ToolCall(id="1", name="parrot.hang", arguments={}),)
        if "roll" in said and request.tools and request.messages[-1].role == "user":
            calls = (ToolCall(id="1", name="parrot.roll", arguments={"sides": 6}),)
        return Completion(
            text="" if calls else f"[{turns}{''.join(system)}] {said}",
            calls=calls,
            tokens_in=7,
            tokens_out=len(said.split()),
            finish=Finish.TOOLS if calls else Finish.STOP,
        )

    def stream(self, request, cancel):
        completion = self.complete(request)
        if "stuck" in completion.text:
            stuck()
        for number, word in enumerate(completion.text.split(" ")):
            if word == "forever":
                while not cancel.is_wished:
                    time.sleep(0.01)
            if cancel.is_wished:
                yield Done(replace(completion, finish=Finish.CANCELLED))
                return
            yield Piece(f" {word}" if number else word)
        yield Done(completion)


def stuck():
    """Never come back, and let nobody end it."""
    while True:
        try:
            print("stuck here", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            pass


@hookimpl
def providers():
    return [ProviderOffer(scheme="parrot", summary="repeats", open=Parrot)]


@hookimpl
def tools():
    spec = CommandSpec(summary="Roll dice.", parameters=("sides",))
    return [
        Tool(name="roll", spec=spec, call=lambda it: f"a {it['sides']}"),
        Tool(
            name="hang",
            spec=CommandSpec(summary="Never end."),
            call=lambda it: time.sleep(50),
            needs_approval=False,
        ),
    ]
