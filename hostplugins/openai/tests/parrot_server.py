"""A server that answers like a model which repeats, in both APIs, tools and all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from faulty_server import Talk, events, whole

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
CONTEXT = 4000
"""Tokens, of which this model counts one per four characters."""


def said(text: str = "hello", finish: str | None = "stop", **more: Any) -> dict:
    """Make an answer as OpenAI's API gives it at once."""
    message = {"role": "assistant", "content": text} | more
    choice = {"index": 0, "message": message, "finish_reason": finish}
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    return {"model": "parrot-1", "choices": [choice], "usage": usage}


def piece(text: str | None = None, finish: str | None = None, **more: Any) -> dict:
    """Make an event of OpenAI's API."""
    delta = {"content": text} | more if text is not None else more
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"model": "parrot-1", "choices": [choice]}


def parrot(talk: Talk) -> bool:
    """Answer whatever is asked for."""
    path = talk.asked.path
    if talk.asked.method == "GET":
        return bool(_about(path)(talk))
    if path == "/api/show":
        shown = {"parameters": f"num_ctx    {CONTEXT}"}
        return bool(whole(200, shown)(talk))
    if path.endswith("/count_tokens"):
        return bool(whole(200, {"input_tokens": _tokens(talk.asked.body)})(talk))
    if path.endswith("/embeddings"):
        rows = [
            {"index": number, "embedding": [float(len(text)), 1.0]}
            for number, text in enumerate(talk.asked.body["input"])
        ]
        return bool(whole(200, {"data": rows[::-1]})(talk))
    if _tokens(talk.asked.body) > CONTEXT:
        return bool(_too_long(talk))
    if odd := _odd_names(talk.asked.body):
        return bool(_refused(f"String should match pattern: {odd}")(talk))
    reply = _openai(talk.asked.body) if "chat" in path else _anthropic(talk.asked.body)
    return bool(reply(talk))


def _about(path: str) -> Any:
    row = {"id": "parrot", "context_length": CONTEXT, "max_input_tokens": CONTEXT}
    if path.endswith("/models"):
        return whole(200, {"data": [row, {"id": "parakeet"}]})
    return whole(200, row) if path.endswith("/models/parrot") else whole(404, {})


def _too_long(talk: Talk) -> Any:
    tokens = _tokens(talk.asked.body)
    return _refused(f"prompt is too long: {tokens} tokens > {CONTEXT} maximum")(talk)


def _refused(said: str) -> Any:
    error = {"type": "invalid_request_error", "message": said}
    return whole(400, {"type": "error", "error": error})


def _odd_names(body: dict[str, Any]) -> list[str]:
    """Find names of tools, and ids of calls, that both real servers refuse."""
    turns = body["messages"]
    calls = [call for turn in turns for call in turn.get("tool_calls") or []]
    blocks = [
        block
        for turn in turns
        for block in (turn["content"] if isinstance(turn["content"], list) else [])
    ]
    named = [*body.get("tools", []), *calls, *blocks]
    texts = [each.get("function", each).get("name") for each in named]
    texts += [each.get(key) for each in named for key in ("id", "tool_use_id")]
    texts += [turn.get("tool_call_id") for turn in turns]
    return [t for t in texts if t is not None and not NAME.fullmatch(t)]


def _tokens(body: dict[str, Any]) -> int:
    return len(json.dumps(body["messages"])) // 4 + 1


def _answer(body: dict[str, Any], tools: list[str]) -> tuple[str, list[tuple]]:
    """Think: repeat; or call the first tool, if it has not answered yet."""
    last = body["messages"][-1]
    content = last["content"]
    if isinstance(content, list):
        content = content[-1].get("text") or content[-1].get("content") or ""
    has_answer = last["role"] == "tool" or "tool_result" in json.dumps(last)
    if tools and not has_answer:
        return "Let me see.", [("call-a", tools[0], {"a": 2, "b": 3})]
    if "response_format" in body or "output_config" in body:
        return '{"answer": "yes"}', []
    return content, []


def _openai(body: dict[str, Any]) -> Any:
    tools = [tool["function"]["name"] for tool in body.get("tools", [])]
    text, calls = _answer(body, tools)
    finish = "tool_calls" if calls else "stop"
    rows = [
        {
            "index": index,
            "id": id,
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for index, (id, name, arguments) in enumerate(calls)
    ]
    if not body.get("stream"):
        return whole(200, said(text, finish, tool_calls=rows or None))
    return events(*_pieces(text, rows, finish))


def _pieces(text: str, rows: list[dict], finish: str) -> Iterator[dict]:
    for start in range(0, len(text), 5):
        yield piece(text[start : start + 5])
    for row in rows:
        name, arguments = row["function"]["name"], row["function"]["arguments"]
        first = row | {"function": {"name": name, "arguments": ""}}
        yield piece(tool_calls=[first])
        for start in range(0, len(arguments), 3):
            part = {"arguments": arguments[start : start + 3]}
            yield piece(tool_calls=[{"index": row["index"], "function": part}])
    yield piece(finish=finish)
    yield {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}


def _anthropic(body: dict[str, Any]) -> Any:
    text, calls = _answer(body, [tool["name"] for tool in body.get("tools", [])])
    reason = "tool_use" if calls else "end_turn"
    usage = {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 3}
    blocks = [{"type": "text", "text": text}] if text else []
    blocks += [
        {"type": "tool_use", "id": id, "name": name, "input": arguments}
        for id, name, arguments in calls
    ]
    message = {"model": "parrot-1", "usage": usage, "stop_reason": reason}
    if not body.get("stream"):
        return whole(200, message | {"content": blocks})
    return _anthropic_events(message, blocks)


def _anthropic_events(message: dict, blocks: list[dict]) -> Any:
    told = [{"type": "message_start", "message": message | {"stop_reason": None}}]
    for index, block in enumerate(blocks):
        is_text = block["type"] == "text"
        empty = block | ({"text": ""} if is_text else {"input": {}})
        about = {"index": index}
        told.append({"type": "content_block_start", "content_block": empty} | about)
        whole_text = block["text"] if is_text else json.dumps(block["input"])
        for start in range(0, len(whole_text), 4):
            part = whole_text[start : start + 4]
            delta = (
                {"type": "text_delta", "text": part}
                if is_text
                else {"type": "input_json_delta", "partial_json": part}
            )
            told.append({"type": "content_block_delta", "delta": delta} | about)
        told.append({"type": "content_block_stop"} | about)
    reason = {"stop_reason": message["stop_reason"]}
    usage = {"output_tokens": message["usage"]["output_tokens"]}
    told.append({"type": "message_delta", "delta": reason, "usage": usage})
    told.append({"type": "message_stop"})
    lines = [
        f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in told
    ]

    def reply(talk: Talk) -> bool:
        talk.head(Content_Type="text/event-stream", Transfer_Encoding="chunked")
        for line in lines:
            talk.chunk(line)
        talk.chunk(b"")
        return True

    return reply
