"""torch.autograd.profiler: the older profiler, without a schedule."""

from rushlight.profiler.events import EventList, FunctionEvent, FunctionEventAvg
from rushlight.profiler.events import events_of as _events_of
from rushlight.profiler.recorder import Recorder as _Recorder
from rushlight.profiler.recorder import record_function

__all__ = [
    "EventList",
    "FunctionEvent",
    "FunctionEventAvg",
    "profile",
    "record_function",
]


class profile:  # noqa: N801 - torch's public name
    """Record what the operations of this thread cost.

    Args:
        enabled: False makes it do nothing.
        use_cuda, use_device, use_kineto, use_cpu, with_modules, experimental_config,
            acc_events, custom_trace_id_callback, post_processing_timeout_s,
            activity_filters: torch's arguments about what does not exist here; they
            have no effect.
        record_shapes, profile_memory, with_stack, with_flops: as for
            `rushlight.profiler.profile`.

    >>> import rushlight
    >>> with profile() as prof:
    ...     _ = rushlight.ones(2) * 2
    >>> prof.key_averages()[0].key
    'aten::mul'
    """

    def __init__(
        self,
        enabled=True,
        *,
        use_cuda=False,
        use_device=None,
        record_shapes=False,
        with_flops=False,
        profile_memory=False,
        with_stack=False,
        with_modules=False,
        use_kineto=False,
        use_cpu=True,
        experimental_config=None,
        acc_events=False,
        custom_trace_id_callback=None,
        post_processing_timeout_s=None,
        activity_filters=None,
    ):
        self.enabled = enabled
        self.function_events = None
        self._options = (record_shapes, profile_memory, with_stack, with_flops)
        self._recorder = None

    def __enter__(self):
        if self.enabled:
            self._recorder = _Recorder(*self._options)
            self._recorder.enter()
            self._recorder.on = True
        return self

    def __exit__(self, *exc):
        if self._recorder is not None:
            self._recorder.leave()
            self.function_events = _events_of(self._recorder)
        return False

    def _finished(self):
        if self.function_events is None:
            raise RuntimeError(
                "autograd.profiler.profile: expected a recording, got none: the "
                "profiler didn't finish running. Leave its context first."
            )
        return self.function_events

    def __repr__(self):
        found = self.function_events
        return "<unfinished profiler_legacy>" if found is None else repr(found)

    def __str__(self):
        return repr(self) if self.function_events is None else self.table()

    def table(self, *args, **kwargs):
        """As `EventList.table`."""
        return self._finished().table(*args, **kwargs)

    def key_averages(self, *args, **kwargs):
        """As `EventList.key_averages`."""
        return self._finished().key_averages(*args, **kwargs)

    def total_average(self):
        """As `EventList.total_average`."""
        return self._finished().total_average()

    def export_chrome_trace(self, path):
        """As `EventList.export_chrome_trace`."""
        return self._finished().export_chrome_trace(path)

    def export_stacks(self, path, metric="self_cpu_time_total"):
        """As `EventList.export_stacks`."""
        return self._finished().export_stacks(path, metric)

    @property
    def self_cpu_time_total(self):
        """Microseconds of all events together."""
        return self._finished().self_cpu_time_total
