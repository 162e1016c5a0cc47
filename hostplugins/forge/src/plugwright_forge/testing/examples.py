"""Examples that a person approved, as tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from plugwright.sandboxes import JSON
from plugwright_forge.specification import Example, Specification


def examples_as_tests(specification: Specification) -> dict[str, str]:
    """Give the text of a test for each example that can be tried, by its name."""
    functions = {each.name: each.function for each in specification.commands}
    tried = [each for each in specification.examples if each.can_be_tried]
    named = {f"test_example_{number}": each for number, each in enumerate(tried, 1)}
    return {name: _example(name, functions, each) for name, each in named.items()}


def _example(name: str, functions: Mapping[str, str], example: Example) -> str:
    call = _call(functions[example.command], example.arguments)
    used = {example.command, *(str(each.get("command", "")) for each in example.before)}
    names = sorted(functions[command] for command in used if command in functions)
    lines = ["import pytest"] if example.refuses else []
    lines += [f"from plugin import {', '.join(names)}"]
    lines += ["from plugwright_sdk import InputError"] if example.refuses else []
    lines += [*_before(functions, example)]
    if example.refuses:
        lines += ["", "with pytest.raises(InputError):", f"    {call}"]
    else:
        lines += ["", f"assert {call} == {example.gives!r}"]
    body = "\n".join(f"    {line}".rstrip() for line in lines)
    return f"def {name}():\n    {example.text!r}\n{body}"


def _before(functions: Mapping[str, str], example: Example) -> Iterator[str]:
    """Do what happens before; whether that is refused is not what it is about."""
    if example.before:
        yield "from contextlib import suppress"
        yield "from plugwright_sdk.testing import send"
        yield ""
    for each in example.before:
        if each.get("event"):
            said = f"send({each['event']!r}, {each.get('data')!r})"
        else:
            function = functions[str(each["command"])]
            said = _call(function, cast(Mapping[str, JSON], each.get("arguments", {})))
        yield "with suppress(Exception):"
        yield f"    {said}"


def _call(function: str, arguments: Mapping[str, JSON]) -> str:
    said = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"{function}({said})"
