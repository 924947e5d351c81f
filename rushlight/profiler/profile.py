"""profile: the context that records, its schedule and what is done with its traces."""

import enum
import json
import os
import socket
import time
import warnings

from rushlight._base.errors import ArgumentAssertionError, explain
from rushlight.profiler.events import events_of
from rushlight.profiler.recorder import Recorder, record_function
from rushlight.profiler.trace import write_trace


class ProfilerActivity(enum.Enum):
    """What may be recorded; only the CPU is."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5

    def __repr__(self):
        return f"<ProfilerActivity.{self.name}: {self.value}>"


class ProfilerAction(enum.Enum):
    """What a schedule says about a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities():
    """What can be recorded here.

    >>> supported_activities()
    {<ProfilerActivity.CPU: 0>}
    """
    return {ProfilerActivity.CPU}


def schedule(*, wait, warmup, active, repeat=0, skip_first=0, skip_first_wait=0):
    """A function that tells for each step whether it is recorded.

    Steps go in cycles: `wait` steps of nothing, `warmup` steps, `active` steps that are
    recorded, and the last of them saved.

    Args:
        wait, warmup, active: the lengths of the parts of a cycle.
        repeat: how many cycles; 0 for no end.
        skip_first: steps before the first cycle.
        skip_first_wait: not 0: the first cycle does without its `wait`.

    Returns:
        Callable: step number -> ProfilerAction.

    Raises:
        AssertionError: for negative numbers, or no active step.

    >>> plan = schedule(wait=1, warmup=0, active=2)
    >>> [plan(step).name for step in range(4)]
    ['NONE', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    given = (wait, warmup, repeat, skip_first)
    if min(given) < 0 or active <= 0:
        raise ArgumentAssertionError(
            explain(
                "profiler.schedule()",
                expected="wait, warmup, repeat, skip_first >= 0 and active > 0",
                got=f"wait={wait}, warmup={warmup}, active={active}, repeat={repeat}, "
                f"skip_first={skip_first}",
                do="Record at least one step of a cycle.",
            )
        )
    length = wait + warmup + active

    def plan(step):
        step -= skip_first
        if step < 0:
            return ProfilerAction.NONE
        if skip_first_wait:
            step += wait
        if repeat and step // length >= repeat:
            return ProfilerAction.NONE
        place = step % length
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        last = place == length - 1
        return ProfilerAction.RECORD_AND_SAVE if last else ProfilerAction.RECORD

    return plan


def _always(step):
    return ProfilerAction.RECORD


def tensorboard_trace_handler(
    dir_name, worker_name=None, use_gzip=False, use_python_export=False
):
    """A function for ``on_trace_ready`` that writes traces into a folder.

    Args:
        dir_name: the folder, made if it is not there.
        worker_name: how files begin; host and process if left out.
        use_gzip: compress them.
        use_python_export: without meaning here: the trace is always written by Python.
    """

    def handler(prof):
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        name = f"{worker}.{time.time_ns()}.pt.trace.json"
        prof.export_chrome_trace(
            os.path.join(dir_name, name + ".gz" if use_gzip else name)
        )

    return handler


_RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


class profile:  # noqa: N801 - torch's public name
    """Record what the operations of this thread cost.

    Args:
        activities: what to record; other devices than the CPU are left away with a
            warning.
        schedule: step number -> ProfilerAction, with `step` called after each step;
            all is recorded if left out.
        on_trace_ready: called with the profiler whenever a recording is complete.
        record_shapes: keep the inputs' shapes.
        profile_memory: keep the bytes of results.
        with_stack: keep the user's lines.
        with_flops: count the operations of products.
        with_modules, experimental_config, execution_trace_observer, acc_events,
            custom_trace_id_callback, post_processing_timeout_s, use_cuda: torch's
            arguments about what does not exist here; they have no effect.

    >>> import rushlight
    >>> with profile() as prof:
    ...     _ = rushlight.ones(2) + 1
    >>> [event.key for event in prof.key_averages()]
    ['aten::add']
    """

    def __init__(
        self,
        *,
        activities=None,
        schedule=None,
        on_trace_ready=None,
        record_shapes=False,
        profile_memory=False,
        with_stack=False,
        with_flops=False,
        with_modules=False,
        experimental_config=None,
        execution_trace_observer=None,
        acc_events=False,
        use_cuda=None,
        custom_trace_id_callback=None,
        post_processing_timeout_s=None,
    ):
        self.activities = set(
            supported_activities() if activities is None else activities
        )
        for activity in self.activities - supported_activities():
            warnings.warn(
                f"profile(): expected activities of {supported_activities()}, got "
                f"{activity}. It is not recorded.",
                stacklevel=2,
            )
        self.schedule = _always if schedule is None else schedule
        self.on_trace_ready = on_trace_ready
        self.record_steps = schedule is not None
        self.step_num = 0
        self.current_action = self.schedule(0)
        self._options = (record_shapes, profile_memory, with_stack, with_flops)
        self._recorder = self._events = self._step_mark = None
        self._metadata = {}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()

    def start(self):
        """Begin with the schedule's first step."""
        self._recorder = Recorder(*self._options)
        self._recorder.enter()
        self._apply(ProfilerAction.NONE)

    def stop(self):
        """End; a recording that is under way is complete now."""
        if self._recorder is None:
            return
        recording = self._recorder.on
        self._end_step()
        self._recorder.leave()
        if recording:
            self._complete()

    def step(self):
        """Say that a step is done, and the next one begins."""
        self._end_step()
        before = self.current_action
        self.step_num += 1
        self.current_action = self.schedule(self.step_num)
        self._apply(before)

    def _apply(self, before):
        """Go from the last step's action to this step's."""
        if before is ProfilerAction.RECORD_AND_SAVE:
            self._recorder.on = False
            self._complete()
        now = self.current_action
        if now in _RECORDING and not self._recorder.on:
            self._recorder.restart()
        self._recorder.on = now in _RECORDING
        if self.record_steps and self._recorder.on:
            self._step_mark = record_function(f"ProfilerStep#{self.step_num}")
            self._step_mark.__enter__()

    def _end_step(self):
        if self._step_mark is not None:
            self._step_mark.__exit__()
            self._step_mark = None

    def _complete(self):
        self._events = events_of(self._recorder)
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def events(self):
        """What was recorded, in order of time.

        Raises:
            AssertionError: before anything was.
        """
        if self._recorder is None:
            raise ArgumentAssertionError(
                explain(
                    "profile.events()",
                    expected="a profiler that was started",
                    got="one that must be initialized before",
                    do="Use it as a context first.",
                )
            )
        return events_of(self._recorder) if self._events is None else self._events

    def key_averages(
        self,
        group_by_input_shape=False,
        group_by_stack_n=0,
        group_by_overload_name=False,
    ):
        """Sums over events of one name, as an EventList with ``table()``.

        Args:
            group_by_input_shape: sum only events of the same inputs' shapes.
            group_by_stack_n: sum only events with the same n innermost lines.
            group_by_overload_name: as in torch; operations have one form here.

        Raises:
            AssertionError: before anything was recorded.
        """
        return self.events().key_averages(group_by_input_shape, group_by_stack_n)

    def export_chrome_trace(self, path):
        """Write the trace for ui.perfetto.dev; a name in ``.gz`` compresses it."""
        write_trace(self.events(), path, self._metadata)

    def export_stacks(self, path, metric="self_cpu_time_total"):
        """Write stacks and times for flame graphs (needs ``with_stack=True``)."""
        self.events().export_stacks(path, metric)

    def add_metadata(self, key, value):
        """Keep a text with the trace."""
        self._metadata[key] = value

    def add_metadata_json(self, key, value):
        """Keep a JSON value, given as text, with the trace."""
        self._metadata[key] = json.loads(value)
