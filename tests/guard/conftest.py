"""Bugs that only show after hundreds of steps: their programs run in the slow tests."""

import pytest

#: Names of programs that run for seconds.
LONG = (
    "growth_is_told",
    "a_learning_rate_that_explodes",
    "a_learning_rate_that_is_too_large",
    "numbers_seeded_by_the_item",
    "columns_of_different_sizes",
)


def pytest_collection_modifyitems(items):
    for item in items:
        case = getattr(item, "callspec", None)
        if case is not None and case.id.endswith(LONG):
            item.add_marker(pytest.mark.slow)
