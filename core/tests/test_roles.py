"""Roles are read from `config.toml` when somebody asks, mistakes with their place."""

import pytest

from plugwright.errors import UsageError
from plugwright.providers import Completion
from plugwright.roles import ConfiguredModels, roles_in
from plugwright.storage import Refused


class Echo:
    def complete(self, request):
        return Completion(text=f"{request.role}: {request.messages[0].content}")


def test_a_role_is_played_by_whom_the_file_says(tmp_path):
    path = tmp_path / "config.toml"
    opened = []

    def provider(name):
        opened.append(name)
        return Echo()

    models = ConfiguredModels(path, provider)
    with pytest.raises(Refused, match="nobody plays the role `tutor`"):
        models.ask("tutor", "why?", 10)

    path.write_text('[roles]\ntutor = "echo:x"\n[other]\nkey = 1\n')
    assert models.ask("tutor", "why?", 10).text == "tutor: why?"
    assert models.ask("tutor", "why?", 10).text == "tutor: why?"
    assert opened == ["echo:x"], "a model is not loaded for each question"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("roles = 3", "`roles`: Input should be a valid dictionary"),
        ("[roles]\ntutor = 3", "`roles.tutor`: Input should be a valid string"),
        ("[roles", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, text, said):
    path = tmp_path / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as told:
        roles_in(path)
    assert said in told.value.message
    assert str(path) in told.value.message
