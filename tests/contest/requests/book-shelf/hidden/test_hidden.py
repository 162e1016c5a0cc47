from itertools import permutations

from plugin import shelf_order


def stands(*titles):
    """However they are given, titles without ties come out in one order."""
    backwards = shelf_order(list(reversed(titles)))
    return backwards == shelf_order(list(titles)) == list(titles)


def test_r1_word_by_word():
    assert stands("Ice", "Ice Age", "Ice Cream Days", "Iceberg", "Icebergs")


def test_r1_nothing_and_one():
    assert shelf_order([]) == []
    assert shelf_order([" The  Odd Title! "]) == [" The  Odd Title! "]


def test_r1_a_title_that_is_there_twice():
    assert shelf_order(["B", "A", "B"]) == ["A", "B", "B"]


def test_r2_every_kind_of_accent():
    assert stands("Çab", "cac", "Cåd", "cae", "ČAF", "cag")


def test_r2_accents_written_as_signs_of_their_own():
    assert stands("Cafd", "Cafe\N{COMBINING ACUTE ACCENT}", "Caff")


def test_r2_sharp_s():
    assert stands("Masr", "Maß", "Masse", "Mast")


def test_r3_numbers_of_several_digits():
    assert stands("Part 9", "Part 10", "Part 99", "Part 100", "Part One")


def test_r3_numbers_at_the_start():
    assert stands("3 Men", "20 Ways", "100 Years", "1984", "Zebra")


def test_r3_numbers_within_words():
    assert stands("b2b", "b2c", "b10a", "ba")
    assert stands("2a", "2 b", "10a")


def test_r3_zeros_before_a_number():
    assert stands("Agent 006", "Agent 7", "Agent 0008")


def test_r4_both_apostrophes():
    assert stands("Ill", "I’ll Be", "I'll Do", "Ill Fun")


def test_r4_hyphens_and_underscores_separate():
    assert stands("Re-Do", "re_go", "Re: Home", "Redo")


def test_r4_signs_at_the_ends_do_not_count():
    assert stands("(Apple)", "¿Berry?", "“Cherry”", "*Date*")


def test_r5_each_article():
    assert stands("An Apple", "The Bee", "A Cow", "THE Dog", "a Eel")


def test_r5_words_that_only_begin_like_one():
    assert stands("Anna", "Another", "Axe", "Theodora", "Theory")


def test_r5_an_article_before_signs_only():
    assert stands("Sea", "The ...", "Theme")


def test_r5_an_article_before_a_number():
    assert stands("The 5 Stars", "6 Stars", "A 7th Star")


def test_r5_the_second_article_counts():
    assert stands("Aa", "A An Ant", "The The Band", "Them")


def test_r6_ties_keep_their_order():
    ties = ("The Zoo", "ZOO", "zöo", "Zoo!")
    for order in permutations(ties):
        assert shelf_order(["Zz", *order, "Zo"]) == ["Zo", *order, "Zz"]


def test_r6_no_words_at_all():
    assert shelf_order(["a", "?", "0", "--", ""]) == ["?", "--", "", "0", "a"]


def test_r3_a_long_shelf():
    volumes = [f"The Atlas, vol{'.' * (n % 3)}{n}" for n in range(1, 121)]
    shuffled = [volumes[n * 53 % 120] for n in range(120)]
    assert shelf_order(shuffled) == volumes
