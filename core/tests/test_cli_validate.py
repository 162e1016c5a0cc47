"""`plugwright validate` says what is wrong with what was written, and runs nothing."""

from __future__ import annotations

import pytest
from doubles import make_bundle

FINE = "config.toml and blocklist.json have no mistakes.\n"


def test_without_mistakes_it_says_so(plugwright, home, installed):
    assert plugwright("validate") == (0, FINE, "")
    installed.package("tutor", "raise AssertionError")
    installed.package("newer", "raise AssertionError", api=">=9")  # not the person's
    home.make()
    (home.folder / "config.toml").write_text(
        "[plugins]\ntutor.enabled = false\nnewer.required = true"
    )
    assert plugwright("validate") == (0, FINE, "")


def test_every_mistake_about_a_plugin_is_told_with_its_remedy(
    plugwright, home, installed
):
    home.make()
    installed.package("tutor", "raise AssertionError")
    (home.folder / "config.toml").write_text(
        "[plugins.tutor]\nurl = 'x'\n[plugins.totur]\nenabled = false\n"
    )
    (home.folder / "blocklist.json").write_text("[3]")
    code, out, err = plugwright("validate")
    assert (code, err) == (1, "")
    assert "`plugins.tutor.url` is not known; known are " in out
    assert "`totur`: config.toml has settings for it, but no host plugin" in out
    assert "blocklist.json`, entry 1" in out
    assert out.count("    what to do: ") == 3


def test_a_file_that_is_no_toml_is_told_once(plugwright, home):
    home.make()
    (home.folder / "config.toml").write_text("[plug")
    code, out, _ = plugwright("validate")
    assert code == 1
    assert "config.toml` is not TOML" in out
    assert len(out.splitlines()) == 2


def test_a_table_that_nothing_reads_is_told(plugwright, home):
    home.make()
    (home.folder / "config.toml").write_text("[plugin.tutor]\nenabled = false\n")
    code, out, _ = plugwright("validate")
    assert code == 1
    assert "nothing reads `plugin`" in out
    assert "did you mean `plugins`?" in out


ECHO = (
    "from plugwright.hooks import hookimpl\n"
    "from plugwright.providers import ProviderOffer\n"
    "@hookimpl\n"
    "def providers(): return [ProviderOffer(scheme='echo', summary='', open=print)]\n"
)


def test_names_that_lead_to_a_model_or_an_agent_are_none(plugwright, home, installed):
    home.make()
    installed.plugin("echo", ECHO)
    installed.module("mine", "raise AssertionError")
    (home.folder / "config.toml").write_text(
        '[roles]\ntutor = "coder"\ncoder = "coder"\nchat = "mine:agent"\n'
        '[aliases]\ncoder = "echo:x"\n'
    )
    assert plugwright("validate") == (0, FINE, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("roles = 3", ["`roles`: Input should be a valid dictionary"]),
        ('[aliases]\nbad = "ehco:x"', ["`ehco:x`, which `bad`", "`echo:x`?"]),
        ('[aliases]\nloop = "loop"', ["in a circle: `loop` → `loop`"]),
        ('[roles]\ntutor = "codre"', ["has the name `codre`, which `tutor` stands"]),
        ('[roles]\na = "b"\n[aliases]\nb = "ehco:x"', ["`ehco:x`, which `b` stands"]),
    ],
)
def test_a_name_that_leads_to_nothing_is_told_once(
    plugwright, home, installed, text, said
):
    home.make()
    installed.plugin("echo", ECHO)
    (home.folder / "config.toml").write_text(text)
    code, out, err = plugwright("validate")
    assert (code, err) == (1, "")
    assert all(each in out for each in said)
    assert out.count("    what to do: ") == 1


def test_without_providers_names_are_not_judged(plugwright, home, monkeypatch):
    monkeypatch.setenv("PLUGWRIGHT_SAFE_MODE", "1")
    home.make()
    (home.folder / "config.toml").write_text('[aliases]\nit = "echo:x"')
    assert plugwright("validate") == (0, FINE, "")


@pytest.fixture
def bundle(tmp_path):
    return make_bundle().write(tmp_path)


def test_a_sandboxed_plugin_that_keeps_the_rules(plugwright, bundle):
    said = "`doubler` keeps the rules of a sandboxed plugin.\n"
    assert plugwright("validate", bundle) == (0, said, "")


def test_a_sandboxed_plugin_with_a_mistake_is_told_with_rule_and_line(refused, bundle):
    manifest = bundle / "plugin.toml"
    manifest.chmod(0o600)
    manifest.write_text(manifest.read_text().replace("summary", "sumary", 1))
    code, sentence = refused("validate", bundle)
    assert code == 2
    assert "rule `unknown-key`" in sentence


def test_a_host_plugin_is_read_and_not_imported(plugwright, refused, tmp_path):
    package = tmp_path / "src" / "tutor"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError")
    head = '[plugin]\nkind = "host"\nname = "tutor"\nsummary = "It helps."\n'
    (package / "plugin.toml").write_text(f'{head}api = ">=0.1"\n')
    said = "`tutor` has a plugin.toml that can be used.\n"
    assert plugwright("validate", tmp_path) == (0, said, "")
    (package / "plugin.toml").write_text(f'{head}api = ">=9"\n')
    assert "it is for hosts with api >=9" in refused("validate", tmp_path)[1]


def test_a_folder_without_a_plugin_is_named(refused, tmp_path):
    code, sentence = refused("validate", tmp_path)
    assert code == 2
    assert sentence.endswith("has no plugin.toml")
