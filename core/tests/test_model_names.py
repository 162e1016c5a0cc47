"""A model has a name: a provider's, with `:` or `/`, an alias, or a role."""

import pytest

from plugwright.errors import UsageError
from plugwright.hooks import hookimpl
from plugwright.providers import Completion, ProviderOffer
from plugwright.roles import ConfiguredModels, Names, split


class Echo:
    def __init__(self, name):
        self.name = name

    def complete(self, request):
        return Completion(text=self.name)


class Echoes:
    """Offers three schemes."""

    @hookimpl
    def providers(self):
        return [
            ProviderOffer(scheme=scheme, summary="says its name", open=Echo)
            for scheme in ("echo", "gguf", "ollama")
        ]


@pytest.fixture
def named(host):
    """Write what a person calls models, and open one."""
    host.manager.register(Echoes(), "echoes")
    host.home.make()

    def named(name, config=""):
        (host.home.folder / "config.toml").write_text(config)
        return host.provider(name).name

    return named


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("echo:a", "a"),
        ("ollama/qwen2.5-coder:7b", "qwen2.5-coder:7b"),
        ("echo:owner/repo:file", "owner/repo:file"),
        ("echo:/path/to/file", "/path/to/file"),
        ("echo", ""),
    ],
)
def test_the_scheme_ends_at_the_first_colon_or_slash(named, name, argument):
    assert named(name) == argument


CONFIG = """
[roles]
tutor = "coder"
[aliases]
coder = "ollama/qwen2.5-coder:7b"
"small one" = "echo:small"
lost = "olama:x"
"""


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("coder", "qwen2.5-coder:7b"),
        ("tutor", "qwen2.5-coder:7b"),
        ("small one", "small"),
        ("echo:coder", "coder"),
    ],
)
def test_an_alias_and_a_role_are_names(named, name, argument):
    assert named(name, CONFIG) == argument


@pytest.mark.parametrize(
    ("name", "said", "remedy"),
    [
        ("olama/x", "no model, alias or role has the name `olama/x`", "`ollama/x`?"),
        ("codre", "has the name `codre`", "did you mean `coder`? `plugwright models`"),
        ("qwen2.5:7b", "has the name `qwen2.5:7b`", "as PROVIDER:NAME; `plugwright mo"),
        ("zzz", "has the name `zzz`", "lists what there is, and PROVIDER is one of"),
        ("./my.gguf", "`./my.gguf` names a file, but no provider", "`gguf:./my.gguf`"),
        ("/M.GGUF?process=1", "`/M.GGUF?process=1` names a file", "`gguf:/M.GGUF?pro"),
        ("ehco:a.gguf", "has the name `ehco:a.gguf`", "did you mean `echo:a.gguf`?"),
        ("llamacpp:m/t.gguf", "has the name `llamacpp:m/t.gguf`", "`gguf:m/t.gguf`?"),
        ("", "a model is not named", "use one of"),
        ("lost", "`olama:x`, which `lost` stands for in config.toml", "`ollama:x`?"),
    ],
)
def test_a_name_of_nothing_is_told_with_what_was_meant(named, name, said, remedy):
    with pytest.raises(UsageError) as told:
        named(name, CONFIG)
    assert said in told.value.message
    assert remedy in told.value.remedy


def test_a_long_path_is_told_to_its_end(named):
    file = f"/{'far/' * 30}away.gguf"

    with pytest.raises(UsageError, match=f"`lamacpp:{file}`") as told:
        named(f"lamacpp:{file}")

    assert f"did you mean `gguf:{file}`?" in told.value.remedy


def test_names_in_a_circle_are_told(named):
    with pytest.raises(UsageError, match="in a circle: `a` → `b` → `a`"):
        named("a", '[aliases]\na = "b"\nb = "a"')


@pytest.mark.parametrize("table", ["aliases", "roles"])
def test_a_name_that_stands_for_itself_is_a_circle(named, table):
    with pytest.raises(UsageError, match="in a circle: `loop` → `loop`"):
        named("loop", f'[{table}]\nloop = "loop"')


def test_a_role_may_name_an_alias_of_its_own_name(named):
    text = '[roles]\ncoder = "coder"\n[aliases]\ncoder = "echo:x"'
    assert named("coder", text) == "x"


def test_an_alias_for_nothing_is_told_as_such(named):
    with pytest.raises(UsageError, match="a model is not named"):
        named("it", '[aliases]\nit = ""')


def test_a_mistake_among_aliases_is_told_with_its_place(named):
    with pytest.raises(UsageError, match=r"`aliases.a`: Input should be a valid str"):
        named("echo:x", "[aliases]\na = 3")


def test_a_role_that_names_an_alias_follows_it_when_it_changes(tmp_path):
    path, opened = tmp_path / "config.toml", []

    def provider(name):
        opened.append(name)
        return Echo(name)

    models = ConfiguredModels(path, provider)
    for model in ("echo:1", "echo:2"):
        path.write_text(f'[roles]\ntutor = "it"\n[aliases]\nit = "{model}"')
        assert models.ask("tutor", "why?", 10).text == model
    assert opened == ["echo:1", "echo:2"]


def test_a_role_is_not_a_name_for_another_role():
    names = Names(roles={"a": "b", "b": "echo:x"})
    assert names.resolved("a") == "b"
    assert split("b") == ("b", "")
