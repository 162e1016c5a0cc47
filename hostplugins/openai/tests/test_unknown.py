"""A model that a server does not have: which were meant?"""

from __future__ import annotations

import pytest
from faulty_server import hang_up, whole

from plugwright.errors import UsageError


def _error(message):
    return {"error": {"message": message}}


def test_an_unknown_model_gets_the_nearest_names(serve, open_at, ask):
    server = serve(
        whole(404, _error("The model `gpt-5-minni` does not exist")),
        whole(200, {"data": [{"id": "gpt-5-mini"}, {"id": "o9"}, {"id": "gpt-5"}]}),
    )

    with pytest.raises(UsageError) as caught:
        open_at(server, model="gpt-5-minni").complete(ask())

    assert caught.value.remedy.startswith("did you mean `gpt-5-mini`")
    assert "`o9`" not in caught.value.remedy


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "anthropic",
            {
                "type": "error",
                "error": {"type": "not_found_error", "message": "model: claude-opsu-5"},
            },
        ),
        ("ollama", _error("model 'claude-opsu-5' not found")),
    ],
)
def test_every_api_gets_the_nearest_names(serve, open_at, ask, kind, body):
    server = serve(whole(404, body), whole(200, {"data": [{"id": "claude-opus-5"}]}))

    with pytest.raises(UsageError, match="did you mean `claude-opus-5`"):
        open_at(server, kind, "claude-opsu-5").complete(ask())


def test_a_family_is_meant_for_its_members(serve, open_at, ask):
    server = serve(
        whole(404, _error("model 'qwen' not found, try pulling it first")),
        whole(200, {"data": [{"id": "qwen2.5-coder:7b"}, {"id": "llama3"}]}),
    )

    with pytest.raises(UsageError, match=r"did you mean `qwen2\.5-coder:7b`"):
        open_at(server, model="qwen").complete(ask())


def test_a_server_that_names_no_models_is_no_second_trouble(serve, open_at, ask):
    server = serve(whole(404, _error("unknown model")), hang_up)

    with pytest.raises(UsageError, match="does not say which it has"):
        open_at(server).complete(ask())
