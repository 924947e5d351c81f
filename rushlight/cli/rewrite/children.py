"""The processes that a program starts: they see torch as it does.

Forked processes inherit everything.  A spawned one is told by the first thing that it
unpickles, before it imports the program; a Python that `subprocess` starts on a script
of the user's is started as `rushlight run`.
"""

import functools
import os
import sys

from rushlight.cli.rewrite import names, ownership
from rushlight.cli.rewrite.transform import matters

# Options of the interpreter that take their value from the next argument.
_TAKES_VALUE = ("-W", "-X", "--check-hash-based-pycs")

_FIND = """
import sys
try:
    import rushlight
except ModuleNotFoundError:
    sys.path.append({folder!r})
"""
_PREPARE = """
from rushlight.cli.rewrite.hooks import install
install({also!r}, {shadowed!r})
"""
_RUN = """
from rushlight.cli import main
sys.exit(main())
"""


def follow(after):
    """Prepare the processes that this one will start.

    Args:
        after: the AfterImport that runs changes when their module is imported.
    """
    after.call("multiprocessing.spawn", _follow_spawn)
    after.call("subprocess", _follow_subprocess)


class _Prepare:
    """An object whose unpickling prepares the process that unpickles it."""

    def __reduce__(self):
        code = _FIND.format(folder=os.path.dirname(ownership.HOUSE)) + _PREPARE.format(
            also=ownership.adopted(), shadowed=names.shadowed()
        )
        return exec, (code, {})


def _follow_spawn(module):
    original = module.get_preparation_data

    @functools.wraps(original)
    def get_preparation_data(name):
        return {"rushlight": _Prepare()} | original(name)

    module.get_preparation_data = get_preparation_data


def _follow_subprocess(module):
    original = module.Popen.__init__

    @functools.wraps(original)
    def __init__(self, args, *rest, **options):
        ours = None
        plain = not rest and not options.get("shell") and not options.get("executable")
        if plain and isinstance(args, list | tuple) and ownership.is_own_code():
            ours = runner_command(args, options.get("cwd"))
        original(self, ours or args, *rest, **options)
        self.args = args

    module.Popen.__init__ = __init__


def runner_command(command, cwd=None):
    """A command that starts this Python on the user's code, as `rushlight run`.

    None for any other command.
    """
    command = [os.fsdecode(part) for part in command]
    if not command or not _is_this_python(command[0]):
        return None
    start = _target(command)
    if start is None or not _is_users(command[start:], os.fspath(cwd or os.curdir)):
        return None
    also = [part for path in ownership.adopted() for part in ("--also", path)]
    code = _FIND.format(folder=os.path.dirname(ownership.HOUSE)) + _RUN
    return [*command[:start], "-c", code, "run", *also, *command[start:]]


def _is_this_python(program):
    """Whether a program's name means the interpreter that runs now."""
    import shutil

    found = shutil.which(program)
    if found is None or not os.path.basename(found).startswith("python"):
        return False
    return os.path.dirname(os.path.abspath(found)) == os.path.dirname(sys.executable)


def _target(command):
    """Where, after the interpreter's options, a command names what to run."""
    place = 1
    while place < len(command):
        part = command[place]
        if part in ("-", "-c", "-m") or not part.startswith("-"):
            return place
        place += 2 if part in _TAKES_VALUE else 1
    return None


def _is_users(target, cwd):
    """Whether what a Python is started on may hold the user's imports of torch."""
    first, second = target[0], (target[1:] or [""])[0]
    if first == "-c":
        return matters(second)
    if first == "-m":
        path = os.path.join(cwd, *second.split("."))
        there = os.path.isdir(path) or os.path.isfile(path + ".py")
        return names.is_torch(second) or there
    return first == "-" or ownership.is_own(os.path.join(cwd, first))
