from plugin import note


def test_notes_are_counted():
    assert [note("first"), note("second")] == [1, 2]
