"""Example cards: one input, what the plugin would give, and is that right?

Asked where candidates disagree, in words that need no programming. An answer is strong
evidence and no veto: people err, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn, Protocol

from plugwright.judging import Observed
from plugwright.manifest import MISLEADING
from plugwright.sandboxes import JSON
from plugwright_forge.autonomy import Ask, is_asked
from plugwright_forge.board import Board, Told
from plugwright_forge.choice import Card, believe, next_card
from plugwright_forge.choice.splitting import MOST_CARDS, card_of
from plugwright_forge.probing import Probe, output_of
from plugwright_forge.session import Session

YES = ("yes", "y", "ja", "j", "oui", "sí", "si", "right")
NO = ("no", "n", "nein", "non", "wrong")
UNKNOWN = ("", "?", "don't know", "dont know", "i don't know", "weiß nicht", "skip")
REFUSES = ("refuse", "refused", "it is refused", "an error")
REFUSAL = "to refuse this input"
_LONGEST = 600
"""Characters of one input or output on a card."""
_LONGEST_STORY = 800


@dataclass(frozen=True, kw_only=True)
class ExampleCard:
    """What a person is asked."""

    command: str
    input: str
    output: str
    """What the likeliest candidates give."""
    others: int
    """How many different things the other candidates give."""

    @property
    def question(self) -> str:
        """Write the card in one piece, for a terminal or a file of answers."""
        return f"`{self.command}` with {self.input}: is {self.output} right?"


class CardReader(Protocol):
    """Whoever knows what the plugin is for."""

    def card(self, number: int, card: ExampleCard) -> str | None:
        """Say yes, no, don't know, or the right answer; None: nobody is there."""


def hold_cards(
    session: Session,
    reader: CardReader,
    probes: Sequence[Probe],
    know: Callable[[Sequence[Told]], Board],
    *,
    most: int = MOST_CARDS,
    asked: list[str] | None = None,
) -> tuple[Told, ...]:
    """Ask about the inputs that tell most, until nothing splits, at most three times.

    `know` gives the board with what was told so far. Answers of a file count, whoever
    may be asked otherwise; what is known of a card is never asked again. `asked` are
    the inputs that were asked about before, and count among the `most`; those that are
    asked about now are added.
    """
    told: list[Told] = []
    done = [] if asked is None else asked
    while len(done) < most:
        board = know(told)
        belief = believe(board.matrix, board.ledger)
        among = {probe.id for probe in probes if can_be_asked(probe, board)}
        card = next_card(board.matrix, belief, done, among=among)
        if card is None:
            break
        done.append(card.probe)
        answer = _asked(session, reader, len(done), card, probes)
        if answer is not None:
            told.append(answer)
    return tuple(told)


def ask_about(
    session: Session, reader: CardReader, board: Board, asked: list[str], probe: Probe
) -> tuple[Told, ...]:
    """Ask about one input, whatever it tells; it counts among the three."""
    belief = believe(board.matrix, board.ledger)
    card = card_of(board.matrix, belief, probe.id)
    return ask_card(session, reader, asked, card, probe)


def ask_card(
    session: Session, reader: CardReader, asked: list[str], card: Card, probe: Probe
) -> tuple[Told, ...]:
    """Show one card; it counts among the three."""
    asked.append(probe.id)
    if not card.options:
        return ()
    answer = _asked(session, reader, len(asked), card, [probe])
    return () if answer is None else (answer,)


def ask_again(
    session: Session, reader: CardReader, number: int, told: Told, probe: Probe
) -> bool:
    """Ask whether what was said of a card is meant so; True if it is.

    For all else speaks against it, and people err. Silence leaves it as it is.
    """
    shown = ExampleCard(
        command=probe.command,
        input=story_in_words(probe),
        output=_seen(told.output),
        others=1,
    )

    def ask() -> JSON:
        text = None
        if is_asked(session.options.autonomy, Ask.CARD):
            text = reader.card(number, shown)
        words = " ".join((text or "").strip().rstrip(".!").casefold().split())
        if words in UNKNOWN:
            return "meant"
        right = words in YES or (words not in NO and _same(text or "", told))
        return "meant" if right is told.wanted else "withdrawn"

    return session.step(f"card/{number}/again", ask) == "meant"


def _same(text: str, told: Told) -> bool:
    (seen,) = json.loads(told.output)
    words = " ".join(text.strip().rstrip(".!").casefold().split())
    if words in REFUSES:
        return bool(seen["refused"])
    meant = _meant(text.strip(), [told.output])
    return bool(seen["value"] == meant and not seen["refused"])


def _asked(
    session: Session,
    reader: CardReader,
    number: int,
    card: Card,
    probes: Sequence[Probe],
) -> Told | None:
    probe = next(each for each in probes if each.id == card.probe)
    # Nobody wants a failure, however many candidates fail.
    options = sorted(card.options, key=lambda option: _fails(option.output))
    card = replace(card, options=tuple(options))
    shown = in_words(card, probe)

    def ask() -> JSON:
        options = session.options
        text = options.answers.get(
            shown.question, options.answers.get(f"card-{number}")
        )
        if text is None and is_asked(options.autonomy, Ask.CARD):
            text = reader.card(number, shown)
        told = understood(text or "", card)
        return None if told is None else {**asdict(told)}

    value = session.step(f"card/{number}", ask)
    return Told(**value) if isinstance(value, dict) else None  # type: ignore[arg-type]


def in_words(card: Card, probe: Probe) -> ExampleCard:
    """Write a card for a person."""
    return ExampleCard(
        command=probe.command,
        input=story_in_words(probe),
        output=_seen(card.options[0].output),
        others=len(card.options) - 1,
    )


def understood(text: str, card: Card) -> Told | None:
    """Read what a person said of the likeliest output; None: does not know."""
    words = " ".join(text.strip().rstrip(".!").casefold().split())
    if words in UNKNOWN:
        return None
    if words in YES or words in NO:
        wanted = words in YES
        return Told(probe=card.probe, output=card.options[0].output, wanted=wanted)
    given = [option.output for option in card.options]
    if words in REFUSES:
        observed = Observed(refused=True)
    else:
        observed = Observed(value=_meant(text.strip(), given))
    return Told(probe=card.probe, output=like(observed, given))


def like(observed: Observed, given: Iterable[str]) -> str:
    """Write it as programs that give just this do; what they tell is not asked for."""
    for output in given:
        (seen,) = json.loads(output)
        same = (seen["value"], seen["refused"]) == (observed.value, observed.refused)
        if same and not seen["failure"]:
            return output
    return output_of([observed])


def _meant(text: str, given: Iterable[str]) -> Any:
    """Read an answer; where all others are texts, `12` is one, too."""
    seen = [json.loads(output)[0] for output in given]
    values = [
        each["value"] for each in seen if not (each["refused"] or each["failure"])
    ]
    value = _value(text)
    if values and all(isinstance(each, str) for each in values):
        return value if isinstance(value, str) else text
    return value


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text  # a word without quotes


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def story_in_words(probe: Probe) -> str:
    """Say what is given, and what happened before: `n = 2, after `put` with n = 1`."""
    before = [
        f"the event `{call.event}` with {_short(call.data)}"
        if call.event
        else f"`{call.command}` with {_arguments(call.arguments)}"
        for call in probe.story[:-1]
    ]
    said = _arguments(probe.arguments)
    return f"{said}, after {', then '.join(before)}" if before else said


def is_askable(probe: Probe) -> bool:
    """Tell whether it can be read, and no person said before what it gives."""
    return is_readable(probe) and not probe.written


def is_readable(probe: Probe) -> bool:
    """Tell whether a person sees the whole of it at a glance, and what it means."""
    values = [v for call in probe.story for v in (*call.arguments.values(), call.data)]
    whole = all(len(json.dumps(v, ensure_ascii=False)) <= _LONGEST for v in values)
    return whole and not probe.made and len(story_in_words(probe)) <= _LONGEST_STORY


def can_be_asked(probe: Probe, board: Board) -> bool:
    """Tell whether it can be read, and some candidate gives what could be right."""
    at = board.matrix.probes.index(probe.id)
    outputs = [row.outputs[at] for row in board.matrix.rows]
    return is_askable(probe) and any(o and not _fails(o) for o in outputs)


def _arguments(arguments: Mapping[str, JSON]) -> str:
    said = [f"{name} = {_short(value)}" for name, value in arguments.items()]
    return "; ".join(said) or "no input"


def _seen(output: str) -> str:
    (seen,) = json.loads(output)
    if seen["refused"]:
        return REFUSAL
    if seen["failure"]:
        return "a failure"
    told = [event["name"] for event in seen["emitted"]]
    also = f" (and it tells {', '.join(told)})" if told else ""
    return _short(seen["value"]) + also


def _fails(output: str) -> bool:
    (seen,) = json.loads(output)
    return bool(seen["failure"])


def _short(value: JSON) -> str:
    text = MISLEADING.sub("?", json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
