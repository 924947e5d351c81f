"""Losses that ask scores or distances to differ by a margin."""

from rushlight._base.errors import ArgumentError, ShapeError, explain
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._ops._lengths import p_distance
from rushlight._ops.loss._reduction import reduced, reduction_of, tensors

# ------------------------------------------------------------- cosine_embedding_loss


def cosine_embedding_loss(
    input1,
    input2,
    target,
    margin=0,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """Pull vectors together or push them apart, by the cosine of their angle.

        1 - cos   where target is 1,   max(0, cos - margin)   where it is -1

    Args:
        input1, input2: (N, D) or (D,), float.
        target: (N,) or (), 1 or -1.
        margin: the cosine below which different vectors cost nothing.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the target's shape.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0, 0.0]), rushlight.tensor([0.0, 2.0])
    >>> f = rushlight.nn.functional.cosine_embedding_loss
    >>> f(x, y, rushlight.tensor(1))
    tensor(1.)
    """
    who = "cosine_embedding_loss()"
    tensors(who, input1=input1, input2=input2, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on and reduction != "none":
        GUARDS.see.labels("cosine_embedding_loss", input1, target)
    dims = target.ndim
    if dims > 1 or input1.ndim != dims + 1 or input2.ndim != dims + 1:
        raise ShapeError(
            explain(
                who,
                expected="a 1D target with 2D inputs, or a 0D target with 1D inputs",
                got=f"target {list(target.shape)}, inputs {list(input1.shape)} and "
                f"{list(input2.shape)}",
                do="One target for each pair of vectors.",
            )
        )
    product = (input1 * input2).sum(dims)
    size1 = (input1 * input1).sum(dims) + 1e-12
    size2 = (input2 * input2).sum(dims) + 1e-12
    cosine = product / (size1 * size2).sqrt()
    near = (1 - cosine).masked_fill(target != 1, 0)
    far = (cosine - margin).clamp(min=0).masked_fill(target != -1, 0)
    return reduced(near + far, reduction)


# --------------------------------------------------------------- margin_ranking_loss


def margin_ranking_loss(
    input1,
    input2,
    target,
    margin=0,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """Ask input1 to be larger (target 1) or smaller (-1) than input2 by a margin.

        max(0, margin - target * (input1 - input2))

    Args:
        input1, input2, target: tensors of as many dimensions each; target 1 or -1.
        margin: by how much.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, y, target = rushlight.tensor([[3.0], [0.0], [1.0]])
    >>> rushlight.nn.functional.margin_ranking_loss(y, x, target)
    tensor(3.)
    """
    who = "margin_ranking_loss()"
    tensors(who, input1=input1, input2=input2, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if not input1.ndim == input2.ndim == target.ndim:
        raise ShapeError(
            explain(
                who,
                expected="inputs and target of as many dimensions",
                got=f"{list(input1.shape)}, {list(input2.shape)} and "
                f"{list(target.shape)}",
                do="Use .squeeze() or .unsqueeze().",
            )
        )
    loss = (-target * (input1 - input2) + margin).clamp(min=0)
    return reduced(loss, reduction)


# -------------------------------------------------------------- hinge_embedding_loss


def hinge_embedding_loss(
    input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"
):
    """The distance itself for pairs alike, the rest to the margin for others.

        x   where target is 1,   max(0, margin - x)   where it is -1

    Args:
        input: (*), float; distances.
        target: (*), 1 or -1.
        margin: the distance from which different pairs cost nothing.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for sizes that do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.25, 0.25]), rushlight.tensor([1, -1])
    >>> rushlight.nn.functional.hinge_embedding_loss(x, y, reduction="none")
    tensor([0.2500, 0.7500])
    """
    who = "hinge_embedding_loss()"
    tensors(who, input=input, target=target)
    if GUARDS.on:
        GUARDS.see.loss("hinge_embedding_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on and reduction != "none":
        GUARDS.see.labels("hinge_embedding_loss", input, target)
    far = (margin - input).clamp(min=0).masked_fill(target == 1, 0)
    near = input.masked_fill(target == -1, 0)
    return reduced(far + near, reduction)


# --------------------------------------------------------------- triplet_margin_loss


def triplet_margin_loss(
    anchor,
    positive,
    negative,
    margin=1.0,
    p=2,
    eps=1e-6,
    swap=False,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """Ask the negative to be farther from the anchor than the positive by a margin.

        max(0, |anchor - positive| - |anchor - negative| + margin)

    Args:
        anchor, positive, negative: (N, D) or (D,), float.
        margin: > 0.
        p: the norm's exponent.
        eps: added to differences.
        swap: take the positive's distance from the negative where it is smaller.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" (N,).

    Raises:
        ValueError: for a margin that is not positive.
        RuntimeError: for sizes that do not fit.

    See:
        Balntas et al., "Learning local feature descriptors with triplets" (2016).

    >>> import rushlight
    >>> a, p, n = rushlight.tensor([[0.0], [3.0], [1.0]])
    >>> rushlight.nn.functional.triplet_margin_loss(a, p, n)
    tensor(3.)
    """
    who = "triplet_margin_loss()"
    reduction = reduction_of(reduction, size_average, reduce, who)

    def distance(x, y):
        return p_distance(x, y, p, eps, False, who)

    return _triplet(anchor, positive, negative, distance, margin, swap, reduction, who)


def triplet_margin_with_distance_loss(
    anchor,
    positive,
    negative,
    *,
    distance_function=None,
    margin=1.0,
    swap=False,
    reduction="mean",
):
    """As `triplet_margin_loss`, with a distance of one's own.

    Args:
        anchor, positive, negative: (N, *), float.
        distance_function: of two tensors; the Euclidean distance if left out.
        margin, swap, reduction: as for `triplet_margin_loss`.

    Returns:
        Tensor: a number; for "none" the distances' shape.

    Raises:
        ValueError: for a margin that is not positive.
        RuntimeError: for tensors of different dimensions.

    >>> import rushlight
    >>> a, p, n = rushlight.tensor([[0.0], [3.0], [1.0]])
    >>> rushlight.nn.functional.triplet_margin_with_distance_loss(a, p, n)
    tensor(3.)
    """
    who = "triplet_margin_with_distance_loss()"
    reduction = reduction_of(reduction, None, None, who)
    if distance_function is None:

        def distance_function(x, y):
            return p_distance(x, y, 2.0, 1e-6, False, who)

    return _triplet(
        anchor, positive, negative, distance_function, margin, swap, reduction, who
    )


def _triplet(anchor, positive, negative, distance, margin, swap, reduction, who):
    tensors(who, anchor=anchor, positive=positive, negative=negative)
    if not margin > 0:
        raise ArgumentError(
            explain(
                who,
                expected="margin greater than 0",
                got=margin,
                do="Without one, equal distances would do.",
            )
        )
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            explain(
                who,
                expected="anchor, positive and negative of as many dimensions",
                got=f"{anchor.ndim}D, {positive.ndim}D and {negative.ndim}D",
                do="Use .unsqueeze(0).",
            )
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((margin + near - far).clamp(min=0), reduction)


for _function in (
    cosine_embedding_loss,
    margin_ranking_loss,
    hinge_embedding_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
):
    expose(_function, torch=False, method=False, functional=True)
