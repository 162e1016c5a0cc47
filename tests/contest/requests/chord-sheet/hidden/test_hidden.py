import pytest
from plugin import chords_used, transpose

ALL_SHARP = "[C][C#][D][D#][E][F][F#][G][G#][A][A#][B]"
ALL_FLAT = "[C][Db][D][Eb][E][F][Gb][G][Ab][A][Bb][B]"


def test_r1_all_notes_one_up():
    up = "[C#][D][D#][E][F][F#][G][G#][A][A#][B][C]"
    assert transpose(ALL_SHARP, 1, False) == up
    assert transpose(ALL_FLAT, 1, False) == up


def test_r1_all_notes_one_down():
    down = "[B][C][Db][D][Eb][E][F][Gb][G][Ab][A][Bb]"
    assert transpose(ALL_FLAT, -1, True) == down
    assert transpose(ALL_SHARP, -1, True) == down


def test_r1_many_steps():
    assert transpose("[E7]", 100, False) == "[G#7]"
    assert transpose("[E7]", -100, True) == "[C7]"
    assert transpose("[E7]", 24, True) == "[E7]"


def test_r1_text_between_chords():
    sheet = "Verse 1:\r\n  [F]Bb, A! [C]{G} (D)\n\n"
    assert transpose(sheet, 5, True) == "Verse 1:\r\n  [Bb]Bb, A! [F]{G} (D)\n\n"


def test_r1_an_empty_song():
    assert transpose("", 3, True) == ""
    assert transpose("no chords", 3, True) == "no chords"


@pytest.mark.parametrize(
    "pieces",
    ["maj", "min", "m", "dim", "aug", "sus", "add", *"245679", "11", "13"],
)
def test_r2_each_piece(pieces):
    assert transpose(f"[F{pieces}]", 2, False) == f"[G{pieces}]"
    assert transpose(f"[Bb{pieces}/F]", 2, False) == f"[C{pieces}/G]"


def test_r2_several_pieces():
    sheet = "[Cmmaj7] [Gm7add11] [E7sus4] [Fmin69] [A1113]"
    assert (
        transpose(sheet, 3, True) == "[Ebmmaj7] [Bbm7add11] [G7sus4] [Abmin69] [C1113]"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[Cm7b5]",
        "[Cmajor]",
        "[c]",
        "[Csharp]",
        "[C/]",
        "[C/g]",
        "[C/Gm]",
        "[C/G/D]",
        "[/C]",
        "[C#b]",
        "[Cbb]",
        "[C##]",
        "[C8]",
        "[C1]",
        "[Add]",
        "[Dim]",
        "[Ending]",
        "[C D]",
        "[C\n]",
        "(C)",
        "[m7]",
        "[H]",
    ],
)
def test_r3_no_chords(text):
    assert transpose(f"[C]{text}[C]", 1, False) == f"[C#]{text}[C#]"
    assert chords_used(text) == []


def test_r3_brackets_that_are_not_closed_or_not_opened():
    assert transpose("[C [D] E] [F", 2, False) == "[C [E] E] [F"
    assert chords_used("[C [D] E] [F") == ["D"]


def test_r3_brackets_in_brackets():
    assert transpose("[[A]] [x[B]y] [C]]", 2, False) == "[[B]] [x[C#]y] [D]]"


def test_r4_unusual_names():
    assert transpose("[Cb][B#][E#][Fb]", 0, False) == "[B][C][F][E]"
    assert transpose("[Cb][B#][E#][Fb]", 1, True) == "[C][Db][Gb][F]"
    assert transpose("[Cbm/Fb]", -1, True) == "[Bbm/Eb]"


def test_r4_all_names_anew():
    assert transpose(ALL_FLAT, 0, False) == ALL_SHARP
    assert transpose(ALL_SHARP, 0, True) == ALL_FLAT
    assert transpose(ALL_SHARP, -12, False) == ALL_SHARP


def test_r5_bass_notes():
    assert transpose("[C/E] [Am/G#] [Bb/Ab]", 1, False) == "[C#/F] [A#m/A] [B/A]"
    assert transpose("[Gmaj7/B]", -7, True) == "[Cmaj7/E]"


def test_r5_bass_notes_over_the_octave():
    assert transpose("[A/G]", 5, False) == "[D/C]"
    assert transpose("[C/D]", -3, False) == "[A/B]"


def test_r6_as_they_are_written():
    sheet = "[Bb]x[A#]y[Bb]z [Bridge] [F/A]\n[F] [Bb] [Cb]"
    assert chords_used(sheet) == ["Bb", "A#", "F/A", "F", "Cb"]


def test_r6_the_order_of_first_appearance():
    assert chords_used("[G][Em][C][D][Em][G][Am]") == ["G", "Em", "C", "D", "Am"]
    assert chords_used("") == []


def test_r1_every_chord_by_every_step():
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    for place, name in enumerate(names):
        song = "".join(f"[{name}{kind}/{name}]o" for kind in ("", "m", "7"))
        for steps in range(-13, 14):
            ahead = names[(place + steps) % 12]
            moved = "".join(f"[{ahead}{kind}/{ahead}]o" for kind in ("", "m", "7"))
            assert transpose(song, steps, False) == moved
