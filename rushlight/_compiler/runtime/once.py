"""Values that are made once, though several threads may ask for them first."""

import functools
import threading


def once(function):
    """Cache a function's results; threads that ask at the same time get the same.

    `functools.cache` may run it twice and forget one of the results, which is fatal
    where the result owns machine code that somebody has the address of.
    """
    cached, lock = functools.cache(function), threading.RLock()

    @functools.wraps(function)
    def wrapper(*args):
        with lock:
            return cached(*args)

    return wrapper
