"""torch.profiler: what a program spends its time on, operation by operation.

recorder   the interceptor that times operations, and record_function's marks
events     what was recorded, and sums over events of one name
table      sums as text
trace      Chrome's trace format, which Perfetto opens
profile    the contexts and their schedule
"""

from rushlight.profiler.profile import (
    ProfilerAction,
    ProfilerActivity,
    profile,
    schedule,
    supported_activities,
    tensorboard_trace_handler,
)
from rushlight.profiler.recorder import record_function

__all__ = [
    "ProfilerAction",
    "ProfilerActivity",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]
