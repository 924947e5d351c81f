"""The line search: cubic steps, intervals, budgets."""

import rushlight as torch
from rushlight.optim._common.line_search import Point, cubic_minimum, strong_wolfe


def search_along(function, slope, step, budget=25):
    """Search on a function of one number."""

    def evaluate(t):
        t = torch.as_tensor(float(t), dtype=torch.float64)
        return Point(t, float(function(t)), None, slope(t))

    start = evaluate(0.0)
    return strong_wolfe(evaluate, start, step, torch.tensor(1.0), budget)


def test_a_parabola_is_solved_by_one_cubic_step():
    a = Point(0.0, 1.0, None, torch.tensor(-2.0))
    b = Point(3.0, 4.0, None, torch.tensor(4.0))
    assert abs(float(cubic_minimum(a, b)) - 1.0) < 1e-6
    assert abs(float(cubic_minimum(b, a)) - 1.0) < 1e-6
    assert float(cubic_minimum(a, b, bounds=(2.0, 3.0))) == 2.0


def test_without_a_minimum_the_middle_is_tried():
    a = Point(0.0, 0.0, None, torch.tensor(1.0))
    b = Point(2.0, 4 / 3, None, torch.tensor(1.0))
    assert float(cubic_minimum(a, b, bounds=(4.0, 8.0))) == 6.0


def test_too_short_and_too_long_first_steps_end_near_the_minimum():
    for first in (1e-3, 1.0, 50.0):
        point, tried = search_along(
            lambda t: (t - 2) ** 2, lambda t: 2 * (t - 2), first
        )
        assert abs(float(point.slope)) <= 0.9 * 4
        assert point.loss < 4.0
        assert 1 <= tried <= 26


def test_the_budget_holds():
    point, tried = search_along(
        lambda t: -t, lambda t: torch.tensor(-1.0, dtype=torch.float64), 1.0, 3
    )
    assert tried == 4
    assert point.loss < 0
