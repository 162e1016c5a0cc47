"""What was said is told to nobody, unless somebody asked for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telling import Scripted, Told, building, call, says, wants

from plugwright.agents import RunStopped
from plugwright.errors import Malformed
from plugwright.redaction import hide
from plugwright_telemetry.settings import wants_content

VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def look_up(name: str) -> str:
    """Look somebody up."""
    return f"{name} lives in Bern"


def everything(told: Told) -> str:
    spans = [span.to_json() for span in told.spans]
    return "\n".join(spans) + (told.reader.get_metrics_data() or "").to_json()  # type: ignore[union-attr]


def go(told: Told, content: bool | None) -> None:
    model = Scripted(wants(call("look_up", name="Ann")), "Ann is in Bern.")
    builder = building(model, told.telemetry(content)).tools(look_up)
    builder.instructions("Be nice to Ann.").build().run("Where is Ann?")


@pytest.mark.parametrize("content", [None, False])
def test_nothing_that_was_said_is_told_unasked(told: Told, content):
    go(told, content)
    assert len(told.spans) == 4
    assert "Ann" not in everything(told)
    assert "Bern" not in everything(told)


def test_no_error_says_what_was_said(told: Told):
    def ask(name: str) -> str:
        """Ask somebody."""
        raise LookupError(f"{name} is away")

    error = Malformed("it", "said `Ann`", text="Ann")
    model = Scripted(wants(call("ask", name="Ann")), error)
    with pytest.raises(RunStopped):
        building(model, told.telemetry()).tools(ask).build().run("Where is Ann?")
    assert "Ann" not in everything(told)
    assert "Malformed" in everything(told)


def of(told: Told, name: str, which: int = 0) -> dict[str, Any]:
    span = [span for span in told.spans if span.name == name][which]
    return {
        key: json.loads(value) if key.endswith(("messages", "arguments")) else value
        for key, value in (span.attributes or {}).items()
        if isinstance(value, str)
    }


def test_whoever_asks_for_content_has_all_of_it(told: Told):
    go(told, content=True)
    asked = [
        {
            "role": "system",
            "parts": [{"type": "text", "content": "Be nice to Ann."}],
        },
        {"role": "user", "parts": [{"type": "text", "content": "Where is Ann?"}]},
    ]
    wish = {
        "type": "tool_call",
        "id": "call-1",
        "name": "look_up",
        "arguments": {"name": "Ann"},
    }
    told_then = {
        "type": "tool_call_response",
        "id": "call-1",
        "response": "Ann lives in Bern",
    }
    answer = {
        "role": "assistant",
        "parts": [{"type": "text", "content": "Ann is in Bern."}],
        "finish_reason": "stop",
    }
    first = of(told, "chat gpt-5-mini")
    assert first["gen_ai.input.messages"] == asked
    assert first["gen_ai.output.messages"] == [
        {"role": "assistant", "parts": [wish], "finish_reason": "tool_call"}
    ]
    second = of(told, "chat gpt-5-mini", 1)
    assert second["gen_ai.input.messages"] == [
        *asked,
        {"role": "assistant", "parts": [wish]},
        {"role": "tool", "parts": [told_then]},
    ]
    assert second["gen_ai.output.messages"] == [answer]
    tool = of(told, "execute_tool look_up")
    assert tool["gen_ai.tool.call.arguments"] == {"name": "Ann"}
    assert tool["gen_ai.tool.call.result"] == "Ann lives in Bern"
    run = of(told, "invoke_agent tutor")
    assert run["gen_ai.input.messages"] == asked
    assert run["gen_ai.output.messages"] == [answer]


def test_with_content_an_error_has_its_words(told: Told):
    model = Scripted(wants(call("unheard")), Malformed("it", "said `Ann`"))
    with pytest.raises(RunStopped):
        building(model, told.telemetry(content=True)).build().run("go")
    run, _, tool, chat = told.spans
    assert run.status.description == chat.status.description == "`it`: said `Ann`"
    assert "there is no tool" in (tool.status.description or "")


def test_no_secret_is_told_even_to_who_asks_for_content(told: Told):
    secret = 'hunter2-"quoted"-\\back'
    hide(secret)
    model = Scripted(
        wants(call("look_up", name=secret)),
        says(f"it is {secret}"),
        Malformed("it", f"said {secret}"),
    )
    agent = building(model, told.telemetry(content=True)).tools(look_up).build()
    agent.run(f"keep {secret}")
    with pytest.raises(RunStopped):
        agent.run("again")
    assert "hunter2" not in everything(told)
    assert everything(told).count("[secret]") >= 6


def test_half_a_character_does_not_stop_an_exporter(told: Told):
    model = Scripted(wants(call("look_up", "\ud800", name="\ud800")), says("x\ud800"))
    agent = building(model, told.telemetry(content=True)).tools(look_up).build()
    agent.run("say \ud800")
    for span in told.spans:
        for value in (span.attributes or {}).values():
            assert not isinstance(value, str) or value.encode("utf-8")


@pytest.mark.parametrize(
    ("setting", "variable", "wanted"),
    [
        (None, "", False),
        (None, "true", True),
        (None, "SPAN_ONLY", True),
        (None, "span_and_event", True),
        (None, "EVENT_ONLY", False),
        (None, "NO_CONTENT", False),
        (None, "yes, please", False),
        (False, "true", False),
        (True, "false", True),
    ],
)
def test_the_setting_says_whether_and_else_the_environment(setting, variable, wanted):
    assert wants_content(setting, {VARIABLE: variable}) is wanted


def test_the_environment_is_asked(told: Told, monkeypatch):
    monkeypatch.setenv(VARIABLE, "true")
    go(told, content=None)
    assert "Ann" in everything(told)
