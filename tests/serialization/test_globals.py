"""What is declared safe is remembered, and changes nothing."""

from rushlight import serialization


def test_names_are_kept_and_forgotten():
    assert serialization.get_safe_globals() == []
    with serialization.safe_globals([dict]):
        serialization.add_safe_globals([list, dict])
        assert serialization.get_safe_globals() == [dict, list]
    assert serialization.get_safe_globals() == []
    serialization.add_safe_globals([set])
    serialization.clear_safe_globals()
    assert serialization.get_safe_globals() == []
