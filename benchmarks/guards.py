"""What guards cost: the jobs of jobs.py with guards on against off.

    python benchmarks/guards.py [JOB ...] [--pairs N] [--threads N] [--limit PERCENT]
                                [--places]

Each job runs in one process, in short blocks of steps with guards on ("warn", as they
are by default) and off, in turns; each pair of neighbours gives a ratio, so that a drift
of the machine's speed cancels.  Prints for each job

    step      a step with guards off, in milliseconds: the median of the blocks
    cost      the median of the pairs' ratios, less 1, in per cent
    95 %      where the true median lies with that certainty, by the sign test
    inside    microseconds that a step that is looked at spends in guards' own functions,
              by the median of each one's calls: a figure that a busy machine hardly
              moves, but without what guards change outside them
    start     the same cost over a model's first 40 steps, where guards look closest

and ends with status 1 where a cost is above the limit with that certainty.
"""

import argparse
import math
import statistics
import sys
import time

from jobs import STEPS, make_step

import rushlight as t
import rushlight.nn.functional
import rushlight.utils.data
from rushlight._core.guarding import GUARDS

WARM, FIRST, BLOCK_S = 64, 40, 0.05


def seconds(step, count):
    """How long some steps take."""
    start = time.perf_counter()
    for _ in range(count):
        step()
    return time.perf_counter() - start


def in_turns(first, second, pairs):
    """Ratios and times of pairs of calls, whose order changes from pair to pair."""
    ratios, times = [], []
    for number in range(pairs):
        if number % 2:
            b = second()
            a = first()
        else:
            a = first()
            b = second()
        ratios.append(a / b)
        times.append(b)
    return ratios, times


def interval(values):
    """Two of the sorted values, between which their true median lies in 95 of 100 cases.

    >>> interval(range(100))
    (40, 59)
    """
    values, n = sorted(values), len(values)
    reach = 0.98 * math.sqrt(n)
    low = max(0, math.floor(n / 2 - reach))
    return values[low], values[n - 1 - low]


def guarded(level, work):
    """A call of work with guards at a level, which are switched outside its time."""

    def call():
        t.guard(level)
        return work()

    return call


def steady(job, pairs):
    """Cost, interval and seconds of a step, once a job has run for a while."""
    step, _ = make_step(t, job, "eager")
    t.guard("warn")
    seconds(step, WARM)
    count = max(1, round(BLOCK_S * 8 / seconds(step, 8)))

    def block():
        step()  # what the switch left cold
        return seconds(step, count)

    ratios, times = in_turns(guarded("warn", block), guarded("off", block), pairs)
    return ratios, statistics.median(times) / count


def starts(job, pairs):
    """Ratios over the first steps of fresh models."""

    def work():
        step, _ = make_step(t, job, "eager")
        return seconds(step, FIRST)

    work()
    return in_turns(guarded("warn", work), guarded("off", work), pairs)[0]


class Timed:
    """A watcher whose methods are timed, call by call."""

    def __init__(self, watcher):
        self._watcher, self.calls = watcher, {}

    def __getattr__(self, name):
        method, clock = getattr(self._watcher, name), time.perf_counter_ns
        times = self.calls[name] = []

        def timed(*args):
            start = clock()
            result = method(*args)
            times.append(clock() - start)
            return result

        setattr(self, name, timed)
        return timed


def inside(job, steps=200):
    """{guarded place: microseconds a step}, by the median of its calls."""
    step, _ = make_step(t, job, "eager")
    t.guard("warn")
    seconds(step, WARM)
    watcher = GUARDS.see
    timed = GUARDS.see = Timed(watcher)
    seconds(step, steps)
    GUARDS.see = watcher
    return {
        place: statistics.median(times) * len(times) / steps / 1e3
        for place, times in timed.calls.items()
    }


def percent(ratio):
    """A ratio as what it is above 1, in per cent."""
    return f"{100 * (ratio - 1):+.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("jobs", nargs="*", choices=[*STEPS, []], metavar="JOB")
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--limit", type=float, default=3.0)
    parser.add_argument("--places", action="store_true", help="inside, by place")
    args = parser.parse_args()
    if args.threads:
        t.set_num_threads(args.threads)
    print("| job | step, ms | cost, % | 95 % | inside, us | start, % | 95 % |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    failed = False
    for job in args.jobs or STEPS:
        ratios, step = steady(job, args.pairs)
        low, high = interval(ratios)
        early = starts(job, max(10, args.pairs // 5))
        places = inside(job)
        cells = [
            job,
            f"{1e3 * step:.2f}",
            percent(statistics.median(ratios)),
            f"{percent(low)} to {percent(high)}",
            f"{sum(places.values()):.1f}",
            percent(statistics.median(early)),
            " to ".join(map(percent, interval(early))),
        ]
        print(f"| {' | '.join(cells)} |", flush=True)
        if args.places:
            print({place: round(us, 1) for place, us in places.items()}, flush=True)
        failed |= low > 1 + args.limit / 100
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
