"""Without what the page needs, one sentence says what to install."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from plugwright.errors import UsageError
from plugwright_forge.commands import forge


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_what_is_missing_is_named_before_a_session_begins(
    missing, monkeypatch, tmp_path
):
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(sys.modules, missing, None)

    result = CliRunner().invoke(
        forge, ["Find lessons!", "--web"], standalone_mode=False
    )

    assert isinstance(result.exception, UsageError)
    assert f"needs `{missing}`" in result.exception.message
    assert result.exception.remedy == "pip install 'plugwright-forge[web]'"
    assert not list(tmp_path.glob("home/forge/*"))
