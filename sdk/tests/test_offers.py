"""What a plugin offers beside commands: tools, validators and a memory."""

import pytest

from plugwright_sdk import Fact, Finding, InputError, Subject
from plugwright_sdk.guest import dispatch
from plugwright_sdk.registry import Registry
from plugwright_sdk.testing import findings, forget, recall, remember

LIBRARY = '''
    from plugwright_sdk import Fact, Finding, Subject, memory, tool, validator

    @tool
    def lend(book: str, weeks: int = 2) -> dict[str, int]:
        """Lend a book."""
        return {book: weeks}

    @tool(name="look-up", needs_approval=False)
    def look_up(book: str) -> bool:
        return book == "Emil"

    @validator("text", "title")
    def no_shouting(subject: Subject) -> list[Finding]:
        return [Finding("it shouts")] if subject.data.isupper() else []

    @validator("text")
    def not_empty(subject):
        if not subject.data:
            yield Finding("it says nothing", severity="error", where=subject.name)

    @memory
    class Shelf:
        kept = {}

        def __init__(self, owner):
            self.facts = self.kept.setdefault(owner, {})

        def remember(self, text, *, about, expires):
            self.facts[str(len(self.facts))] = text
            return str(len(self.facts) - 1)

        def recall(self, query, *, about, limit):
            return [Fact(id, text) for id, text in self.facts.items() if query in text]

        def forget(self, id):
            return self.facts.pop(id, None) is not None
'''


@pytest.fixture
def library(plugin):
    return plugin(LIBRARY)


def test_what_is_offered_is_described(library):
    described = dispatch("describe", None)

    assert described["tools"]["lend"]["parameters"] == ["book", "weeks"]
    assert described["tools"]["lend"]["needs_approval"] is True
    assert described["tools"]["look-up"]["needs_approval"] is False
    assert described["validates"] == ["text", "title"]
    assert described["memory"] is True
    assert described["commands"] == {}


def test_a_tool_is_called_by_name_and_takes_what_its_annotations_say(library):
    def call(name, **arguments):
        return dispatch("tool", {"name": name, "arguments": arguments})

    assert call("lend", book="Emil") == {"Emil": 2}
    assert call("look-up", book="Emil") is True
    with pytest.raises(InputError, match="`weeks` must be a whole number"):
        call("lend", book="Emil", weeks="many")
    with pytest.raises(InputError, match="no tool `lent`; did you mean `lend`"):
        call("lent", book="Emil")


def test_every_validator_sees_the_kinds_that_it_asked_for(library):
    assert [each["what"] for each in findings("text", "LOUD")] == ["it shouts"]
    assert findings("title", "LOUD") == findings("text", "LOUD")
    assert findings("picture", "LOUD") == []
    assert findings("text", "", name="essay.txt") == [
        {
            "what": "it says nothing",
            "severity": "error",
            "where": "essay.txt",
            "remedy": "",
        }
    ]


def test_a_memory_is_made_for_each_owner(library):
    fact = remember("ada", "cats sleep", about="cats")
    remember("ada", "dogs bark")

    assert [each["text"] for each in recall("ada", "sleep")] == ["cats sleep"]
    assert recall("ben") == []
    assert forget("ada", fact) is True
    assert forget("ada", fact) is False


def test_a_memory_is_asked_for_nothing_else(library):
    asked = {"owner": "ada", "method": "burn", "arguments": {}}
    with pytest.raises(ValueError, match="a memory has no `burn`"):
        dispatch("memory", asked)


def test_a_plugin_without_a_memory_says_so():
    with pytest.raises(InputError, match="this plugin has no memory"):
        Registry().remembering("ada")


def nothing(self):
    """Do nothing."""


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        (lambda r: r.tool(name="Lend")(nothing), "`Lend` cannot name a tool"),
        (lambda r: [r.tool(nothing), r.tool(nothing)], "two tools named `nothing`"),
        (lambda r: r.validator(), "needs kinds of subjects"),
        (lambda r: r.validator(nothing), "needs kinds of subjects"),
        (lambda r: r.memory(object), "memory `object` has no method `remember`"),
        (lambda r: [r.memory(whole()), r.memory(whole())], "there are two memories"),
    ],
)
def test_what_cannot_be_offered_is_refused_at_once(offer, said):
    with pytest.raises((TypeError, ValueError), match=said):
        offer(Registry())


def whole():
    methods = dict.fromkeys(("remember", "recall", "forget"), nothing)
    return type("Whole", (), methods)


def test_what_a_validator_says_has_to_be_findings():
    registry = Registry()
    registry.validator("text")(lambda subject: ["bad"])
    with pytest.raises(TypeError, match="gave str, not a Finding"):
        registry.validate({"kind": "text", "name": "it", "data": ""})


def test_subjects_findings_and_facts_are_plain_values():
    assert Subject("text", "it", "a") == Subject("text", "it", "a")
    assert Finding("x").severity == "warning"
    assert Fact("1", "x").expires is None
