import pytest
from plugin import chords_used, transpose


def test_r1_up_and_down():
    assert transpose("[Am]Hello [G]there", 2, False) == "[Bm]Hello [A]there"
    assert transpose("[Bm]Hello [A]there", -2, False) == "[Am]Hello [G]there"


def test_r1_around_the_octave():
    assert transpose("[A] [C]", 3, False) == "[C] [D#]"
    assert transpose("[C]", -1, False) == "[B]"
    assert transpose("[C] [F#m]", 12, False) == "[C] [F#m]"


def test_r1_the_text_stays():
    sheet = "A Day\n\n  in C (and D)\t[F]la\n"
    assert transpose(sheet, 2, False) == "A Day\n\n  in C (and D)\t[G]la\n"


@pytest.mark.parametrize(
    ("chord", "moved"),
    [
        ("Cmaj7", "Dmaj7"),
        ("Csus4", "Dsus4"),
        ("Cm7add11", "Dm7add11"),
        ("Cdim", "Ddim"),
        ("C7sus2", "D7sus2"),
    ],
)
def test_r2_pieces_of_chords(chord, moved):
    assert transpose(f"[{chord}]", 2, False) == f"[{moved}]"


@pytest.mark.parametrize(
    "text", ["[Chorus]", "[Bridge]", "[am]", "[ C ]", "[]", "[C", "[H]", "[C/]", "[A3]"]
)
def test_r3_what_is_no_chord_stays(text):
    assert transpose(f"{text} [C]", 2, False) == f"{text} [D]"


def test_r3_the_inner_brackets_count():
    assert transpose("[[C]]", 2, False) == "[[D]]"


def test_r4_sharps_and_flats():
    assert transpose("[A] [D]", 1, False) == "[A#] [D#]"
    assert transpose("[A] [D]", 1, True) == "[Bb] [Eb]"


def test_r4_names_change_without_a_step_too():
    assert transpose("[Bb] [Cb] [E#]", 0, False) == "[A#] [B] [F]"
    assert transpose("[A#m] [C]", 0, True) == "[Bbm] [C]"


def test_r5_the_bass_note_moves():
    assert transpose("[D/F#] [Am7/G]", 2, False) == "[E/G#] [Bm7/A]"


def test_r6_the_chords_of_a_song():
    sheet = "[Am]He[G]llo [Chorus] [D/F#]the[Am]re [A#]"
    assert chords_used(sheet) == ["Am", "G", "D/F#", "A#"]


def test_r6_a_song_without_chords():
    assert chords_used("Hello [there]") == []
