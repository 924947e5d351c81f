"""Walks over a module and what is below it: names, parameters, buffers, submodules."""

from rushlight._base.errors import ArgumentError, MissingAttributeError, explain
from rushlight._core.tensor import Tensor
from rushlight.nn._module.registry import Registry
from rushlight.nn.parameter import Parameter


class Tree:
    """A module's parameters, buffers and submodules, in the order of registration.

    Names are paths: ``layer.0.weight``.
    """

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """Yield ``(name, module)`` for this module (named ``prefix``) and all below.

        Args:
            memo: set of modules to leave out; those met are added.
            prefix: str, goes before all names.
            remove_duplicate: whether a module that is met twice comes once.
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        # A stack of iterators: no recursion, and what is replaced meanwhile is seen.
        stack = [(prefix + "." if prefix else "", iter(self._modules.items()))]
        while stack:
            path, below = stack[-1]
            for name, module in below:
                if module is None or module in memo:
                    continue
                name = path + name
                if type(module).named_modules is not Tree.named_modules:
                    yield from module.named_modules(memo, name, remove_duplicate)
                    continue
                if remove_duplicate:
                    memo.add(module)
                yield name, module
                if module._modules:
                    stack.append((name + ".", iter(module._modules.items())))
                    break
            else:
                stack.pop()

    def modules(self):
        """Yield this module and all below, each once."""
        for _, module in self.named_modules():
            yield module

    def named_children(self):
        """Yield ``(name, module)`` for the modules directly below, each once."""
        memo = set()
        for name, module in self._modules.items():
            if module is not None and module not in memo:
                memo.add(module)
                yield name, module

    def children(self):
        """Yield the modules directly below, each once."""
        for _, module in self.named_children():
            yield module

    def _named_members(
        self, get_members_fn, prefix="", recurse=True, remove_duplicate=True
    ):
        memo = set()
        if recurse:
            modules = self.named_modules(
                prefix=prefix, remove_duplicate=remove_duplicate
            )
        else:
            modules = [(prefix, self)]
        for path, module in modules:
            members = get_members_fn(module)
            if not members:
                continue
            path = path + "." if path else ""
            for name, value in members:
                if value is None or value in memo:
                    continue
                if remove_duplicate:
                    memo.add(value)
                yield path + name, value

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """Yield ``(name, parameter)``.

        Args:
            prefix: str, goes before all names.
            recurse: whether those of the modules below come too.
            remove_duplicate: whether a shared parameter comes once.
        """
        return self._named_members(
            lambda module: module._parameters.items(), prefix, recurse, remove_duplicate
        )

    def parameters(self, recurse=True):
        """Yield the parameters, each once.

        Args:
            recurse: whether those of the modules below come too.
        """
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """Yield ``(name, buffer)``; arguments as for `named_parameters`."""
        return self._named_members(
            lambda module: module._buffers.items(), prefix, recurse, remove_duplicate
        )

    def buffers(self, recurse=True):
        """Yield the buffers, each once.

        Args:
            recurse: whether those of the modules below come too.
        """
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def apply(self, fn):
        """Call ``fn(module)`` for all modules below and then this one.

        Returns:
            Module: itself.
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # -- by path ---------------------------------------------------------------------

    def get_submodule(self, target):
        """The module at a path such as ``"layers.0.linear"``; "" is this one.

        Raises:
            AttributeError: where there is nothing, or no module.
        """
        found = self
        for name in target.split(".") if target else ():
            found = _member(found, name, "get_submodule()")
            if not isinstance(found, Registry):
                raise _wrong_kind("get_submodule()", name, found, "an nn.Module")
        return found

    def set_submodule(self, target, module, strict=False):
        """Put a module at a path, in place of the one that is there.

        Args:
            target: str, the path; all but its last name must exist.
            module: Module.
            strict: whether the last name must exist too.

        Raises:
            ValueError: for an empty path, or what is no module.
            AttributeError: where the path leads nowhere, or to no module.
        """
        if not target:
            raise ArgumentError(
                explain(
                    "set_submodule()",
                    expected="a path as the target name",
                    got="an empty one",
                    do="To replace the whole module, assign the variable.",
                )
            )
        if not isinstance(module, Registry):
            raise ArgumentError(
                explain(
                    "set_submodule()",
                    expected="an nn.Module",
                    got=type(module).__name__,
                    do="Wrap it in a Module.",
                )
            )
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict or hasattr(parent, name):
            found = _member(parent, name, "set_submodule()")
            if not isinstance(found, Registry):
                raise _wrong_kind("set_submodule()", name, found, "an nn.Module")
        setattr(parent, name, module)

    def get_parameter(self, target):
        """The parameter at a path such as ``"layers.0.weight"``.

        Raises:
            AttributeError: where there is nothing, or no parameter.
        """
        path, _, name = target.rpartition(".")
        found = _member(self.get_submodule(path), name, "get_parameter()")
        if not isinstance(found, Parameter):
            raise _wrong_kind("get_parameter()", name, found, "an nn.Parameter")
        return found

    def get_buffer(self, target):
        """The buffer at a path such as ``"norm.running_mean"``.

        Raises:
            AttributeError: where there is nothing, or no buffer.
        """
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        found = _member(parent, name, "get_buffer()")
        if name not in parent._buffers or not isinstance(found, Tensor):
            raise _wrong_kind("get_buffer()", name, found, "a buffer")
        return found


def _member(module, name, who):
    if not hasattr(module, name):
        have = [*module._modules, *module._parameters, *module._buffers]
        raise MissingAttributeError(
            explain(
                who,
                expected="a path that exists",
                got=f"one where {type(module).__name__} has no attribute `{name}`",
                do=f"It has {', '.join(have) or 'nothing'}.",
            )
        )
    return getattr(module, name)


def _wrong_kind(who, name, found, wanted):
    return MissingAttributeError(
        explain(
            who,
            expected=f"the path to {wanted}",
            got=f"`{name}`, a {type(found).__name__}: it is not {wanted}",
            do="See named_modules(), named_parameters() and named_buffers().",
        )
    )
