from functools import cache

from plugwright_sdk import command

HEIGHTS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
PIECES = ("maj", "min", "m", "dim", "aug", "sus", "add", "11", "13", *"245679")
BLACK = {1: "CD", 3: "DE", 6: "FG", 8: "GA", 10: "AB"}
WHITE = {height: letter for letter, height in HEIGHTS.items()}


@cache
def are_pieces(text: str) -> bool:
    return not text or any(
        text.startswith(piece) and are_pieces(text[len(piece) :]) for piece in PIECES
    )


def note_of(text: str) -> str:
    """Give the note with which a text begins, or nothing."""
    if text[:1] not in HEIGHTS:
        return ""
    return text[:2] if text[1:2] in ("#", "b") else text[0]


def parts_of(chord: str) -> tuple[str, str, str] | None:
    """Give root, pieces and bass note, if it is a chord."""
    upper, slash, bass = chord.partition("/")
    root = note_of(upper)
    pieces = upper[len(root) :]
    if not root or not are_pieces(pieces):
        return None
    if slash and (not bass or note_of(bass) != bass):
        return None
    return root, pieces, bass


def moved(note: str, steps: int, flats: bool) -> str:
    if not note:
        return ""
    height = HEIGHTS[note[0]] + note.count("#") - note.count("b") + steps
    height %= 12
    if height in WHITE:
        return WHITE[height]
    lower, upper = BLACK[height]
    return f"{upper}b" if flats else f"{lower}#"


def split(sheet: str) -> list[str]:
    """Cut a sheet so that every part that begins with [ goes on to the next ]."""
    parts = [""]
    for sign in sheet:
        if sign == "[":
            parts.append("")
        parts[-1] += sign
        if sign == "]":
            parts.append("")
    return parts


def inside(part: str) -> str:
    return part[1:-1] if part.startswith("[") and part.endswith("]") else ""


@command(name="transpose")
def transpose(sheet: str, steps: int, flats: bool) -> str:
    """Move the chords of a song."""
    written = ""
    for part in split(sheet):
        parts = parts_of(inside(part))
        if parts is None:
            written += part
            continue
        root, pieces, bass = parts
        below = "/" + moved(bass, steps, flats) if bass else ""
        written += f"[{moved(root, steps, flats)}{pieces}{below}]"
    return written


@command(name="chords-used")
def chords_used(sheet: str) -> list[str]:
    """List the chords that a song needs."""
    used: list[str] = []
    for part in split(sheet):
        chord = inside(part)
        if parts_of(chord) and chord not in used:
            used.append(chord)
    return used
