import pytest
from plugin import shelf_order


def test_r1_by_words_and_the_shorter_first():
    titles = ["Cats and Dogs", "Cat Zoo", "Cats", "Bats"]
    assert shelf_order(titles) == ["Bats", "Cat Zoo", "Cats", "Cats and Dogs"]


def test_r1_no_titles():
    assert shelf_order([]) == []


def test_r2_capitals_do_not_matter():
    assert shelf_order(["bee", "Cow", "ant"]) == ["ant", "bee", "Cow"]


def test_r2_accents_do_not_matter():
    assert shelf_order(["Emma", "Émile", "Emil"]) == ["Emil", "Émile", "Emma"]
    assert shelf_order(["Pz", "Öl", "Ok", "Om"]) == ["Ok", "Öl", "Om", "Pz"]


def test_r2_sharp_s_is_two():
    assert shelf_order(["Strasz", "Straße", "Strasa"]) == ["Strasa", "Straße", "Strasz"]


def test_r3_numbers_by_size():
    titles = ["Volume 10", "Volume 2", "Volume 1"]
    assert shelf_order(titles) == ["Volume 1", "Volume 2", "Volume 10"]


def test_r3_numbers_before_letters():
    assert shelf_order(["Animal Farm", "1984"]) == ["1984", "Animal Farm"]


def test_r3_numbers_inside_of_words():
    assert shelf_order(["vol10", "vol2", "vol 3"]) == ["vol2", "vol 3", "vol10"]


def test_r4_apostrophes_are_left_out_and_other_signs_separate():
    titles = ["Donut", "Don't Go", "Dont Be", "Don-Zed"]
    assert shelf_order(titles) == ["Don-Zed", "Dont Be", "Don't Go", "Donut"]


@pytest.mark.parametrize("article", ["The", "A", "an"])
def test_r5_articles_are_passed_over(article):
    titles = ["Ivanhoe", f"{article} Hobbit", "Heidi"]
    assert shelf_order(titles) == ["Heidi", f"{article} Hobbit", "Ivanhoe"]


def test_r5_an_article_alone_is_a_word():
    assert shelf_order(["Zoo", "The", "Sun"]) == ["Sun", "The", "Zoo"]


def test_r5_only_one_article_is_passed_over():
    assert shelf_order(["The Zoo", "The A Team", "Bee"]) == [
        "The A Team",
        "Bee",
        "The Zoo",
    ]


def test_r6_equal_titles_stay_in_order():
    assert shelf_order(["Émile", "emile", "The Emile", "007", "7"]) == [
        "007",
        "7",
        "Émile",
        "emile",
        "The Emile",
    ]


def test_r6_titles_without_words_stand_first():
    assert shelf_order(["1", "...", "A", ""]) == ["...", "", "1", "A"]
