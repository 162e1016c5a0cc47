"""What a judge gives a plugin in place of the world, and tests to set it with."""

from __future__ import annotations

import base64

import pytest

from plugwright.capabilities import services
from plugwright.capabilities.doubles import Stage
from plugwright.permissions import Permission
from plugwright.storage import MemoryStorage, Refused

URL = "https://api.example.org/v1/a"
GRANTS = (
    "http:GET https://api.example.org/*",
    "http:POST https://api.example.org/*",
    "model:role=tutor",
)


def test_tests_say_what_is_answered_and_see_what_was_asked():
    stage = Stage()
    granted = [Permission.parse(text) for text in GRANTS]
    ask = services(
        *("p", granted, MemoryStorage(1), print, print, lambda: 0.0), stage.outside
    )
    tests = stage.services()
    body = base64.b64encode(b"hi").decode()
    for method in ("GET", "POST"):
        answer = {"method": method, "url": URL, "status": 200, "headers": {}}
        tests["plugin.answer"]({**answer, "body": body})
    tests["plugin.say"]({"role": "tutor", "text": "because"})

    assert ask["http.request"]({"method": "GET", "url": URL})["body"] == body
    ask["http.request"]({"method": "POST", "url": URL, "body": "b"})
    said = ask["models.ask"]({"role": "tutor", "prompt": "why?"})
    assert said["text"] == "because"

    assert tests["plugin.requests"]({}) == [
        {"method": "GET", "url": URL, "headers": {}, "body": None},
        {"method": "POST", "url": URL, "headers": {}, "body": "b"},
    ]
    assert tests["plugin.prompts"]({}) == [{"role": "tutor", "prompt": "why?"}]


def test_a_test_that_says_it_wrongly_is_told_so():
    with pytest.raises(Refused, match="`status`: Input should be"):
        Stage().services()["plugin.answer"](
            {"method": "GET", "url": URL, "status": "ok", "headers": {}, "body": ""}
        )
