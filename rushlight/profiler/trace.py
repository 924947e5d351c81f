"""Chrome's trace format: what chrome://tracing and ui.perfetto.dev open."""

import gzip
import json
import os
import socket


def write_trace(events, path, metadata=None):
    """Write events as JSON, compressed where the path ends in ``.gz``.

    See:
        Google, "Trace Event Format".
    """
    found = {
        "schemaVersion": 1,
        "displayTimeUnit": "ms",
        "host_name": socket.gethostname(),
        "traceName": str(path),
        **(metadata or {}),
        "traceEvents": [*_processes(events), *map(_entry, events)],
    }
    opened = gzip.open if str(path).endswith(".gz") else open
    with opened(path, "wt", encoding="utf-8") as file:
        json.dump(found, file)


def _processes(events):
    pid = os.getpid()
    yield _label("process_name", pid, 0, {"name": "python"})
    yield _label("process_labels", pid, 0, {"labels": "CPU"})
    for thread in sorted({event.thread for event in events}):
        yield _label("thread_name", pid, thread, {"name": f"thread {thread} (python)"})


def _label(name, pid, tid, args):
    return {"ph": "M", "name": name, "ts": 0, "pid": pid, "tid": tid, "args": args}


def _entry(event):
    args = {"External id": event.id}
    if event.input_shapes:
        args["Input Dims"] = event.input_shapes
    if event.stack:
        args["Call stack"] = ";".join(event.stack)
    if event.flops:
        args["Flops"] = event.flops
    if event.args is not None:
        args["Args"] = event.args
    return {
        "ph": "X",
        "cat": "user_annotation" if event.is_user_annotation else "cpu_op",
        "name": event.name,
        "pid": os.getpid(),
        "tid": event.thread,
        "ts": event.time_range.start,
        "dur": event.cpu_time_total,
        "args": args,
    }
