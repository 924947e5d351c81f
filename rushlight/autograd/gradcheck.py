"""gradcheck: compare gradients with finite differences, element by element."""

import numpy as np

from rushlight._base.errors import ArgumentError, GraphError, explain
from rushlight._core.tensor import Tensor, wrap
from rushlight.autograd.backward import grad


class GradcheckError(GraphError):
    """The gradient and the finite differences disagree."""


def _outputs(result):
    result = result if isinstance(result, (tuple, list)) else (result,)
    return [r for r in result if isinstance(r, Tensor) and r.dtype.category >= 2]


def _inputs(inputs):
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    wanted = [t for t in inputs if isinstance(t, Tensor) and t.requires_grad]
    if not wanted:
        raise ArgumentError(
            explain(
                "gradcheck()",
                expected="at least one input that requires grad",
                got="none of the input tensors require grad",
                do="Create it with dtype=torch.double, requires_grad=True.",
            )
        )
    return inputs, wanted


def _numeric(function, inputs, tensor, eps):
    """d outputs / d tensor by central differences: one matrix for each output."""
    array, columns = tensor._array, []
    directions = (1, 1j) if array.dtype.kind == "c" else (1,)
    for place in np.ndindex(array.shape):
        for direction in directions:
            original = array[place]
            array[place] = original + eps * direction
            high = [o._array.copy() for o in _outputs(function(*inputs))]
            array[place] = original - eps * direction
            low = [o._array.copy() for o in _outputs(function(*inputs))]
            array[place] = original
            columns.append(
                [
                    (h - w).reshape(-1) / (2 * eps)
                    for h, w in zip(high, low, strict=True)
                ]
            )
    return [np.stack(c, axis=0) for c in zip(*columns, strict=True)]


def _analytic(outputs, index, tensor):
    """The same by backward, one output element at a time."""
    output, rows = outputs[index], []
    for place in np.ndindex(output._array.shape):
        for unit in (1, 1j) if output._array.dtype.kind == "c" else (1,):
            seed = np.zeros_like(output._array)
            seed[place] = unit
            (found,) = grad(
                output, tensor, wrap(seed), retain_graph=True, allow_unused=True
            )
            rows.append(
                np.zeros(tensor._array.shape, tensor._array.dtype)
                if found is None
                else found._array
            )
    return rows


def _as_real(values):
    """Complex numbers as pairs of real ones along a new last axis, flattened."""
    values = np.asarray(values)
    if values.dtype.kind != "c":
        return values.reshape(len(values), -1)
    pairs = np.stack([values.real, values.imag], axis=-1)
    return pairs.reshape(len(values), -1)


def gradcheck(
    func,
    inputs,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_batched_forward_grad=False,
    check_forward_ad=False,
    check_backward_ad=True,
    fast_mode=False,
    masked=None,
):
    """Check the gradients of a function against central finite differences.

    Args:
        func: of the inputs; returns a tensor or a tuple of tensors.
        inputs: a tuple; those that require grad are checked and should be float64.
        eps: the step of the differences.
        atol, rtol: absolute and relative tolerance.
        raise_exception: raise on a mismatch, rather than return False.
        nondet_tol: how far two backwards may differ.
        check_grad_dtypes: also require gradients of the inputs' dtypes.
        check_undefined_grad, check_backward_ad, fast_mode, masked: accepted; the full
            check of backward is always made.
        check_batched_grad, check_batched_forward_grad, check_forward_ad: must be
            False: there is no vmap and no forward mode.

    Returns:
        bool: True where all agree.

    Raises:
        RuntimeError: (GradcheckError) on a mismatch.
        ValueError: where no input requires grad.

    >>> import rushlight
    >>> x = rushlight.ones(2, dtype=rushlight.float64, requires_grad=True)
    >>> gradcheck(lambda x: x * x, (x,))
    True
    """
    if check_forward_ad or check_batched_grad or check_batched_forward_grad:
        raise ArgumentError(
            explain(
                "gradcheck()",
                expected="checks of backward only",
                got="check_forward_ad or check_batched_grad",
                do="Leave them False.",
            )
        )
    inputs, wanted = _inputs(inputs)
    try:
        outputs = _outputs(func(*inputs))
        for number, tensor in enumerate(wanted):
            numeric = _numeric(func, inputs, tensor, eps)
            for index in range(len(outputs)):
                _compare(outputs, index, tensor, number, numeric[index], atol, rtol)
            _check_repeatable(outputs, tensor, nondet_tol, check_grad_dtypes)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _compare(outputs, index, tensor, number, numeric, atol, rtol):
    numeric = _as_real(numeric).T  # one row for each real part of the output
    analytic = _as_real(_analytic(outputs, index, tensor)) if numeric.size else numeric
    if np.allclose(analytic, numeric, rtol, atol):
        return
    raise GradcheckError(
        explain(
            "gradcheck()",
            expected=f"the Jacobian of output {index} with respect to input {number} "
            f"to be (numerical)\n{numeric}\n",
            got=f"Jacobian mismatch, (analytical)\n{analytic}\n",
            do="Correct the backward rule; inputs should be float64 and the function "
            "smooth at this point.",
        )
    )


def _check_repeatable(outputs, tensor, nondet_tol, check_grad_dtypes):
    for output in outputs:
        if not output.requires_grad:
            continue
        first, second = (
            grad(
                output, tensor, _ones_like(output), retain_graph=True, allow_unused=True
            )[0]
            for _ in range(2)
        )
        if first is None:
            continue
        if np.abs(first._array - second._array).max(initial=0) > nondet_tol:
            raise GradcheckError(
                explain(
                    "gradcheck()",
                    expected=f"two backwards to agree within {nondet_tol}",
                    got="Backward is not reentrant: other gradients the second time",
                    do="Remove the randomness from backward, or raise nondet_tol.",
                )
            )
        if check_grad_dtypes and first.dtype is not tensor.dtype:
            raise GradcheckError(
                explain(
                    "gradcheck()",
                    expected=f"a gradient of {tensor.dtype}",
                    got=first.dtype,
                    do="Convert it in backward.",
                )
            )


def _ones_like(tensor):
    return wrap(np.ones_like(tensor._array))


def gradgradcheck(
    func,
    inputs,
    grad_outputs=None,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    gen_non_contig_grad_outputs=False,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_fwd_over_rev=False,
    check_rev_over_rev=True,
    fast_mode=False,
    masked=False,
):
    """Check second derivatives: gradcheck of the gradient.

    Args:
        func, inputs, eps, atol, rtol, raise_exception, nondet_tol: as `gradcheck`.
        grad_outputs: the gradients to start from; random ones if left out.
        gen_non_contig_grad_outputs: make those non-contiguous.
        others: as `gradcheck`; check_fwd_over_rev must be False.

    Returns:
        bool: True where all agree.

    Raises:
        RuntimeError: (GradcheckError) on a mismatch.

    >>> import rushlight
    >>> x = rushlight.ones(2, dtype=rushlight.float64, requires_grad=True)
    >>> gradgradcheck(lambda x: x * x * x, (x,))
    True
    """
    inputs, wanted = _inputs(inputs)
    outputs = [o for o in _outputs(func(*inputs)) if o.requires_grad]
    if grad_outputs is None:
        starts = tuple(_random_like(o, gen_non_contig_grad_outputs) for o in outputs)
    else:
        starts = (
            (grad_outputs,) if isinstance(grad_outputs, Tensor) else tuple(grad_outputs)
        )

    def gradient(*args):
        given = args[: len(inputs)]
        found = [o for o in _outputs(func(*given)) if o.requires_grad]
        leaves = [t for t in given if isinstance(t, Tensor) and t.requires_grad]
        gradients = grad(
            found, leaves, args[len(inputs) :], create_graph=True, allow_unused=True
        )
        return tuple(g for g in gradients if g is not None)

    return gradcheck(
        gradient,
        (*inputs, *starts),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
    )


def _random_like(tensor, scattered):
    rng = np.random.default_rng(0)
    values = rng.normal(size=tensor._array.shape)
    if tensor._array.dtype.kind == "c":
        values = values + 1j * rng.normal(size=values.shape)
    values = np.asarray(values).astype(tensor._array.dtype)
    if scattered and values.ndim:
        values = np.repeat(values, 2, axis=-1)[..., ::2]
    result = wrap(values)
    result.requires_grad = True
    return result
