"""A chat template is a stranger's program: it gets nowhere, and it comes to an end."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import jinja2
import pytest
from tiny_gguf import CHATML, write_model

from plugwright.errors import UsageError
from plugwright_llamacpp.models import Models
from plugwright_llamacpp.options import Options
from plugwright_llamacpp.provider import LocalModel
from plugwright_llamacpp.templates import LARGEST, LONGEST, Refused, Stage

MESSAGES = [{"role": "user", "content": "aleph"}]
TWICE = "{% set n = namespace(x='ab') %}" + "{% set n.x = WHAT %}" * 60 + "{{ n.x }}"


def written(template: str, stage: Stage | None = None, **given: object) -> str:
    stage = stage or Stage()
    given = {"messages": MESSAGES, "raise_exception": len, **given}
    return stage.rendered(stage.compiled(template), **given)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% for m in messages %}{{ loop.index }}{{ m.role }}{% endfor %}", "1user"),
        ("{% for m in messages %}{{ loop.last ~ loop.length }}{% endfor %}", "True1"),
        ("{% for k, v in messages[0].items() %}{{ k }}{% endfor %}", "rolecontent"),
        ("{% set a, b = 'x', 'y' %}{{ a ~ b + 'z' }}", "xyz"),
        ("{{ ('  ' * 2) ~ 'a' }}{{ 3 * 4 + 5 % 2 }}", "    a13"),
        ("{{ messages | map(attribute='content') | join(', ') }}", "aleph"),
        ("{{ messages | selectattr('role', 'equalto', 'user') | list | length }}", "1"),
        ("{{ {'a': ['é']} | tojson(indent=1) }}", '{\n "a": [\n  "é"\n ]\n}'),
        ("{{ 'a\nb' | indent(2, true) }}", "  a\n  b"),
        ("{{ 'aXb'.split('X')[0].upper().replace('A', 'cc') }}", "cc"),
        ("{{ '%s is %s' | format('a', 'b') }}{{ '{} {}'.format(1, 2) }}", "a is b1 2"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m('a') }}{{ m('b') }}", "<a><b>"),
        (
            "{% set n = namespace(first=true) %}{% for i in range(3) %}"
            "{% if n.first %}F{% set n.first = false %}{% endif %}{% endfor %}",
            "F",
        ),
        (
            "{% macro m(n) %}{% set n.x = 'b' %}{% endmacro %}{% for i in range(2) %}"
            "{% set n = namespace(x='a') %}{{ m(n) }}{{ n.x.upper() }}{% endfor %}",
            "BB",
        ),
        ("{% macro m(context, obj) %}{{ obj }}{% endmacro %}{{ m(obj=1) }}", "1"),
        ("{% generation %}a{% endgeneration %}", "a"),
        ("{% for i in range(9) %}{% if i %}{% break %}{% endif %}a{% endfor %}", "a"),
        ("{{ 'x' in 'xy', messages[0]['content'][1:3] }}", "(True, 'le')"),
    ],
    ids=range(18),
)  # fmt: skip
def test_what_templates_do_is_done(template: str, text: str) -> None:
    assert written(template) == text


@pytest.mark.parametrize(
    "way",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ ''['__cl' ~ 'ass__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ '{0.__class__}'.format(messages) }}",
        "{{ '{a.__class__}'.format_map({'a': messages}) }}",
        "{{ [messages] | map(attribute='__class__') | list }}",
        "{{ raise_exception.__self__ }}",
        "{{ hide.__globals__ }}",
        "{{ hide.__closure__[0].cell_contents }}",
        "{{ hide.__code__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ messages.append('more') }}",
        "{{ messages[0].update({'role': 'system'}) }}",
        "{{ lipsum() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ ''.encode() }}",
    ],
)
def test_a_template_gets_nowhere(way: str) -> None:
    secret = "hidden"
    messages = [{"role": "user", "content": "aleph"}]

    def hide() -> str:
        return secret[:0]

    try:
        text = written(way, messages=messages, hide=hide)
    except (jinja2.TemplateError, Refused, TypeError):
        text = ""

    # What is forbidden is nothing, and nothing is written as nothing.
    assert not text.replace("[Undefined]", "")
    assert messages == MESSAGES


@pytest.mark.parametrize(
    "loop",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}"
        "{% endfor %}",
        "{% macro m(n) %}{{ m(n - 1) if n }}{{ m(n - 1) if n }}{% endmacro %}"
        "{{ m(99) }}",
        "{% for i in [1] recursive %}{{ loop([1, 2]) }}{% endfor %}",
        "{% for i in range(99999) %}{{ range(99999) | map('upper') | list | length }}"
        "{% endfor %}",
    ],
    ids=range(4),
)
def test_a_template_that_goes_on_for_ever_is_ended(loop: str) -> None:
    # A clock that runs fast: nobody has to wait for a real one.
    ticks = count()
    stage = Stage(clock=lambda: next(ticks) / 1000)

    with pytest.raises((Refused, RecursionError), match=r"seconds|recursion"):
        written(loop, stage)


@pytest.mark.parametrize(
    "bomb",
    [
        *(TWICE.replace("WHAT", what) for what in (
            "n.x ~ n.x", "n.x + n.x", "n.x * 9", "[n.x, n.x]", "{'a': n.x, 'b': n.x}",
            "(n.x, n.x)", "n.x | replace('', n.x)", "n.x.replace('a', n.x)",
            "n.x.join([n.x, n.x, n.x])", "[n.x, n.x] | join(n.x)",
            "dict(a=n.x, b=n.x)", "namespace(a=n.x, b=n.x)", "[n.x] * 9",
            "[n.x] + [n.x]",
        )),
        *("{{ 9 ** 9 ** 9 }}", "{{ 'a' * 10000000000 }}", "{{ 10000000000 * [0] }}"),
        *("{{ '%09999999999d' % 1 }}", "{{ '%*d' % (99999999, 1) }}"),
        *("{{ '%9999999999d' | format(1) }}", "{{ '{:>9999999999}'.format(1) }}"),
        *("{{ '{:>9999999999}'.format_map({}) }}", "{{ 'a' | indent(9999999999) }}"),
        *("{{ 'a'.center(9999999999) }}", "{{ 'a' | center(9999999999) }}"),
        *("{{ 'a'.ljust(9999999999) }}", "{{ '\\t'.expandtabs(9999999999) }}"),
        *("{{ 'a'.zfill(9999999999) }}", "{{ [1] | batch(9999999999, 'x') | list }}"),
        *("{{ [1] | tojson(indent=9999999999) }}", "{{ 5 | round(-9999999999) }}"),
        "{% for i in range(99999) %}" + "x" * 9999 + "{% endfor %}",
        "{% set x = 'x' * 99999 %}{% for i in range(99999) %}{{ x }}{% endfor %}",
        "{% set x %}{% for i in range(99999) %}xxxxxxxxxxxx{% endfor %}{% endset %}",
        "{% set n = namespace() %}{% set m = namespace(n=1) %}{% set n.a = m %}{{ n }}",
        *("{{ '%s' % namespace() }}", "{{ '{}'.format(namespace()) }}"),
        *("{{ namespace(a=1) }}", "{{ [namespace(a=1)] }}", "{{ namespace() ~ '' }}"),
        "x" * (LONGEST + 1),
    ],
)  # fmt: skip
def test_a_template_that_makes_much_of_little_is_ended(bomb: str) -> None:
    with pytest.raises((Refused, jinja2.TemplateError), match=r"large|needs|without end"
                       r"|value|No filter|longer|indents|too far"):  # fmt: skip
        written(bomb)


def test_a_long_conversation_is_no_bomb() -> None:
    text = "x" * (2 * LARGEST)

    assert written("{{ messages[0].content ~ '!' }}", messages=[{"content": text}])


def test_a_model_with_a_hostile_template_is_refused_and_others_go_on(
    models: Models, tmp_path: Path, tiny: Path, ask
) -> None:
    hostile = "{{ 9 ** 9 ** 9 }}" + CHATML
    path = write_model(tmp_path / "a.gguf", template=hostile)

    with pytest.raises(UsageError, match=r"chat template of `a\.gguf`") as caught:
        models.lease(path, Options(context=256, threads=1))

    assert "?template=chatml" in caught.value.remedy
    options = Options(context=512, threads=1, template="chatml")
    assert LocalModel(models.lease(path, options)).complete(ask()).text


def test_a_template_that_turns_hostile_later_is_refused_then(
    models: Models, tmp_path: Path, ask
) -> None:
    later = "{% if messages|length > 5 %}{{ 'a' * 99999999999 }}{% endif %}" + CHATML
    path = write_model(tmp_path / "a.gguf", template=later)
    model = LocalModel(models.lease(path, Options(context=512, threads=1)))
    assert model.complete(ask()).text

    with pytest.raises(UsageError, match="refuses this conversation: it makes"):
        model.complete(ask(messages=ask().messages * 6))

    assert model.complete(ask()).text
