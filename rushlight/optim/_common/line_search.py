"""A line search for the strong Wolfe conditions, by cubic interpolation.

A step t along a direction is good when the loss has fallen enough (``f(t) <= f(0) +
c1 t f'(0)``) and the slope has flattened enough (``|f'(t)| <= c2 |f'(0)|``).  First an
interval that must hold such a step is found by going further and further, then it is
narrowed (Nocedal and Wright, Numerical Optimization, 2006, algorithms 3.5 and 3.6; the
safeguards are those of Schmidt's minFunc, which PyTorch has too).
"""

from typing import Any, NamedTuple

_FALL = 1e-4  # c1
_FLATTENING = 0.9  # c2
_WIDTH = 1e-9  # of an interval, times the direction's largest element


class Point(NamedTuple):
    """A step along the direction, with the loss, gradient and slope there."""

    step: Any
    loss: Any
    gradient: Any
    slope: Any


def strong_wolfe(evaluate, start, step, reach, budget):
    """Search a step that satisfies the strong Wolfe conditions.

    Args:
        evaluate: step -> Point.
        start: the Point at step 0.
        step: the first to try.
        reach: the direction's largest absolute element.
        budget: int, how many steps may be tried beside the first.

    Returns:
        Point, int: the best one found, and how many were tried.
    """
    search = _Search(evaluate, start, reach, budget)
    ends = search.bracket(step)
    return search.zoom(ends) if len(ends) == 2 else ends[0], search.tried


class _Search:
    def __init__(self, evaluate, start, reach, budget):
        self.evaluate, self.start, self.reach = evaluate, start, reach
        self.left, self.tried = budget, 0

    def look(self, step):
        """The Point at a step."""
        self.tried += 1
        return self.evaluate(step)

    def falls_too_little(self, point):
        """Whether the loss is above the line of sufficient decrease."""
        start = self.start
        return point.loss > start.loss + _FALL * point.step * start.slope

    def is_flat(self, point):
        """Whether the slope is small enough."""
        return abs(point.slope) <= -_FLATTENING * self.start.slope

    def bracket(self, step):
        """A list of one good Point, or of two that enclose one."""
        last, point, rounds = self.start, self.look(step), 0
        while self.left > 0:
            rises = rounds > 1 and point.loss >= last.loss
            if self.falls_too_little(point) or rises:
                return [last, point]
            if self.is_flat(point):
                return [point]
            if point.slope >= 0:
                return [last, point]
            bounds = (point.step + 0.01 * (point.step - last.step), point.step * 10)
            further = cubic_minimum(last, point, bounds)
            last, point = point, self.look(further)
            self.left -= 1
            rounds += 1
        return [self.start, point]

    def zoom(self, ends):
        """Narrow the interval between two Points; the lower one at last."""
        stuck = False
        low, high = (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)
        while self.left > 0:
            first, second = ends
            if abs(second.step - first.step) * self.reach < _WIDTH:
                break
            step = cubic_minimum(first, second)
            step, stuck = _away_from_ends(step, first.step, second.step, stuck)
            point = self.look(step)
            self.left -= 1
            if self.falls_too_little(point) or point.loss >= ends[low].loss:
                ends[high] = point
                low, high = (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)
                continue
            done = self.is_flat(point)
            if not done and point.slope * (ends[high].step - ends[low].step) >= 0:
                ends[high] = ends[low]
            ends[low] = point
            if done:
                break
        return ends[low]


def _away_from_ends(step, first, second, stuck):
    """A trial step, moved inwards where it keeps to an end; and whether it did so."""
    low, high = min(first, second), max(first, second)
    margin = 0.1 * (high - low)
    if min(high - step, step - low) >= margin:
        return step, False
    if not (stuck or step >= high or step <= low):
        return step, True
    near_high = abs(step - high) < abs(step - low)
    return (high - margin if near_high else low + margin), False


def cubic_minimum(a, b, bounds=None):
    """Where the cubic through two Points' losses and slopes is least.

    Args:
        a, b: Points.
        bounds: (least, largest) result; left out, the points' own steps.

    Returns:
        The step; the middle of the bounds where the cubic has no minimum.
    """
    left, right = (a, b) if a.step <= b.step else (b, a)
    least, largest = (left.step, right.step) if bounds is None else bounds
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step)
    square = d1**2 - a.slope * b.slope
    if not square >= 0:
        return (least + largest) / 2.0
    d2 = square.sqrt()
    part = (right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2)
    step = right.step - (right.step - left.step) * part
    return min(max(step, least), largest)
