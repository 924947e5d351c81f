"""Optimizer: parameter groups, state, state_dict, hooks; what every rule shares."""

import functools
from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy

from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.grad_mode import enable_grad
from rushlight._core.guarding import GUARDS
from rushlight._core.hooks import HookDict
from rushlight._core.intercept import deferrable
from rushlight._core.tensor import Tensor
from rushlight.optim._common.checks import fitted_state
from rushlight.optim._common.groups import check_group, check_param, refuse_names

_global_pre_hooks = HookDict()
_global_post_hooks = HookDict()

#: Stands for a hyperparameter that must be given.
required = object()


def register_optimizer_step_pre_hook(hook):
    """Call ``hook(optimizer, args, kwargs)`` before every optimizer's step.

    Returns:
        RemovableHandle.
    """
    return _global_pre_hooks.add(hook)


def register_optimizer_step_post_hook(hook):
    """Call ``hook(optimizer, args, kwargs)`` after every optimizer's step.

    Returns:
        RemovableHandle.
    """
    return _global_post_hooks.add(hook)


def _with_hooks(step):
    """A step() that runs the hooks around it."""

    @deferrable
    @functools.wraps(step)
    def wrapped(self, *args, **kwargs):
        for hook in (*_global_pre_hooks.values(), *self._step_pre_hooks.values()):
            replaced = hook(self, args, kwargs)
            if replaced is not None:
                if not isinstance(replaced, tuple) or len(replaced) != 2:
                    raise RuntimeError(
                        explain(
                            f"{type(self).__name__}.step() pre-hook",
                            expected="None or a tuple of (new_args, new_kwargs)",
                            got=replaced,
                            do="Return both, or nothing.",
                        )
                    )
                args, kwargs = replaced
        if GUARDS.on:
            closure = args[0] if args else kwargs.get("closure")
            GUARDS.see.stepping(self, closure)
        result = step(self, *args, **kwargs)
        if GUARDS.on and self._watched:
            GUARDS.see.stepped(self)
        for hook in (*self._step_post_hooks.values(), *_global_post_hooks.values()):
            hook(self, args, kwargs)
        return result

    wrapped.hooked = True
    return wrapped


class Optimizer:
    """Base class of all optimizers; subclass it and write ``step``.

    Args:
        params: an iterable of Tensors or (name, Tensor) pairs, or of dicts with the
            key "params" and hyperparameters of their own.
        defaults: the hyperparameters of groups that do not set them.

    Raises:
        TypeError: for params that are no iterable of Tensors.
        ValueError: for an empty list, a result instead of a leaf, or a parameter in
            two groups.
    """

    #: Whether guards look at what comes after this step, up to the next.
    _watched = True

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        step = cls.__dict__.get("step")
        if step is not None and not getattr(step, "hooked", False):
            cls.step = _with_hooks(step)

    def __init__(self, params, defaults):
        self.defaults = defaults
        self._make_hooks()
        self.state = defaultdict(dict)
        self.param_groups = []
        if isinstance(params, Tensor):
            raise ArgumentTypeError(
                explain(
                    f"{type(self).__name__}()",
                    expected="an iterable of Tensors or dicts (params argument given "
                    "to the optimizer should be an iterable)",
                    got="one Tensor",
                    do="Pass [tensor].",
                )
            )
        groups = list(params)
        if not groups:
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected="parameters",
                    got="optimizer got an empty parameter list",
                    do="Pass model.parameters() of a model that has some: layers in a "
                    "plain list or dict do not count (use nn.ModuleList, ModuleDict), "
                    "and a generator is used up after one pass.",
                )
            )
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(dict(group))
        if GUARDS.on:
            GUARDS.see.created(self)

    def _make_hooks(self):
        self._step_pre_hooks, self._step_post_hooks = HookDict(), HookDict()
        self._state_dict_pre_hooks = HookDict()
        self._state_dict_post_hooks = HookDict()
        self._load_pre_hooks, self._load_post_hooks = HookDict(), HookDict()
        self._plans = {}

    def __getstate__(self):
        return {
            "defaults": self.defaults,
            "state": self.state,
            "param_groups": self.param_groups,
        }

    def __setstate__(self, state):
        self.__dict__.update(state)
        if "_step_pre_hooks" not in self.__dict__:
            self._make_hooks()
        self._plans = {}
        self.defaults.setdefault("differentiable", False)

    def __repr__(self):
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines += ["", f"Parameter Group {number}"][not number :]
            lines += [f"    {k}: {group[k]}" for k in sorted(group) if k != "params"]
        return "\n".join([*lines, ")"])

    # ------------------------------------------------------------------------ groups

    def add_param_group(self, param_group):
        """Add a group: a dict with "params" and hyperparameters of its own.

        Raises:
            TypeError, ValueError: as for the constructor.
        """
        if not isinstance(param_group, dict):
            raise ArgumentTypeError(
                explain(
                    "add_param_group()",
                    expected="a dict",
                    got=type(param_group).__name__,
                    do='Pass {"params": [...], ...}.',
                )
            )
        self._read_params(param_group)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ArgumentError(
                    explain(
                        f"{type(self).__name__}()",
                        expected=f"the required argument '{name}'",
                        got=f"parameter group didn't specify a value of required "
                        f"optimization parameter {name}",
                        do=f"Set {name} for the group.",
                    )
                )
            param_group.setdefault(name, default)
        check_group(type(self).__name__, param_group, self.param_groups)
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if any(id(p) in known for p in param_group["params"]):
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected="each parameter in one group",
                    got="some parameters appear in more than one parameter group",
                    do="Leave them out of one of the groups.",
                )
            )
        self.param_groups.append(param_group)

    def _read_params(self, group):
        params = group["params"]
        if isinstance(params, Tensor):
            params = [params]
        elif isinstance(params, set):
            raise ArgumentTypeError(
                explain(
                    f"{type(self).__name__}()",
                    expected="an ordered collection of parameters",
                    got="a set, whose ordering changes between runs",
                    do="Pass a list.",
                )
            )
        elif not isinstance(params, Iterable):
            raise ArgumentTypeError(
                explain(
                    f"{type(self).__name__}()",
                    expected="an iterable of Tensors",
                    got=type(params).__name__,
                    do="Pass model.parameters().",
                )
            )
        params = list(params)
        names = [p[0] for p in params if isinstance(p, tuple)]
        if names:
            if len(names) != len(params):
                refuse_names(type(self).__name__, "Some param names are missing")
            group["param_names"] = names
            params = [p for _, p in params]
        for param in params:
            check_param(type(self).__name__, param, self.defaults.get("differentiable"))
        group["params"] = params

    # -------------------------------------------------------------------------- step

    def zero_grad(self, set_to_none=True):
        """Clear the gradients of all parameters.

        Args:
            set_to_none: set them to None (less memory), else to zeros.
        """
        if GUARDS.on and self._watched:
            GUARDS.see.zeroing(self)
        for group in self.param_groups:
            for param in group["params"]:
                gradient = param._grad
                if gradient is None:
                    continue
                if set_to_none:
                    param._grad = None
                else:
                    gradient.detach_()
                    gradient.zero_()

    def step(self, closure=None):
        """Update the parameters once; to be written by the subclass.

        Args:
            closure: computes the loss again and returns it.
        """
        raise NotImplementedError

    @staticmethod
    def loss_of(closure):
        """What a closure returns, run with gradients on; None without one."""
        if closure is None:
            return None
        with enable_grad():
            return closure()

    # -------------------------------------------------------------------- state_dict

    def state_dict(self):
        """State and hyperparameters, with parameters replaced by their numbers.

        Returns:
            dict: {"state": {number: {...}}, "param_groups": [...]}.
        """
        for hook in self._state_dict_pre_hooks.values():
            hook(self)
        numbers, groups = {}, []
        for group in self.param_groups:
            packed = {k: v for k, v in group.items() if k != "params"}
            for param in group["params"]:
                numbers.setdefault(id(param), len(numbers))
            packed["params"] = [numbers[id(p)] for p in group["params"]]
            groups.append(packed)
        state = {
            numbers[id(k)] if isinstance(k, Tensor) else k: v
            for k, v in self.state.items()
        }
        result = {"state": state, "param_groups": groups}
        for hook in self._state_dict_post_hooks.values():
            replaced = hook(self, result)
            result = result if replaced is None else replaced
        return result

    def load_state_dict(self, state_dict):
        """Take over what state_dict() of an optimizer over the same parameters gave.

        Args:
            state_dict: from `state_dict`; it is not changed.

        Raises:
            ValueError: where the groups' numbers or sizes differ.
        """
        state_dict = dict(state_dict)
        for hook in self._load_pre_hooks.values():
            replaced = hook(self, state_dict)
            state_dict = state_dict if replaced is None else replaced
        saved = deepcopy(state_dict["param_groups"])
        self._check_groups(saved)
        params = [p for group in self.param_groups for p in group["params"]]
        numbers = [n for group in saved for n in group["params"]]
        by_number = dict(zip(numbers, params, strict=True))
        state = defaultdict(dict)
        for number, value in state_dict["state"].items():
            if number in by_number:
                param = by_number[number]
                state[param] = fitted_state(param, value)
            else:
                state[number] = deepcopy(value)
        for group, new in zip(self.param_groups, saved, strict=True):
            new["params"] = group["params"]
            if "param_names" in group and "param_names" not in new:
                new["param_names"] = group["param_names"]
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._load_post_hooks.values():
            hook(self)

    def _check_groups(self, saved):
        mine = [len(g["params"]) for g in self.param_groups]
        theirs = [len(g["params"]) for g in saved]
        if len(mine) != len(theirs):
            got = "loaded state dict has a different number of parameter groups"
        elif mine != theirs:
            got = (
                "loaded state dict contains a parameter group that doesn't match the "
                "size of optimizer's group"
            )
        else:
            return
        raise ArgumentError(
            explain(
                f"{type(self).__name__}.load_state_dict()",
                expected=f"groups of {mine} parameters",
                got=f"{theirs}: {got}",
                do="Create the optimizer over the same parameters first.",
            )
        )

    # ------------------------------------------------------------------------- hooks

    def register_step_pre_hook(self, hook):
        """Call ``hook(optimizer, args, kwargs)`` before each step."""
        return self._step_pre_hooks.add(hook)

    def register_step_post_hook(self, hook):
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return self._step_post_hooks.add(hook)

    def register_state_dict_pre_hook(self, hook, prepend=False):
        """Call ``hook(optimizer)`` before state_dict()."""
        return _add(self._state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook, prepend=False):
        """Call ``hook(optimizer, state_dict)`` after state_dict(), to replace it."""
        return _add(self._state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook, prepend=False):
        """Call ``hook(optimizer, state_dict)`` before load_state_dict()."""
        return _add(self._load_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook, prepend=False):
        """Call ``hook(optimizer)`` after load_state_dict()."""
        return _add(self._load_post_hooks, hook, prepend)


def _add(hooks, hook, prepend):
    handle = hooks.add(hook)
    if prepend:
        rest = [(k, hooks.pop(k)) for k in list(hooks) if k != handle.id]
        hooks.update(rest)
    return handle
