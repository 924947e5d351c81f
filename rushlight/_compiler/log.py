"""What the compiler prints as it goes, where RUSHLIGHT_LOG asks for it.

$RUSHLIGHT_LOG is a list with commas of: graph, loops, code, guards, fallbacks.  Text
goes to standard error.
"""

import os
import sys

from rushlight._compiler import report

TOPICS = ("graph", "loops", "code", "guards", "fallbacks")


def wanted():
    """The topics that $RUSHLIGHT_LOG names.

    Raises:
        ValueError: for one that does not exist.
    """
    words = {w.strip() for w in os.environ.get("RUSHLIGHT_LOG", "").split(",")} - {""}
    strange = sorted(words - {*TOPICS})
    if strange:
        from rushlight._base.errors import ArgumentError, explain

        raise ArgumentError(
            explain(
                "RUSHLIGHT_LOG",
                expected=f"some of {', '.join(TOPICS)}, with commas",
                got=", ".join(strange),
                do="Correct the environment variable.",
            )
        )
    return words


def say(topic, text):
    """Print a text about a topic, if it is wanted."""
    if topic in wanted():
        sys.stderr.write(f"rushlight {topic}: {text}\n")
        sys.stderr.flush()


def say_plan(name, plan):
    """Print a plan's loops and code, if they are wanted."""
    topics = wanted()
    if "loops" in topics:
        text = report.plan_text(plan, lambda piece: report.print_kernel(piece.kernel))
        say("loops", f"{name}\n{text}")
    if "code" in topics:
        from rushlight._compiler.runtime.kernel import native_kernel

        text = report.plan_text(plan, lambda piece: native_kernel(piece.kernel).code)
        say("code", f"{name}\n{text}")


def say_entry(name, key, entry):
    """Print what a new entry is made of, if that is wanted."""
    topics = wanted()
    call = f"{name}, {report.call_text(key, entry)}"
    if "graph" in topics:
        for half, graph, _ in report.halves_of(entry):
            say("graph", f"{call}, {half}\n{report.print_graph(graph)}")
    if "guards" in topics:
        say("guards", f"{call}\n{report.guards_text(entry.guards)}")
    say_plan(f"{call}, forward", entry.forward)
