"""Settings become what a plugin's `configured` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from plugwright.errors import UsageError
from plugwright.modelling import modelled, schema_of
from plugwright.secrets import Secret


@dataclass
class Plain:
    url: str
    key: Secret | None = None
    tries: int = 3


class Strict(BaseModel):
    url: str


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    url: str


def none():
    pass


def anything(settings):
    pass


def mapping(settings: Mapping[str, Any]):
    pass


def plain(settings: Plain):
    pass


def strict(settings: Strict):
    pass


def open_ended(settings: Open):
    pass


def lost(settings: NoSuchModel):  # noqa: F821
    pass


def test_the_model_gives_the_schema():
    assert schema_of(none) == {}
    assert schema_of(anything) == schema_of(mapping)
    assert schema_of(mapping)["type"] == "object"
    schema = schema_of(plain)
    assert schema["required"] == ["url"]
    assert schema["additionalProperties"] is False
    assert schema_of(open_ended)["additionalProperties"] is True


def test_settings_come_as_the_model_has_them():
    given = {"url": "x", "tries": 5}
    assert modelled("tutor", none, {}) == {}
    assert modelled("tutor", anything, given) == {"settings": given}
    assert modelled("tutor", mapping, given) == {"settings": given}
    assert modelled("tutor", plain, given) == {"settings": Plain("x", tries=5)}
    assert modelled("tutor", strict, {"url": "x"}) == {"settings": Strict(url="x")}
    [settings] = modelled("tutor", open_ended, given).values()
    assert settings.tries == 5


@pytest.mark.parametrize("configured", [plain, strict])
def test_a_mistyped_setting_is_named_with_the_nearest(configured):
    with pytest.raises(UsageError) as error:
        modelled("tutor", configured, {"urls": "x"})
    assert error.value.message == "its settings do not fit: `urls` is not known"
    assert error.value.remedy == "did you mean `url`?"


def test_a_setting_that_does_not_fit_is_named_by_its_place_and_not_repeated():
    with pytest.raises(UsageError) as error:
        modelled("tutor", plain, {"url": "x", "tries": "sk-12345678"})
    assert "`tries`: Input should be a valid integer" in error.value.message
    assert "sk-" not in str(error.value)
    assert error.value.remedy == "correct [plugins.tutor.settings] in config.toml"


def test_a_secret_that_is_written_down_is_refused_in_words():
    with pytest.raises(UsageError, match="a secret is not written down") as error:
        modelled("tutor", plain, {"url": "x", "key": "sk-12345678"})
    assert "sk-" not in str(error.value)


def test_a_model_that_is_not_there_is_the_plugins_mistake():
    with pytest.raises(NameError, match="NoSuchModel"):
        modelled("tutor", lost, {})
