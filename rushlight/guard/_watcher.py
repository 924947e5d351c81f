"""The watcher: what guarded places call, handed to the checks that want to know."""

import sys

from rushlight._core.guarding import GUARDS
from rushlight._core.intercept import CAPTURE
from rushlight._core.node import Output
from rushlight.guard import _history
from rushlight.guard._generators import noting
from rushlight.guard._passes import loading
from rushlight.guard._report import BOOK
from rushlight.guard._safe import safe_class
from rushlight.guard.checks.data import (
    data_order,
    label_range,
    nonfinite_input,
    truncated_write,
    uneven_mean,
    worker_random,
    worker_stream,
    wrapped_bytes,
)
from rushlight.guard.checks.loss import (
    broadcast_loss,
    cut_graph,
    data_write,
    double_softmax,
    flat_loss,
    growing_graph,
    loss_value,
    lost_loss,
    lost_term,
)
from rushlight.guard.checks.model import (
    broken_tie,
    dead_relu,
    equal_units,
    eval_dropout,
    forward_call,
    live_state,
    lost_train,
    misspelt,
    nonfinite_op,
    partial_load,
    plain_list,
    random_norm,
    shared_layer,
    train_mode_eval,
    vanished_gradient,
)
from rushlight.guard.checks.optim import (
    half_underflow,
    learning_rate,
    never_trained,
    no_optimizer,
    stale_grad,
    step_order,
)

CHECKS = (
    stale_grad,
    step_order,
    learning_rate,
    never_trained,
    half_underflow,
    no_optimizer,
    plain_list,
    broadcast_loss,
    double_softmax,
    train_mode_eval,
    lost_train,
    eval_dropout,
    partial_load,
    live_state,
    broken_tie,
    shared_layer,
    equal_units,
    dead_relu,
    vanished_gradient,
    forward_call,
    loss_value,
    nonfinite_input,
    nonfinite_op,
    random_norm,
    growing_graph,
    lost_loss,
    lost_term,
    cut_graph,
    flat_loss,
    data_write,
    data_order,
    worker_random,
    worker_stream,
    uneven_mean,
    label_range,
    wrapped_bytes,
    misspelt,
    truncated_write,
)


BOOK.checks.update({check.NAME: check for check in CHECKS})


@safe_class
class Watcher:
    """One method for each guarded place (Note [Guarded places])."""

    def created(self, optimizer):
        """An optimizer is made."""
        _history.REST_AT[0] = _history.COUNT[0] + _history.LONG
        no_optimizer.created(optimizer)

    def zeroing(self, optimizer):
        """Its zero_grad() is about to run."""
        step_order.zeroing(optimizer)

    def stepping(self, optimizer, closure):
        """Its step() is about to run."""
        step_order.stepping(optimizer, closure)
        history = optimizer._guard_history
        steps = history.steps
        if steps <= 2 or not (history.moving and steps & 63):
            learning_rate.stepping(optimizer)
        if stale_grad.STALE:
            stale_grad.stepping(optimizer)
        if nonfinite_op.STATE.active:
            nonfinite_op.stepping(optimizer)
        if data_order.ORDERED:
            data_order.stepping()
        if broken_tie.PENDING:
            broken_tie.stepping(optimizer)
        if lost_train.PENDING:
            lost_train.lost(optimizer)
        lost_loss.stepping(optimizer, closure)
        if lost_term.PENDING:
            lost_term.stepping(closure)
        if steps in no_optimizer.ASK_AT and optimizer not in lost_loss.STATE.said:
            no_optimizer.stepping(optimizer, closure)
        if steps == never_trained.ASK_AT or never_trained.WATCHES:
            never_trained.stepping(optimizer)
        if steps in half_underflow.ASK_AT:
            half_underflow.stepping(optimizer)
        if steps < 32:
            misspelt.stepping(optimizer, closure)
            self.early(optimizer, closure)

    def early(self, optimizer, closure):
        """One of the first steps is about to run."""
        steps = optimizer._guard_history.steps
        if steps <= flat_loss.STEPS:
            flat_loss.stepping(optimizer, steps, closure)
            if optimizer not in lost_loss.STATE.said:
                cut_graph.stepping(optimizer, steps, closure)
        if steps <= 3:
            lost_train.stepping(optimizer)
            if steps in (equal_units.FIRST, equal_units.ASK_AT):
                equal_units.stepping(optimizer)
        elif steps in vanished_gradient.LOOKS:
            vanished_gradient.stepping(optimizer, closure)

    def scheduling(self, scheduler):
        """A learning rate schedule is made."""
        learning_rate.made(scheduler)

    def scheduled(self, scheduler):
        """Its step() is called."""
        learning_rate.scheduled(scheduler)

    def stepped(self, optimizer):
        """Its step() has run."""
        stale_grad.stepped(optimizer)
        if _history.COUNT[0] >= _history.REST_AT[0]:
            self.rest()

    def rest(self):
        """A long training: see less for a while."""
        from rushlight.guard import _resting

        _resting.rest()

    def clipping(self, gradients, limit):
        """Gradients are about to be clipped."""
        step_order.clipping(gradients, limit)

    def scaled(self, tensor):
        """A gradient scaler has multiplied a loss."""
        step_order.scaled(tensor)

    def halving(self):
        """autocast begins, with float16."""
        half_underflow.halving()

    def unscaled(self):
        """A gradient scaler has divided an optimizer's gradients."""
        step_order.SCALED[0] = False

    def starting(self, tensor):
        """backward() begins at a tensor."""
        if CAPTURE.get() is not None:
            return
        step_order.starting(tensor)
        if nonfinite_op.STATE.active:  # before the loss, which is but its effect
            nonfinite_op.starting(tensor)
        value = _history.LAST_LOSS[0]
        if value is not None and value - value != 0:
            loss_value.starting(tensor)
        growing_graph.starting(tensor)
        lost_loss.starting(tensor)
        if lost_term.NUMBERS:
            lost_term.starting(tensor)
        if flat_loss.STATE.flat:
            flat_loss.starting(tensor)
        if data_write.NOTES:
            data_write.starting(tensor)
        count = step_order.COUNT[0]
        if count <= dead_relu.LAST and not count % dead_relu.EVERY:
            dead_relu.starting(tensor, count)
        if broadcast_loss.is_looking():
            broadcast_loss.starting(tensor)

    def adding(self, tensor):
        """backward() is about to add to a gradient that is there."""
        if CAPTURE.get() is None:
            stale_grad.adding(tensor)

    def backward(self, walk):
        """backward() has run, and filled the leaves."""
        if CAPTURE.get() is None:
            if nonfinite_op.STATE.active:
                nonfinite_op.backward(walk)
            if step_order.SCALED[0] or step_order.RECENT.asking:
                step_order.backward(walk)
            count = step_order.COUNT[0]
            if count <= no_optimizer.YOUNG[0] or not count & 15:
                no_optimizer.backward(walk)
            if never_trained.WATCHES:
                never_trained.backward(walk)
            lost_loss.backward(walk)

    def differentiated(self):
        """Gradients were computed for some targets, no leaves were filled."""
        growing_graph.used()

    def number(self, tensor, value):
        """A number is taken of a tensor that is part of a graph."""
        node = tensor._edge
        node = node.node if node.__class__ is Output else node
        if node.saved is not None and CAPTURE.get() is None:  # backward has not run
            lost_term.taken(tensor, value)

    def data(self, tensor):
        """`.data` of a tensor that is part of a graph is read or about to be set."""
        if CAPTURE.get() is None:
            data_write.asked(tensor)

    def loss(self, name, input, target):
        """A loss function is called."""
        if CAPTURE.get() is not None:
            double_softmax.traced(name, input)
        else:
            if input._edge is not None:
                idle = growing_graph.IDLE
                idle.count += 1
                if idle.count > growing_graph.FEW:
                    growing_graph.loss(input)
                double_softmax.loss(name, input)
            elif GUARDS.made:
                double_softmax.loss(name, input)
            if train_mode_eval.SUSPECTS:
                train_mode_eval.loss(name, input, target)
            if data_order.ORDERED or getattr(target._array, "base", None) is not None:
                data_order.loss(name, input, target)
            if uneven_mean.EVALUATION:
                uneven_mean.loss(name, input, target)
            if name in broadcast_loss.PAIRED:
                broadcast_loss.loss(name, input, target)

    def divergence(self, input, target, log_target):
        """kl_div() is called."""
        self.loss("kl_div", input, target)
        if CAPTURE.get() is None:
            double_softmax.divergence(target, log_target)

    def labels(self, name, input, target):
        """A loss that is reduced without weights is called."""
        if CAPTURE.get() is None:
            label_range.labels(name, input, target)

    def training(self, module):
        """A dropout or batch norm runs in training mode, or where it was asked for."""
        if CAPTURE.get() is None:
            if module.training:
                train_mode_eval.training(module)
            else:
                lost_train.running(module)

    def dropping(self):
        """A functional dropout drops values."""
        caller = sys._getframe(3)
        if caller.f_code.co_filename != eval_dropout.LAYERS and CAPTURE.get() is None:
            eval_dropout.dropping(caller)

    def switched(self, module):
        """train() or eval() is called on a module, or on one around it."""
        caller = sys._getframe(1)
        if caller.f_back is None or caller.f_back.f_code is not caller.f_code:
            lost_train.switched(module)
            worker_random.TRAINING[0] = module.training
        if train_mode_eval.TRAINED or train_mode_eval.SUSPECTS:
            train_mode_eval.switched(module)

    def saved_state(self, module, state_dict):
        """state_dict() has run."""
        live_state.taken(state_dict)
        plain_list.saving(module)

    def loading_state(self, module, state_dict, assign):
        """load_state_dict() is about to run."""
        live_state.loading(module, state_dict)
        no_optimizer.loading(module)
        if assign:
            broken_tie.untying(module, "load_state_dict(assign=True)")
        else:
            broken_tie.loading(module, state_dict)

    def loaded_state(self, module, state_dict, keys):
        """load_state_dict(strict=False) has run."""
        partial_load.loaded(module, state_dict, keys)

    def untying(self, module, call):
        """A call that makes new parameters is about to run."""
        broken_tie.untying(module, call)

    def contained(self, container):
        """A container is made that holds a module several times."""
        shared_layer.contained(container)

    def hooked(self, module):
        """A forward hook is registered."""
        forward_call.hooked(module)

    def attribute(self, module, name, value):
        """A plain attribute is set on a module for the first time."""
        misspelt.attribute(module, name, value)

    def writing(self, tensor, value):
        """A value of another dtype is written into integers."""
        if CAPTURE.get() is None:
            truncated_write.writing(tensor, value)

    def copying(self, tensor, source):
        """Floats are copied into integers."""
        if CAPTURE.get() is None:
            truncated_write.copying(tensor, source)

    def truncating(self, value, dtype, who):
        """A number with a fraction becomes an integer of a tensor."""
        if CAPTURE.get() is None:
            truncated_write.truncating(value, dtype, who)

    def unestimated(self, hook, module):
        """spectral_norm runs in evaluation mode and was never estimated."""
        if CAPTURE.get() is None:
            random_norm.unestimated(hook, module)

    def bytes(self, tensor=None):
        """A uint8 tensor is made, of another one if it is given."""
        if CAPTURE.get() is None:
            wrapped_bytes.attach()
            if tensor is not None:
                wrapped_bytes.narrowing(tensor._array)

    def loading(self, loader, iterator):
        """A pass over a loader begins; returns what is iterated."""
        return loading(loader, iterator)

    def working(self, fetcher, info, loading, answers):
        """A worker begins; returns what fetches its batches, or None."""
        return noting(fetcher, info, loading, answers)


WATCHER = Watcher()


def switch():
    """Turn the guarded places on or off, by whether any check may speak."""
    if _history.COUNT[0] < _history.LONG or not isinstance(GUARDS.see, Watcher):
        GUARDS.see = WATCHER  # who rests in a long training goes on with it
    levels = {BOOK.level(name) for name in BOOK.checks}
    GUARDS.on = levels != {"off"}
    if GUARDS.on:
        broadcast_loss.attach()
    else:
        broadcast_loss.detach()
        train_mode_eval.detach()
        wrapped_bytes.detach()
