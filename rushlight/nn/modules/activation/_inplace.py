"""What activations that can work in place share."""

from rushlight.nn.modules.module import Module


class Inplace(Module):
    """An activation that may overwrite its input.

    Args:
        inplace: whether it does.
    """

    __constants__ = ["inplace"]

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""

    def _with_inplace(self, text):
        """A repr's text, with inplace where it is set."""
        return f"{text}, inplace=True" if self.inplace else text
