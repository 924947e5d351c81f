"""apply_, map_."""

import pytest

import rushlight

arange, ones = rushlight.arange, rushlight.ones


def test_functions_of_elements():
    x = arange(6.0).reshape(2, 3).t()
    version = x._version
    assert x.apply_(lambda value: value * 2) is x
    assert x.tolist() == [[0, 6], [2, 8], [4, 10]]
    assert x._version == version + 1
    y = arange(3)
    assert y.map_(rushlight.tensor([5]), lambda a, b: a - b) is y
    assert y.tolist() == [-5, -4, -3]


@pytest.mark.parametrize(
    "use, error, text",
    [
        (lambda f: ones(2, device="meta").apply_(f), TypeError, "one on meta"),
        (lambda f: ones(2, requires_grad=True).apply_(f), RuntimeError, "no gradient"),
        (lambda f: ones(2).map_(arange(2), f), TypeError, "got torch.int64"),
        (lambda f: ones(2).map_(3, f), TypeError, "got int"),
        (lambda f: ones(2).map_(ones(3), f), RuntimeError, "equal or 1"),
    ],
)
def test_refusals(use, error, text):
    with pytest.raises(error) as caught:
        use(abs)
    assert text in str(caught.value)
