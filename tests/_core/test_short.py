"""The short path of ops of one tensor: written out once, equal to the careful path."""

import pytest

import rushlight as torch
from rushlight._core.dispatch import call
from rushlight._core.short import compile_short
from rushlight._core.table import TABLE

ONE = sorted(
    name
    for name, op in TABLE.items()
    if len(op.inputs) == 1 and not op.inputs[0].startswith("*") and not op.many
)
# Names that the written source uses itself.
OWN = {"STATE", "Tensor", "array", "result", "tensor", "memory", "op", "record", "ref"}


@pytest.mark.parametrize("name", ONE)
def test_every_short_path_compiles_and_takes_the_rules_attributes(name):
    short = compile_short(TABLE[name])
    code = short.__code__
    names = set(code.co_varnames[1 : code.co_argcount])
    assert not names & OWN
    assert names or isinstance(TABLE[name].eager, str) or code.co_argcount == 1


def test_attributes_go_by_place_or_name():
    x, op = torch.arange(6.0).view(2, 3), TABLE["sum"]
    by_place = op.short(x, 1, True, None)
    assert by_place.tolist() == op.short(x, keepdim=True, dim=1, dtype=None).tolist()
    assert by_place.tolist() == call(op, x, dim=1, keepdim=True, dtype=None).tolist()


def test_what_surprises_the_short_path_takes_the_careful_one():
    assert TABLE["exp"].short(torch.tensor([0, 1])).dtype == torch.float32
    with pytest.raises(TypeError, match="got str"):
        TABLE["exp"].short("two")
    with pytest.raises(RuntimeError, match="is invalid for input of size 4"):
        TABLE["view"].short(torch.zeros(4), (3,))


def test_short_views_are_linked_and_recorded():
    x = torch.zeros(4, requires_grad=True)
    y = TABLE["view"].short(x * 1, (2, 2))
    assert y._base is not None and y._version == 0
    assert y.grad_fn.name() == "ViewBackward0"
