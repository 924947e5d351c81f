"""no_grad, enable_grad, set_grad_enabled, inference_mode: contexts and decorators."""

import functools

from rushlight._core.state import GRAD_MODE, INFERENCE_MODE


def is_grad_enabled():
    """Whether operations are recorded in this thread.

    >>> is_grad_enabled()
    True
    """
    return GRAD_MODE.get()


def is_inference_mode_enabled():
    """Whether inference mode is on in this thread.

    >>> is_inference_mode_enabled()
    False
    """
    return INFERENCE_MODE.get()


def _is_generator_function(function):
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & 0x20)  # inspect.CO_GENERATOR


class _Mode:
    """A context that can also decorate functions and generators."""

    _enabled: bool

    def __init__(self):
        self._tokens = []

    def __enter__(self):
        self._tokens.append(GRAD_MODE.set(self._enabled))

    def __exit__(self, *exc):
        GRAD_MODE.reset(self._tokens.pop())

    def _again(self):
        return type(self)()

    def __call__(self, function):
        if isinstance(function, type):
            function.__init__ = self(function.__init__)  # type: ignore[misc]
            return function
        if _is_generator_function(function):
            return self._around_generator(function)

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with self._again():
                return function(*args, **kwargs)

        return wrapped

    def _around_generator(self, function):
        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            generator, step, value = function(*args, **kwargs), "send", None
            while True:
                try:
                    with self._again():
                        result = getattr(generator, step)(value)
                except StopIteration as end:
                    return end.value
                try:
                    step, value = "send", (yield result)
                except GeneratorExit:
                    with self._again():
                        generator.close()
                    raise
                except BaseException as error:  # noqa: BLE001 - passed to the generator
                    step, value = "throw", error

        return wrapped


class no_grad(_Mode):  # noqa: N801 - torch's public name
    """Switch recording off: a context (``with no_grad():``) or a decorator.

    >>> import rushlight
    >>> x = rushlight.ones(2, requires_grad=True)
    >>> with rushlight.no_grad():
    ...     print((x * 2).requires_grad)
    False
    """

    _enabled = False

    def __new__(cls, function=None):
        mode = super().__new__(cls)
        if function is None:
            return mode
        mode.__init__()  # type: ignore[misc]
        return mode(function)

    def __init__(self, function=None):
        super().__init__()


class enable_grad(no_grad):  # noqa: N801 - torch's public name
    """Switch recording on inside `no_grad`: a context or a decorator.

    >>> import rushlight
    >>> with rushlight.no_grad(), rushlight.enable_grad():
    ...     print(rushlight.is_grad_enabled())
    True
    """

    _enabled = True


class set_grad_enabled(_Mode):  # noqa: N801 - torch's public name
    """Switch recording on or off, at once; as a context it is undone at the end.

    Args:
        mode: bool.

    >>> with set_grad_enabled(False):
    ...     print(is_grad_enabled())
    False
    """

    def __init__(self, mode):
        super().__init__()
        self._enabled = bool(mode)
        self._tokens.append(GRAD_MODE.set(self._enabled))

    def __enter__(self):
        pass

    def _again(self):
        return set_grad_enabled(self._enabled)

    def __call__(self, function):
        GRAD_MODE.reset(self._tokens.pop())
        return super().__call__(function)


class inference_mode(_Mode):  # noqa: N801 - torch's public name
    """Switch recording off for good: what is made inside can never be recorded.

    Args:
        mode: bool, or the function to decorate.

    >>> with inference_mode():
    ...     print(is_inference_mode_enabled())
    True
    """

    def __new__(cls, mode=True):
        if isinstance(mode, bool):
            return super().__new__(cls)
        instance = super().__new__(cls)
        instance.__init__(True)  # type: ignore[misc]
        return instance(mode)

    def __init__(self, mode=True):
        super().__init__()
        self.mode = mode
        self._enabled = not mode

    def __enter__(self):
        grad = GRAD_MODE.set(self._enabled and GRAD_MODE.get())
        self._tokens.append((grad, INFERENCE_MODE.set(self.mode)))

    def __exit__(self, *exc):
        grad, inference = self._tokens.pop()
        GRAD_MODE.reset(grad)
        INFERENCE_MODE.reset(inference)

    def _again(self):
        return inference_mode(self.mode)
