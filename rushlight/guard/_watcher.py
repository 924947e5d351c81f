"""The watcher: what guarded places call, handed to the checks that want to know."""

import weakref

from rushlight._core.guarding import GUARDS
from rushlight._core.intercept import CAPTURE
from rushlight.guard._generators import noting
from rushlight.guard._passes import loading
from rushlight.guard._report import BOOK
from rushlight.guard.checks import (
    broadcast_loss,
    data_order,
    double_softmax,
    forward_call,
    growing_graph,
    loss_value,
    misspelt,
    no_optimizer,
    nonfinite_op,
    random_norm,
    stale_grad,
    step_order,
    train_mode_eval,
    truncated_write,
    worker_random,
    worker_stream,
)

CHECKS = (
    stale_grad,
    step_order,
    no_optimizer,
    broadcast_loss,
    double_softmax,
    train_mode_eval,
    forward_call,
    loss_value,
    nonfinite_op,
    random_norm,
    growing_graph,
    data_order,
    worker_random,
    worker_stream,
    misspelt,
    truncated_write,
)


class PlainList:
    """plain-list: found by no-optimizer, told apart by where the parameters live."""

    NAME = "plain-list"
    SUMMARY = "parameters in a plain list, tuple or dict of a module are not trained"


BOOK.checks.update({check.NAME: check for check in (*CHECKS, PlainList)})


class Watcher:
    """One method for each guarded place (Note [Guarded places])."""

    def created(self, optimizer):
        """An optimizer is made."""
        no_optimizer.created(optimizer)

    def zeroing(self, optimizer):
        """Its zero_grad() is about to run."""
        step_order.zeroing(optimizer)

    def stepping(self, optimizer, closure):
        """Its step() is about to run."""
        step_order.stepping(optimizer, closure)
        if stale_grad.STALE:
            stale_grad.stepping(optimizer)
        if nonfinite_op.STATE.active:
            nonfinite_op.stepping(optimizer)
        if data_order.ORDERED:
            data_order.stepping()
        if optimizer._guard_history.steps < 32:
            misspelt.stepping(optimizer, closure)
            no_optimizer.stepping(optimizer, closure)

    def stepped(self, optimizer):
        """Its step() has run."""
        stale_grad.stepped(optimizer)

    def clipping(self, gradients, limit):
        """Gradients are about to be clipped."""
        step_order.clipping(gradients, limit)

    def scaled(self, tensor):
        """A gradient scaler has multiplied a loss."""
        step_order.LAST_SCALED[0] = weakref.ref(tensor)

    def unscaled(self):
        """A gradient scaler has divided an optimizer's gradients."""
        step_order.SCALED[0] = False

    def starting(self, tensor):
        """backward() begins at a tensor."""
        if CAPTURE.get() is not None:
            return
        step_order.starting(tensor)
        loss_value.starting(tensor)
        growing_graph.starting(tensor)
        if nonfinite_op.STATE.active:
            nonfinite_op.starting(tensor)
        if broadcast_loss.SUSPECTS:
            broadcast_loss.starting(tensor)

    def adding(self, tensor):
        """backward() is about to add to a gradient that is there."""
        if CAPTURE.get() is None:
            stale_grad.adding(tensor)

    def backward(self, walk):
        """backward() has run, and filled the leaves."""
        if CAPTURE.get() is None:
            nonfinite_op.backward(walk)
            no_optimizer.backward(walk)

    def loss(self, name, input, target):
        """A loss function is called."""
        if CAPTURE.get() is None:
            if input._edge is not None or GUARDS.made:
                double_softmax.loss(name, input)
            if train_mode_eval.SUSPECTS:
                train_mode_eval.loss(name, input, target)
            if data_order.ORDERED:
                data_order.loss(name, input, target)
            if input._array.shape != target._array.shape:
                broadcast_loss.loss(name, input, target)

    def divergence(self, input, target, log_target):
        """kl_div() is called."""
        self.loss("kl_div", input, target)
        if CAPTURE.get() is None:
            double_softmax.divergence(target, log_target)

    def training(self, module):
        """A dropout or batch norm runs in training mode."""
        if CAPTURE.get() is None:
            train_mode_eval.training(module)

    def switched(self, module):
        """train() or eval() is called on a module."""
        train_mode_eval.switched(module)
        worker_random.TRAINING[0] = module.training

    def hooked(self, module):
        """A forward hook is registered."""
        forward_call.hooked(module)

    def attribute(self, module, name, value):
        """A plain attribute is set on a module for the first time."""
        misspelt.attribute(module, name, value)

    def writing(self, tensor, value):
        """A value of another dtype is written into integers, by index."""
        if CAPTURE.get() is None:
            truncated_write.writing(tensor, value)

    def unestimated(self, hook, module):
        """spectral_norm runs in evaluation mode and was never estimated."""
        if CAPTURE.get() is None:
            random_norm.unestimated(hook, module)

    def loading(self, loader, iterator):
        """A pass over a loader begins; returns what is iterated."""
        return loading(loader, iterator)

    def working(self, fetcher, info, loading, answers):
        """A worker begins; returns what fetches its batches, or None."""
        return noting(fetcher, info, loading, answers)


WATCHER = Watcher()


def switch():
    """Turn the guarded places on or off, by whether any check may speak."""
    GUARDS.see = WATCHER
    levels = {BOOK.level(name) for name in BOOK.checks}
    GUARDS.on = levels != {"off"}
    if GUARDS.on:
        broadcast_loss.attach()
    else:
        broadcast_loss.detach()
        train_mode_eval.detach()
