"""Events: what was recorded, as torch shows it, and their sums by name."""

from types import SimpleNamespace

from rushlight._base.errors import MissingAttributeError, explain
from rushlight.profiler.table import format_time, table_of
from rushlight.profiler.trace import write_trace


class _Times:
    """What events and sums of events have in common; times in microseconds."""

    #: On other devices than the CPU nothing is measured.
    device_time = device_time_total = self_device_time_total = 0
    cuda_time = cuda_time_total = self_cuda_time_total = 0
    device_memory_usage = self_device_memory_usage = 0

    @property
    def cpu_time(self):
        """The time of one call, on average."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def cpu_time_str(self):
        """The average time with its unit."""
        return format_time(self.cpu_time)

    @property
    def cpu_time_total_str(self):
        """The time with its unit."""
        return format_time(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self):
        """The time without what was called from it, with its unit."""
        return format_time(self.self_cpu_time_total)


class FunctionEvent(_Times):
    """One operation, or one of the user's marks.

    Attributes:
        name: as "aten::add".
        time_range: .start and .end in microseconds.
        cpu_time_total: from start to end; self_cpu_time_total: without its children.
        cpu_children, cpu_parent: the events that it made, and that made it.
        input_shapes, stack, flops, cpu_memory_usage: where they were asked for.
    """

    count = 1

    def __init__(self, number, mark, thread):
        facts = mark.facts
        self.id, self.name, self.thread = number, mark.name, thread
        start, stop = mark.start / 1000, mark.stop / 1000
        self.time_range = SimpleNamespace(start=start, end=stop)
        self.cpu_children, self.cpu_parent = [], None
        self.input_shapes = facts.get("shapes", [])
        self.stack, self.flops = facts.get("stack", []), facts.get("flops", 0)
        self.self_cpu_memory_usage = facts.get("memory", 0)
        self.is_user_annotation = mark.is_user
        self.args = facts.get("args")

    @property
    def key(self):
        """The name under which events are summed: that of all steps is one."""
        is_step = self.is_user_annotation and self.name.startswith("ProfilerStep#")
        return "ProfilerStep*" if is_step else self.name

    @property
    def cpu_time_total(self):
        """Microseconds from start to end."""
        return self.time_range.end - self.time_range.start

    @property
    def self_cpu_time_total(self):
        """Microseconds without those of the children."""
        return self.cpu_time_total - sum(e.cpu_time_total for e in self.cpu_children)

    @property
    def cpu_memory_usage(self):
        """Bytes of its own results and of those of its children."""
        inner = sum(e.cpu_memory_usage for e in self.cpu_children)
        return self.self_cpu_memory_usage + inner

    def __repr__(self):
        return (
            f"<FunctionEvent id={self.id} name={self.name} "
            f"cpu_time={self.cpu_time_str} start_us={self.time_range.start:.3f} "
            f"end_us={self.time_range.end:.3f} "
            f"cpu_children={[e.id for e in self.cpu_children]} thread={self.thread} "
            f"input_shapes={self.input_shapes} "
            f"cpu_memory_usage={self.cpu_memory_usage}>"
        )


class FunctionEventAvg(_Times):
    """The sum of events of one name; `count` tells how many."""

    def __init__(self):
        self.key, self.count, self.flops = None, 0, 0
        self.cpu_time_total = self.self_cpu_time_total = 0.0
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0
        self.input_shapes, self.stack, self.cpu_parent = "", [], None

    def add(self, other):
        """Add an event, or another sum."""
        if self.key is None:
            self.key, self.cpu_parent = other.key, other.cpu_parent
            self.input_shapes, self.stack = other.input_shapes, other.stack
        self.count += other.count
        self.flops += other.flops
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        self.cpu_memory_usage += other.cpu_memory_usage
        self.self_cpu_memory_usage += other.self_cpu_memory_usage
        return self

    __iadd__ = add

    def __getattr__(self, name):
        raise MissingAttributeError(
            explain(
                "profiler",
                expected="a column such as cpu_time_total, self_cpu_time_total, count",
                got=repr(name),
                do="See FunctionEventAvg.",
            )
        )

    def __repr__(self):
        return (
            f"<FunctionEventAvg key={self.key} "
            f"self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str} input_shapes={self.input_shapes} "
            f"cpu_memory_usage={self.cpu_memory_usage}>"
        )


class EventList(list):
    """Events, or sums of them, that print as a table.

    Args:
        events: in order of time, or sums.
        profile_memory, with_flops: whether the table has those columns.
    """

    def __init__(self, events=(), *, profile_memory=False, with_flops=False):
        super().__init__(events)
        self.profile_memory, self.with_flops = profile_memory, with_flops

    def __str__(self):
        return self.table()

    @property
    def self_cpu_time_total(self):
        """Microseconds of all events together."""
        return sum(event.self_cpu_time_total for event in self)

    def table(
        self,
        sort_by=None,
        row_limit=100,
        max_src_column_width=75,
        max_name_column_width=55,
        max_shapes_column_width=80,
        header=None,
        top_level_events_only=False,
        time_unit=None,
    ):
        """The events as text.

        Args:
            sort_by: the attribute to sort by, falling, such as "cpu_time_total".
            row_limit: how many rows; -1 for all.
            max_src_column_width, max_name_column_width, max_shapes_column_width:
                where longer texts are cut.
            header: a title.
            top_level_events_only: leave away events inside of others.
            time_unit: "s", "ms" or "us" for all times.

        Raises:
            AttributeError: for a sort_by that no event has.
        """
        rows = list(self)
        if sort_by is not None:
            name = sort_by.replace("cuda", "device")
            rows.sort(key=lambda event: getattr(event, name), reverse=True)
        if top_level_events_only:
            rows = [event for event in rows if event.cpu_parent is None]
        widths = (max_name_column_width, max_shapes_column_width, max_src_column_width)
        return table_of(rows, self, row_limit, widths, header, time_unit)

    def key_averages(
        self,
        group_by_input_shapes=False,
        group_by_stack_n=0,
        group_by_overload_name=False,
    ):
        """Sums by name, and where asked by the inputs' shapes and the stack's top."""
        sums = {}
        for event in self:
            shapes = str(event.input_shapes) if group_by_input_shapes else ""
            stack = event.stack[:group_by_stack_n] if group_by_stack_n > 0 else []
            group = event.key, shapes, tuple(stack)
            if group not in sums:
                sums[group] = FunctionEventAvg()
            total = sums[group].add(event)
            total.input_shapes, total.stack = shapes, stack
        return self._like(sums.values())

    def total_average(self):
        """The sum of all events."""
        total = FunctionEventAvg()
        for event in self:
            total.add(event)
        total.key = "Total"
        return total

    def export_chrome_trace(self, path):
        """Write the events for chrome://tracing or ui.perfetto.dev."""
        write_trace(self, path)

    def export_stacks(self, path, metric):
        """Write the stacks with a time each, for flame graphs.

        Args:
            path: the file to write.
            metric: "self_cpu_time_total" or "self_cuda_time_total".

        Raises:
            ValueError: for another metric.
        """
        if metric not in ("self_cpu_time_total", "self_cuda_time_total"):
            raise ValueError(
                explain(
                    "export_stacks()",
                    expected="'self_cpu_time_total' or 'self_cuda_time_total'",
                    got=repr(metric),
                    do="Choose one of them.",
                )
            )
        with open(path, "w", encoding="utf-8") as file:
            for event in self:
                value = int(getattr(event, metric))
                if event.stack and value > 0:
                    lines = ";".join(s.replace(" ", "_") for s in event.stack[::-1])
                    file.write(f"{lines} {value}\n")

    def _like(self, events):
        return EventList(
            events, profile_memory=self.profile_memory, with_flops=self.with_flops
        )


def events_of(recorder):
    """The EventList of what a recorder kept."""
    made = {}
    for number, mark in enumerate(recorder.marks):
        event = made[mark] = FunctionEvent(number, mark, recorder.thread)
        parent = made.get(mark.parent)
        if parent is not None:
            event.cpu_parent = parent
            parent.cpu_children.append(event)
    return EventList(
        made.values(), profile_memory=recorder.memory, with_flops=recorder.flops
    )
