"""What the layers share: the products of all steps at once, and their gradients.

# Note [Through time]
# The products with the inputs do not depend on the states, so they are one large matrix
# product for all steps; only the small product with the last state is done step by
# step.  The same holds backwards: steps only compute the gradients of the gates, from
# which those of weights and inputs follow as large products.
"""

from rushlight._base.errors import UnsupportedError, explain
from rushlight._base.spec import Spec


def project(np, x, weight, *biases):
    """``x @ weight.T + biases`` for all steps: (T, B, I) to (T, B, gates)."""
    steps, batch, width = x.shape
    flat = np.matmul(x.reshape(steps * batch, width), weight.T)
    for bias in biases:
        if bias is not None:
            flat += bias
    return flat.reshape(steps, batch, -1)


def order(steps, reverse):
    """The steps in the order in which the states pass through them."""
    return range(steps - 1, -1, -1) if reverse else range(steps)


def states_before(np, first, outputs, reverse):
    """The state that each step began with: (T, B, H)."""
    before = np.empty((len(outputs), *first.shape), outputs.dtype)
    if reverse:
        before[:-1], before[-1] = outputs[1:], first
    else:
        before[1:], before[0] = outputs[:-1], first
    return before


def weight_gradient(np, gates, values):
    """``sum over steps of gates.T @ values``."""
    width = gates.shape[-1]
    return np.matmul(gates.reshape(-1, width).T, values.reshape(-1, values.shape[-1]))


def input_gradient(np, gates, weight):
    """``gates @ weight`` for all steps."""
    steps, batch, width = gates.shape
    return np.matmul(gates.reshape(-1, width), weight).reshape(steps, batch, -1)


def bias_gradient(np, gates):
    """The sum over steps and batch."""
    return np.add.reduce(gates.reshape(-1, gates.shape[-1]), 0)


def sigmoid(np, x):
    """The logistic function, in place, by way of tanh."""
    x *= 0.5
    np.tanh(x, x)
    x *= 0.5
    x += 0.5
    return x


def like(*arrays):
    """The specs of arrays (None stays None)."""
    return tuple(None if a is None else Spec(a.shape, a.dtype) for a in arrays)


def once(name):
    """The gradient rule of a backward through time: there is none."""

    def refuse(g):
        raise UnsupportedError(
            explain(
                f"backward through {name}",
                expected="first derivatives of recurrent layers",
                got="a second derivative",
                do="Build the layer of nn.LSTMCell, GRUCell or RNNCell, whose steps "
                "can be differentiated twice.",
            )
        )

    return refuse
