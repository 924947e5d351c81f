"""torch.jit.annotations holds typing's names."""

import typing

import rushlight
from rushlight.jit.annotations import List, Optional


def test_names_are_typings():
    assert List is typing.List  # noqa: UP006
    assert Optional is typing.Optional
    assert not rushlight.jit.is_scripting()
