"""ExponentialFamily: laws whose entropy follows from their normaliser."""

from rushlight import autograd
from rushlight._core.grad_mode import enable_grad
from rushlight.distributions.distribution import Distribution


class ExponentialFamily(Distribution):
    """A law of the form ``exp(t(x) . theta - F(theta) + k(x))``.

    Subclasses give ``_natural_params`` (theta), ``_log_normalizer`` (F) and
    ``_mean_carrier_measure`` (the expectation of k).
    """

    @property
    def _natural_params(self):
        raise NotImplementedError

    def _log_normalizer(self, *natural_params):
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self):
        raise NotImplementedError

    def entropy(self):
        """F - theta . gradient of F - the expectation of k."""
        params = [p.detach().requires_grad_() for p in self._natural_params]
        with enable_grad():
            normalizer = self._log_normalizer(*params)
        slopes = autograd.grad(normalizer.sum(), params, create_graph=True)
        result = -self._mean_carrier_measure + normalizer
        for param, slope in zip(params, slopes, strict=True):
            inner = (param * slope).reshape(*self._batch_shape, -1)
            result = result - inner.sum(-1)
        return result
