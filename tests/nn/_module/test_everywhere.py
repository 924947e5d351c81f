"""Hooks on registration, for every module; hooks on calls are in test_hooks.py."""

import rushlight as torch
from rushlight import nn
from rushlight.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)

REGISTER = (
    register_module_parameter_registration_hook,
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
)


def test_registration_is_seen():
    seen = []
    handles = [
        add(lambda m, name, value: seen.append((name, value))) for add in REGISTER
    ]
    try:
        net, child = nn.Module(), nn.ReLU()
        p, b = nn.Parameter(torch.ones(1)), torch.ones(1)
        net.p = p
        net.p = None
        net.register_buffer("b", b)
        net.b = None
        net.c = child
        net.c = None
        net.add_module("d", child)
    finally:
        for handle in handles:
            handle.remove()
    assert [name for name, _ in seen] == ["p", "b", "b", "c", "c", "d"]
    assert [v for _, v in seen] == [p, b, None, child, None, child]
    net.q = nn.Parameter(torch.ones(1))
    assert len(seen) == 6


def test_registration_may_replace():
    other = nn.Tanh()
    with register_module_module_registration_hook(lambda m, name, value: other):
        net = nn.Sequential(nn.ReLU())
    assert net[0] is other
