"""biject_to and transform_to: from all reals into a region."""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight.distributions import constraints, transforms


class ConstraintRegistry:
    """Region's class -> the function that makes a transform into it."""

    def __init__(self):
        self._registry = {}

    def register(self, constraint, factory=None):
        """Enter a function of regions of a class; also used as a decorator.

        Raises:
            TypeError: for what is no region.
        """
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        if isinstance(constraint, constraints.Constraint):
            constraint = type(constraint)
        if not (
            isinstance(constraint, type)
            and issubclass(constraint, constraints.Constraint)
        ):
            raise ArgumentTypeError(
                explain(
                    "register()",
                    expected="a Constraint, or a class of them",
                    got=constraint,
                    do="See rushlight.distributions.constraints.",
                )
            )
        self._registry[constraint] = factory
        return factory

    def __call__(self, constraint):
        for kind in type(constraint).__mro__:
            if kind in self._registry:
                return self._registry[kind](constraint)
        raise NotImplementedError(
            f"Cannot transform {type(constraint).__name__} constraints"
        )


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()


def _both(*regions):
    def enter(factory):
        for region in regions:
            biject_to.register(region, factory)
            transform_to.register(region, factory)
        return factory

    return enter


@_both(constraints.real)
def _real(constraint):
    return transforms.identity_transform


@biject_to.register(constraints.independent)
def _biject_independent(constraint):
    base = biject_to(constraint.base_constraint)
    return transforms.IndependentTransform(base, constraint.reinterpreted_batch_ndims)


@transform_to.register(constraints.independent)
def _transform_independent(constraint):
    base = transform_to(constraint.base_constraint)
    return transforms.IndependentTransform(base, constraint.reinterpreted_batch_ndims)


@_both(constraints.greater_than, constraints.greater_than_eq)
def _greater_than(constraint):
    low = constraint.lower_bound
    if isinstance(low, (int, float)) and low == 0:
        return transforms.ExpTransform()
    parts = [transforms.ExpTransform(), transforms.AffineTransform(low, 1)]
    return transforms.ComposeTransform(parts)


@_both(constraints.less_than)
def _less_than(constraint):
    shift = transforms.AffineTransform(constraint.upper_bound, -1)
    return transforms.ComposeTransform([transforms.ExpTransform(), shift])


@_both(constraints.interval, constraints.half_open_interval)
def _interval(constraint):
    low, high = constraint.lower_bound, constraint.upper_bound
    if isinstance(low, (int, float)) and (low, high) == (0, 1):
        return transforms.SigmoidTransform()
    parts = [transforms.SigmoidTransform(), transforms.AffineTransform(low, high - low)]
    return transforms.ComposeTransform(parts)


@biject_to.register(constraints.simplex)
def _biject_simplex(constraint):
    return transforms.StickBreakingTransform()


@transform_to.register(constraints.simplex)
def _transform_simplex(constraint):
    return transforms.SoftmaxTransform()


@_both(constraints.lower_cholesky)
def _lower_cholesky(constraint):
    return transforms.LowerCholeskyTransform()


@_both(constraints.positive_definite, constraints.positive_semidefinite)
def _positive_definite(constraint):
    return transforms.PositiveDefiniteTransform()


@_both(constraints.corr_cholesky)
def _corr_cholesky(constraint):
    return transforms.CorrCholeskyTransform()


def _parts(registry, kind):
    def factory(constraint):
        parts = [registry(part) for part in constraint.cseq]
        if kind is transforms.CatTransform:
            return kind(parts, constraint.dim, constraint.lengths)
        return kind(parts, constraint.dim)

    return factory


for _registry in (biject_to, transform_to):
    _registry.register(constraints.cat, _parts(_registry, transforms.CatTransform))
    _registry.register(constraints.stack, _parts(_registry, transforms.StackTransform))
