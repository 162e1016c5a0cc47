import re

from plugwright_sdk import command

SHARPS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
FLATS = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]
SHIFTS = {"": 0, "#": 1, "b": -1}
NOTE = "([A-G])([#b]?)"
PIECES = "(?:maj|min|m|dim|aug|sus|add|2|4|5|6|7|9|11|13)*"
CHORD = re.compile(rf"\[{NOTE}({PIECES})(?:/{NOTE})?\]")


@command(name="transpose")
def transpose(sheet: str, steps: int, flats: bool) -> str:
    """Move the chords of a song."""
    names = FLATS if flats else SHARPS

    def moved(letter: str, sign: str) -> str:
        return names[(SHARPS.index(letter) + SHIFTS[sign] + steps) % len(names)]

    def chord(found: re.Match[str]) -> str:
        letter, sign, pieces, bass, bass_sign = found.groups()
        below = f"/{moved(bass, bass_sign)}" if bass else ""
        return f"[{moved(letter, sign)}{pieces}{below}]"

    return CHORD.sub(chord, sheet)


@command(name="chords-used")
def chords_used(sheet: str) -> list[str]:
    """List the chords that a song needs."""
    chords = (found[0][1:-1] for found in CHORD.finditer(sheet))
    return list(dict.fromkeys(chords))
