"""The import list holds what it promises, also what Python imports only when used."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright_sandbox.guest.standard_library import PUBLIC

README = Path(__file__).parents[2] / "README.md"

WORKS = {
    "argparse": "argparse.ArgumentParser('p').format_help()[:8]",
    "ast": "ast.unparse(ast.parse('a=1'))",
    "array": "array.array('i', [1]).tolist()",
    "base64": "base64.b85encode(b'abc').decode()",
    "calendar": "calendar.month(2026, 1)[:10]",
    "codecs": "codecs.encode('é', 'utf-16-le').hex()",
    "collections": "str(collections.Counter('aab'))",
    "configparser": "configparser.ConfigParser().read_string('[a]\\nb=1')",
    "contextvars": "contextvars.ContextVar('a', default=1).get()",
    "copy": "copy.deepcopy([[1]])",
    "csv": "csv.Sniffer().sniff('a;b\\nc;d\\n').delimiter",
    "dataclasses": "str(dataclasses.make_dataclass('D', ['a'])(1))",
    "datetime": "str(datetime.datetime.strptime('2026-01-05', '%Y-%m-%d'))",
    "decimal": "str(decimal.Decimal(1) / 3)",
    "difflib": "''.join(difflib.unified_diff(['a'], ['b']))",
    "email": "email.message_from_string('Subject: a\\n\\nb')['subject']",
    "fractions": "f'{fractions.Fraction(1, 3):.3f}'",
    "functools": "functools.reduce(lambda a, b: a + b, [1, 2])",
    "graphlib": "list(graphlib.TopologicalSorter({1: {2}}).static_order())",
    "gzip": "gzip.decompress(gzip.compress(b'abc', mtime=0)).decode()",
    "hashlib": "[hashlib.new(n).hexdigest()[:4] for n in ('md5', 'sha3_256')]",
    "hmac": "hmac.new(b'k', b'm', 'sha256').hexdigest()[:4]",
    "html": "html.unescape('&amp;')",
    "inspect": "str(inspect.signature(lambda a, *, b=1: a))",
    "ipaddress": "str(ipaddress.ip_network('10.0.0.0/30')[1])",
    "json": "json.dumps({'a': [1]}, indent=1)",
    "locale": "locale.format_string('%d', 1)",
    "logging": "logging.getLogger('a').isEnabledFor(10)",
    "math": "math.factorial(5000) // math.factorial(4999)",
    "mimetypes": "mimetypes.guess_type('a.html')[0]",
    "operator": "operator.itemgetter(0)([1])",
    "pathlib": "str(pathlib.PurePosixPath('/a') / 'b')",
    "pickle": "pickle.loads(pickle.dumps({'a': 1}))",
    "pprint": "pprint.pformat({'a': 1})",
    "queue": "queue.Queue().qsize()",
    "random": "len(random.sample(range(100), 5))",
    "re": "re.sub('(?i)A', 'b', 'aA')",
    "shlex": "shlex.split('a \"b c\"')",
    "statistics": "statistics.quantiles([1, 2, 3])",
    "string": "string.Template('$a').substitute(a=1)",
    "struct": "struct.pack('<I', 1).hex()",
    "textwrap": "textwrap.fill('a b c', 3)",
    "tokenize": "len(list(tokenize.tokenize(io.BytesIO(b'a').readline)))",
    "tomllib": "tomllib.loads('a = 2026-01-05T00:00:00Z')['a'].isoformat()",
    "traceback": "traceback.format_exception(ValueError('x'))[-1]",
    "typing": "str(typing.get_type_hints(lambda: 1))",
    "unicodedata": "unicodedata.normalize('NFC', 'e\\u0301')",
    "urllib.parse": "urllib.parse.quote('é')",
    "uuid": "str(uuid.uuid5(uuid.NAMESPACE_DNS, 'a'))[:4]",
    "warnings": "warnings.warn('careful')",
    "xml.dom.minidom": "xml.dom.minidom.parseString('<a/>').toxml()",
    "xml.etree.ElementTree": "xml.etree.ElementTree.fromstring('<a>1</a>').text",
    "zipfile": "zipfile.ZipFile(io.BytesIO(), 'w').namelist()",
    "zlib": "zlib.crc32(b'a')",
}


@pytest.mark.parametrize("name", WORKS)
def test_what_can_be_imported_works(name: str, run: Any) -> None:
    outcome = run(f"import io, {name}\ndef main(_): return {WORKS[name]}")

    assert outcome.failure is None
    assert outcome.denied == ()


def test_numbers_of_many_digits_can_be_divided_and_shown(run: Any) -> None:
    """CPython does both in Python, in a module that it imports at that moment."""
    outcome = run(
        """
        import sys

        def main(_):
            sys.set_int_max_str_digits(0)
            return [len(str(10 ** 20_000)), divmod(10 ** 20_000, 10 ** 19_999)[0]]
        """
    )

    assert outcome.value == [20_001, 10]


def test_every_public_module_can_be_imported(run: Any) -> None:
    lines = "\n".join(f"import {name}" for name in PUBLIC if name != "__future__")

    assert run(f"{lines}\ndef main(_): return 1").value == 1


def test_nothing_is_listed_twice() -> None:
    assert len(set(PUBLIC)) == len(PUBLIC)


def test_the_readme_lists_what_can_be_imported() -> None:
    block = README.read_text("utf-8").split("<!-- modules -->")[1]

    assert re.findall(r"`([\w.]+)`", block) == PUBLIC


def test_the_readme_tells_the_quotas_as_they_are() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([\d ]+)", README.read_text("utf-8"), re.MULTILINE
    )

    told = {name: float(value.replace(" ", "")) for name, value in rows}
    assert told == {field.name: float(field.default) for field in fields(Quota)}
