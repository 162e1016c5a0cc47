"""Where input goes: what is followed, what takes the doubt away, and what is not."""

from __future__ import annotations

import ast

import pytest

from plugwright_qa.stages.flows import TooLarge
from plugwright_qa.stages.taint import taints

HEAD = "from plugwright_sdk import command, files, http, models, on, storage\n"


def door(body: str, parameters: str = "a: str", before: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}{before}\n@command\ndef do({parameters}):\n{lines}"


def told(found):
    return [(each.reached.call, each.reached.sink.name, each.origins) for each in found]


FROM_A = ("`a` of `do`",)


@pytest.mark.parametrize(
    ("body", "call", "sink"),
    [
        ("http.get(a)", "http.get", "http"),
        ("http.request('GET', url=a)", "http.request", "http"),
        ("http.post('https://x.example/' + a)", "http.post", "http"),
        ("files.read_text(a)", "files.read_text", "files"),
        ("files.write_text(f'{a}.txt', '')", "files.write_text", "files"),
        ("files.list(folder=a)", "files.list", "files"),
        ("storage.query('SELECT ' + a)", "storage.query", "sql"),
        ("storage.query('SELECT %s' % a)", "storage.query", "sql"),
        ("storage.query('SELECT {}'.format(a))", "storage.query", "sql"),
        ("storage.query(' '.join(['SELECT', a]))", "storage.query", "sql"),
        ("eval(a)", "eval", "code"),
        ("list(map(eval, [a]))", "eval", "code"),
        ("models.ask(a, 'hello')", "models.ask", "models"),
    ],
)
def test_input_that_reaches_a_place_where_it_may_do_harm_is_found(
    flows, body, call, sink
):
    assert told(flows(door(body))) == [(call, sink, FROM_A)]


@pytest.mark.parametrize(
    "body",
    [
        "b = a\nc = [b]\nfor d in c:\n    storage.query(d)",
        "b = ''\nfor c in a:\n    storage.query(b)\n    b += c",
        "if a:\n    b = a\nelse:\n    b = ''\nstorage.query(b)",
        "try:\n    b = a.strip()\nexcept ValueError:\n    b = ''\nstorage.query(b)",
        "b = {}\nb['x'] = a\nstorage.query(b['x'])",
        "b = []\nb.append(a)\nstorage.query(b[0])",
        "with open(a) as b:\n    storage.query(b)",
        "match a:\n    case [b, *c]:\n        storage.query(c)",
        "(b := a)\nstorage.query(b)",
        "storage.query([b for b in a][0])",
        "storage.query(*[a])",
        "storage.query(**{'sql': a})",
        "f = lambda: a\nstorage.query(f())",
        "def inner():\n    storage.query(a)\ninner()",
        "while a:\n    a = a[1:]\nstorage.query(a)",
    ],
)
def test_it_is_followed_through_every_kind_of_statement(flows, body):
    assert told(flows(door(body))) == [("storage.query", "sql", FROM_A)]


@pytest.mark.parametrize(
    "body",
    [
        "storage.query('SELECT key FROM storage WHERE key = ?', a)",
        "http.get('https://x.example/', params={'q': a})",
        "http.post('https://x.example/', json={'q': a})",
        "files.write_text('out.txt', a)",
        "storage.query(f'SELECT {int(a)}')",
        "storage.query({'x': 'SELECT 1'}[a])",
        "storage.query(TABLE.get(a, 'SELECT 1'))",
        "if a not in ('x', 'y'):\n    raise ValueError\nstorage.query(a)",
        "if a in KINDS:\n    storage.query(a)",
        "if not a.isidentifier():\n    return\nstorage.query(a)",
        "if a == 'x' and len(a) < 9:\n    storage.query(a)",
        "if not re.fullmatch('[a-z]+', a):\n    return None\nfiles.read_text(a)",
        "files.read_text(re.sub('[^a-z]', '', a))",
        "http.get('https://x.example/' + quote(a, safe=''))",
        "a = 'x'\nstorage.query(a)",
        "storage.query('SELECT 1' if a == 'y' else 'SELECT 2')",
        "re.compile(a)",
    ],
)
def test_what_can_do_no_harm_is_not_said(flows, body):
    before = "import re\nfrom urllib.parse import quote\nTABLE = {}\nKINDS = {'x'}\n"
    assert told(flows(door(body, before=before))) == []


@pytest.mark.parametrize(
    ("annotation", "count"),
    [
        ("str", 1),
        ("list[str]", 1),
        ("dict[str, int]", 1),
        ("Lesson", 1),
        ("str | None", 1),
        ("int", 0),
        ("list[int]", 0),
        ("int | None", 0),
        ("'date'", 0),
        ("datetime.date", 0),
        ("Literal['a', 'b']", 0),
    ],
)
def test_a_type_that_is_no_free_text_needs_no_care(flows, annotation, count):
    source = door("storage.query(f'{a}')", f"a: {annotation}")
    assert len(flows(source)) == count


def test_it_is_followed_through_functions_methods_and_modules(flows):
    helper = f"{HEAD}\ndef ask(where):\n    return http.get(where)\n"
    before = """
from helper import ask as say
class Books:
    def find(self, title):
        return say(self.address(title))
    def address(self, title):
        return base + title
def rename(text):
    return text.upper()
"""
    found = flows(door("Books().find(rename(a))", before=before), helper=helper)

    assert [each.reached.where for each in found] == ["helper.py:4"]
    assert found[0].origins == FROM_A


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("for c in a:\n    if c:\n        b = c\n        break\nstorage.query(b)", ""),
        (
            "for c in a:\n    storage.query(b)\n    if c:\n"
            "        b = c\n        continue",
            "b = ''\n",
        ),
        ("while True:\n    if a:\n        b = a\n        break\nstorage.query(b)", ""),
        (
            "try:\n    if a:\n        b = a\n        raise ValueError\n"
            "except ValueError:\n    storage.query(b)",
            "",
        ),
        ("for x in give(a):\n    storage.query(x)", "def give(x):\n    yield x\n"),
        ("ask(sql=a)", "def ask(**kw):\n    storage.query(kw['sql'])\n"),
        ("ask(1, a)", "def ask(x, *y, z=1):\n    storage.query(y[0])\n"),
        ("storage.query(','.join([a]))", "def join(words):\n    return 'x'\n"),
        ("def f():\n    return a\nstorage.query(f())", ""),
        ("def f(q=a):\n    storage.query(q)\nf()", ""),
        ("list(map(storage.query, [a]))", ""),
        ("partial(storage.query, a)()", ""),
        ("each(ask, a)", "def ask(x):\n    storage.query(x)\n"),
        ("b = {}\nb.setdefault('x', []).append(a)\nstorage.query(b['x'][0])", ""),
        ("b = io.StringIO()\nb.write(a)\nstorage.query(b.getvalue())", ""),
        ("any((m := c) for c in a)\nstorage.query(m)", ""),
        ("match a:\n    case x if storage.query(x):\n        pass", ""),
    ],
)
def test_it_is_followed_out_of_loops_and_through_all_kinds_of_functions(
    flows, body, before
):
    assert told(flows(door(body, before=before))) == [("storage.query", "sql", FROM_A)]


@pytest.mark.parametrize(
    ("body", "sink"),
    [
        ("url = f'{BASE}{a}'\nhttp.get(url)", "warning"),
        ("http.get(BASE + 'v1/' + a)", "warning"),
        ("http.get(f'{HOST}/v1/{a}')", "warning"),
        ("http.get(HOST + a)", "error"),
        ("BASE = a\nhttp.get(BASE)", "error"),
        ("url = BASE\nurl = a\nhttp.get(url)", "error"),
        ("http.get('https://x.example/'.join([a, a]))", "error"),
    ],
)
def test_an_address_is_fixed_wherever_its_host_is_written_down(flows, body, sink):
    written = "HOST = 'https://x.example'\nBASE: str = f'{HOST}/'\n"
    (found,) = flows(door(body, before=written))
    assert found.reached.sink.severity.value == sink


PAGE = "def page(url):\n    return http.get(url).text\n"
ROWS = "def rows(sql, *values):\n    return storage.query(sql, values)\n"
RETRY = "def retry(f, *given, **named):\n    return f(*given, **named)\n"
KEEPS = """\
class Client:
    def __init__(self):
        self.seen = []
        self.base = "https://x.example"

    def add(self, city):
        self.seen.append(city)

    def ask(self, city):
        self.seen.append(city)
        return http.get(self.base + "/v1", params={"q": city})

    def all(self):
        return storage.query("SELECT " + self.base)

    def find(self, city):
        return "SELECT 1" if city else "SELECT 2"
"""


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("return [len(page) for page in a]", PAGE),
        ("rows = a.split()\nreturn show(rows, a)", ROWS),
        ("return describe(a.page, a)", PAGE),
        ("return retry(http.get, 'https://x.example/', params={'q': a})", RETRY),
        ("return retry(storage.query, 'SELECT ?', a)", RETRY),
        ("return retry(rows, 'SELECT ?', a)", RETRY + ROWS),
        ("return Client().ask(a)", KEEPS),
        ("notes = Client()\nnotes.add(a)\nreturn notes.all()", KEEPS),
        ("notes = Client()\nreturn storage.query(notes.find(a))", KEEPS),
    ],
)
def test_what_only_shares_a_name_or_an_object_is_not_said(flows, body, before):
    found = told(flows(door(body, before=before)))
    assert [each for each in found if each[1] in ("http", "sql")] == []


def test_what_is_matched_is_not_what_was_written_down(flows):
    body = "match a.split():\n    case [BASE]:\n        http.get(BASE)"
    (found,) = flows(door(body, before="BASE = 'https://x.example/'\n"))
    assert found.reached.sink.severity.value == "error"


@pytest.mark.parametrize(
    ("body", "before"),
    [
        (
            "Page()" + ".add('x')" * 40,
            "class Page:\n    def add(self, x):\n        return self\n",
        ),
        (
            "http.get(x3)",
            'x0 = ""\n'
            + "".join(
                f"x{n + 1} = " + " + ".join([f"x{n}"] * 400) + "\n" for n in range(3)
            ),
        ),
    ],
)
def test_long_chains_and_sums_are_read_once(flows, body, before):
    assert told(flows(door(body, before=before))) == []


def test_a_helper_that_is_given_input_once_and_a_constant_once_keeps_them_apart(flows):
    before = "def same(x):\n    return x\n"
    body = "b = same(a)\nstorage.query(same('SELECT 1'))"

    assert told(flows(door(body, before=before))) == []


def test_a_function_that_nobody_outside_calls_has_no_input(flows):
    assert told(flows(f"{HEAD}\ndef f(a):\n    storage.query(a)\n")) == []


def test_what_the_web_or_a_model_answers_is_from_outside_too(flows):
    body = "storage.query(models.ask('r', 'x'))\nhttp.get(http.get('https://x.example/y').text)"

    assert told(flows(door(body, ""))) == [
        ("storage.query", "sql", ("the answer of a model",)),
        ("http.get", "http", ("the answer of the web",)),
    ]


def test_events_and_other_names_for_the_guest_api_are_known(flows):
    source = """
import plugwright_sdk as sdk
from plugwright_sdk import storage as kept
ask = kept.query

@sdk.on("lesson-due")
def heard(data: dict[str, str]) -> None:
    ask(data["sql"])
    sdk.http.get(data["url"])
"""
    assert told(flows(source)) == [
        ("storage.query", "sql", ("`data` of `heard`",)),
        ("http.get", "http", ("`data` of `heard`",)),
    ]


def test_whether_the_host_is_fixed_decides_how_grave_it_is(flows):
    graves = {
        body: flows(door(body))[0].reached.sink.severity.value
        for body in (
            "http.get(f'https://x.example/{a}')",
            "http.get('https://x.example/%s' % a)",
            "http.get(f'https://{a}/')",
            "http.get('https://x.example' + a)",
        )
    }
    assert list(graves.values()) == ["warning", "warning", "error", "error"]


def test_what_takes_too_many_steps_is_given_up():
    body = "".join(f"    x{n} = x{n - 1} + a\n" for n in range(1, 4000))
    many = "".join(
        f"def f{m}(a):\n    x0 = a\n{body}    return f{m + 1}(x3999)\n"
        for m in range(60)
    )
    with pytest.raises(TooLarge):
        list(taints({"plugin.py": ast.parse(many)}))
