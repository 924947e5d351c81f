"""len(), iteration, in, reversed(), format()."""

import pytest

import rushlight

tensor = rushlight.tensor
X = tensor([1.5, 2.5])


def test_as_a_container():
    assert len(X) == 2
    assert [x.item() for x in X] == [1.5, 2.5]
    assert reversed(X).tolist() == [2.5, 1.5]
    assert reversed(tensor(3)).item() == 3
    first, second = tensor([[1, 2], [3, 4]])
    assert second.tolist() == [3, 4]
    assert next(iter(rushlight.ones(2, requires_grad=True))).grad_fn.name() == (
        "UnbindBackward0"
    )


def test_in():
    assert 1.5 in X
    assert 3 not in X
    assert tensor(2.5) in X


def test_format():
    assert f"{tensor(1.5):.3f}" == "1.500"
    assert f"{tensor(1.5, requires_grad=True):.1f}" == "1.5"
    assert f"{tensor(3)}" == "3"
    assert f"{X}" == "tensor([1.5000, 2.5000])"


@pytest.mark.parametrize(
    "use, error, text",
    [
        (lambda: len(tensor(1)), TypeError, "len() of a 0-d tensor"),
        (lambda: list(tensor(1)), TypeError, "iteration over a 0-d tensor"),
        (lambda: "a" in X, RuntimeError, "only supports those), got str"),
        (lambda: None in X, RuntimeError, "got NoneType"),
        (lambda: f"{X:.2f}", TypeError, "unsupported format string"),
    ],
)
def test_refusals(use, error, text):
    with pytest.raises(error) as caught:
        use()
    assert text in str(caught.value)
