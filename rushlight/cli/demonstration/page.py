"""The page that the demo writes: stages with their times, in words for everyone."""

import textwrap
import time
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

_INDENT = 3
_WIDEST = 84


class Page:
    """Where the demo writes.

    Args:
        plain: whether to do without colours and moving lines.

    Attributes:
        console: rich's.
        colours: whether greys can be shown.
        seconds: the stages' names and how long each took.
    """

    def __init__(self, plain):
        self.console = Console(
            highlight=False,
            no_color=plain or None,
            color_system=None if plain else "auto",
            soft_wrap=False,
        )
        self.console.width = min(self.console.width, _WIDEST)
        self.plain = plain or not self._can_draw_blocks()
        self.colours = not self.plain and self.console.color_system is not None
        self.seconds = []

    def _can_draw_blocks(self):
        try:
            "▀…".encode(self.console.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    @contextmanager
    def stage(self, title):
        """A numbered stage, timed."""
        number = len(self.seconds) + 1
        self.console.print()
        self.console.print(Text(f"{number}. {title}", "bold"))
        start = time.perf_counter()
        yield
        self.seconds.append((title, time.perf_counter() - start))

    def say(self, text, style=""):
        """A paragraph."""
        for line in textwrap.wrap(text, self.console.width - _INDENT):
            self.put(Text(line, style))

    def put(self, thing):
        """A line of text, or anything that rich prints, below the stage's title."""
        if isinstance(thing, Text):
            self.console.print(Text(" " * _INDENT) + thing, no_wrap=True, crop=False)
        else:
            self.console.print(Padding(thing, (0, 0, 0, _INDENT), expand=False))

    def room_for(self, width, gap):
        """How many things of a width stand beside each other."""
        return (self.console.width - _INDENT + gap) // (width + gap)

    @contextmanager
    def progress(self, total):
        """A bar on a terminal, nothing elsewhere; gives what to call for each step."""
        if self.plain or not self.console.is_terminal:
            yield lambda: None
            return
        columns = [
            TextColumn(" " * (_INDENT - 1)),
            BarColumn(40),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
        ]
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task("", total=total)
            yield lambda: bar.advance(task)
