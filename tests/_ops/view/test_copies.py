"""The views once more as copies."""

import pytest

import rushlight

VIEWS = [
    ("as_strided", ((2, 2), (3, 1))),
    ("diagonal", ()),
    ("expand", ((2, 2, 3),)),
    ("permute", ((1, 0),)),
    ("select", (0, 1)),
    ("squeeze", ()),
    ("t", ()),
    ("transpose", (0, 1)),
    ("unfold", (1, 2, 1)),
    ("unsqueeze", (0,)),
    ("view", ((6,),)),
    ("split", (1,)),
    ("split_with_sizes", ([1, 1],)),
    ("unbind", ()),
]


@pytest.mark.parametrize("name, arguments", VIEWS, ids=[v[0] for v in VIEWS])
def test_copies(name, arguments):
    x = rushlight.arange(6.0).reshape(2, 3).requires_grad_()
    shown = getattr(x, name)(*arguments)
    copied = getattr(rushlight, f"{name}_copy")(x, *arguments)
    if isinstance(shown, tuple):
        assert isinstance(copied, tuple)
        shown, copied = shown[1], copied[1]
    assert copied.tolist() == shown.tolist()
    assert copied.requires_grad
    assert copied.untyped_storage() != x.untyped_storage()


def test_plain_copies():
    x = rushlight.ones(2, requires_grad=True)
    assert rushlight.alias_copy(x).requires_grad
    assert not rushlight.detach_copy(x).requires_grad
    assert rushlight.detach_copy(x).data_ptr() != x.data_ptr()
