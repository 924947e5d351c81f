"""The short paths of ops: written out once, equal to the careful path."""

from functools import partial

import pytest

import rushlight as torch
from rushlight._core.dispatch import call
from rushlight._core.short import compile_short
from rushlight._core.table import TABLE

#: The ops that have a short path: all but those that return several tensors, those of
#: tensors and any number of others, and those that promote three or have attributes.
SHORT = sorted(
    name for name, op in TABLE.items() if not isinstance(compile_short(op), partial)
)
# Names that the written source uses itself.
OWN = set(
    "KEPT NUMBERS STATE Tensor array arrays asarray compares each edge edges edges_of "
    "grad_mode kept kernels memory memory_of ndarray new number op other otherwise "
    "record ref result second tensor".split()
)


def test_most_ops_have_a_short_path():
    assert {"add", "sin", "sum", "view", "cat", "where", "matmul"} <= set(SHORT)
    assert len(SHORT) > len(TABLE) / 2


@pytest.mark.parametrize("name", SHORT)
def test_every_short_path_compiles_and_takes_the_rules_attributes(name):
    op = TABLE[name]
    code = compile_short(op).__code__
    names = code.co_varnames[: code.co_argcount]
    assert not set(names) & OWN
    assert names[: len(op.inputs)] == tuple([n.lstrip("*") for n in op.inputs])
    assert (
        len(names) > len(op.inputs)
        or not getattr(getattr(op.eager, "__code__", None), "co_kwonlyargcount", 0)
        or code.co_flags & 0x08
    )


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


def test_a_list_of_tensors_is_one_argument():
    x, y = torch.zeros(2), torch.ones(1, requires_grad=True)
    for form in (TABLE["cat"].short([x, y], 0), TABLE["cat"].short((x, y), dim=0)):
        assert form.tolist() == [0.0, 0.0, 1.0]
        assert form.grad_fn.next_functions[0] == (None, 0)
    form.sum().backward()
    assert y.grad.tolist() == [1.0]


def test_tensors_may_be_missing():
    x, weight = torch.ones(1, 2), torch.ones(3, 2, requires_grad=True)
    made = TABLE["linear"].short(x, weight, None)
    assert made.tolist() == [[2.0, 2.0, 2.0]]
    assert made.grad_fn is not None


def test_a_pair_promotes_by_the_careful_path():
    add = TABLE["add"].short
    assert add(torch.ones(2), torch.ones(2).double()).dtype == torch.float64
    assert add(torch.ones(2, dtype=torch.int64), 0.5).tolist() == [1.5, 1.5]
    assert add(torch.ones(2, dtype=torch.float16), 1).dtype == torch.float16
    assert TABLE["gt"].short(torch.ones(2), 0).dtype == torch.bool


def test_operators_are_written_out_when_they_are_first_used():
    x = torch.ones(2)
    assert (x >= 1).tolist() == [True, True]
    assert type(x).__ge__.__name__ == "__ge__"
    assert type(x).__ge__.__code__.co_filename == "<short path of ge>"
    assert x.__add__(None) is NotImplemented
    assert x.__add__("text") is NotImplemented
    with pytest.raises(RuntimeError, match="shape"):
        x + torch.ones(3)
