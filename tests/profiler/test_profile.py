"""profile: what is recorded, schedules, tables and traces."""

import gzip
import json

import pytest

import rushlight
from rushlight import profiler
from rushlight.autograd.profiler import profile as old_profile
from rushlight.profiler import ProfilerActivity, profile, record_function, schedule

ones = rushlight.ones


def _work(prof):
    x = ones(4, 4, requires_grad=True)
    with record_function("mine"):
        (x @ x).relu().sum().backward()
    x.detach().add_(1)
    return prof


def test_events_are_nested_and_timed():
    with profile(record_shapes=True, profile_memory=True, with_flops=True) as prof:
        _work(prof)
    events = prof.events()
    mine = next(e for e in events if e.name == "mine")
    names = [e.name for e in mine.cpu_children]
    assert names[:3] == ["aten::matmul", "aten::relu", "aten::sum"]
    assert events[-1].name == "aten::add_"
    assert events[-1].cpu_parent is None
    assert mine.cpu_time_total >= sum(e.cpu_time_total for e in mine.cpu_children)
    product = mine.cpu_children[0]
    assert product.input_shapes == [[4, 4], [4, 4]]
    assert product.flops == 2 * 4**3
    assert product.cpu_memory_usage == 64


def test_averages_and_table():
    with profile(record_shapes=True) as prof:
        for size in (2, 2, 3):
            ones(size) + 1
    total = prof.key_averages()[0]
    assert (total.key, total.count) == ("aten::add", 3)
    assert [e.count for e in prof.key_averages(group_by_input_shape=True)] == [2, 1]
    text = prof.key_averages().table(sort_by="cpu_time_total", row_limit=10)
    assert "Self CPU %" in text
    assert "aten::add       100.00%" in text
    assert text.splitlines()[1].startswith("         Name    Self CPU %      Self CPU")
    assert "Self CPU time total: " in text
    with pytest.raises(AttributeError, match="cpu_time_total"):
        prof.key_averages().table(sort_by="cpu_tim")


def test_schedule():
    plan = schedule(wait=1, warmup=1, active=2, repeat=1, skip_first=1)
    names = [plan(step).name for step in range(7)]
    record = ["RECORD", "RECORD_AND_SAVE"]
    assert names == ["NONE", "NONE", "WARMUP", *record, "NONE", "NONE"]
    with pytest.raises(AssertionError, match="active > 0"):
        schedule(wait=0, warmup=0, active=0)


def test_steps_are_recorded_as_scheduled():
    seen = []
    plan = schedule(wait=1, warmup=1, active=2, repeat=1)
    with profile(schedule=plan, on_trace_ready=lambda p: seen.append(p)) as prof:
        for _ in range(6):
            ones(1) + 1
            prof.step()
    assert seen == [prof]
    found = {e.key: e.count for e in prof.key_averages()}
    assert found == {"ProfilerStep*": 2, "aten::add": 2}


def test_recording_survives_other_contexts():
    plan = schedule(wait=1, warmup=0, active=1, repeat=1)
    with profile(schedule=plan) as prof:
        with old_profile() as inner:
            prof.step()
            ones(1) * 2
        prof.step()
        ones(1) + 1
    assert [e.name for e in inner.function_events] == ["ProfilerStep#1", "aten::mul"]
    assert [e.name for e in prof.events()] == ["ProfilerStep#1", "aten::mul"]


@pytest.mark.parametrize("name", ["trace.json", "trace.json.gz"])
def test_chrome_trace(tmp_path, name):
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as prof:
        with record_function("mine", "a note"):
            ones(2) + 1
    prof.add_metadata_json("run", '{"n": 1}')
    prof.export_chrome_trace(tmp_path / name)
    opened = gzip.open if name.endswith(".gz") else open
    with opened(tmp_path / name, "rt") as file:
        trace = json.load(file)
    mine, add = [e for e in trace["traceEvents"] if e["ph"] == "X"]
    assert (mine["name"], mine["cat"]) == ("mine", "user_annotation")
    assert mine["args"]["Args"] == "a note"
    assert add["args"]["Input Dims"] == [[2], []]
    assert mine["ts"] <= add["ts"] <= add["ts"] + add["dur"] <= mine["ts"] + mine["dur"]
    assert trace["run"] == {"n": 1}


def test_handler_writes_into_a_folder(tmp_path):
    ready = profiler.tensorboard_trace_handler(tmp_path / "log", "me", use_gzip=True)
    with profile(on_trace_ready=ready):
        ones(2) + 1
    (found,) = (tmp_path / "log").iterdir()
    assert found.name.startswith("me.")
    assert found.name.endswith(".pt.trace.json.gz")


def test_stacks(tmp_path):
    with profile(with_stack=True) as prof:
        ones(2) + 1
    (event,) = prof.events()
    assert "test_stacks" in event.stack[0]
    prof.export_stacks(tmp_path / "stacks.txt", "self_cpu_time_total")
    assert "test_stacks" in (tmp_path / "stacks.txt").read_text()
    with pytest.raises(ValueError, match="self_cpu_time_total"):
        prof.export_stacks(tmp_path / "stacks.txt", "time")


def test_marks_cost_nothing_without_a_profiler():
    @record_function("f")
    def f(x):
        return x + 1

    assert f(1) == 2
    with old_profile() as prof:
        f(ones(1))
    assert [e.key for e in prof.key_averages()] == ["f", "aten::add"]
    assert prof.total_average().count == 2


def test_unfinished_and_disabled():
    with pytest.raises(AssertionError, match="initialized"):
        profile().key_averages()
    with pytest.raises(RuntimeError, match="didn't finish"):
        old_profile().table()
    with old_profile(enabled=False) as prof:
        ones(1) + 1
    assert prof.function_events is None


def test_other_devices_are_warned_about():
    with pytest.warns(UserWarning, match="not recorded"):
        profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA])
