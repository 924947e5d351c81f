"""Which torch names a text uses: aliases are followed, guesses are not made."""

import ast

import pytest

from rushlight.cli.survey.uses import uses_in


def used(text, optional=False):
    """The names that a text uses, without the modules that it only imports."""
    imports = {"torch", "torch.nn", "torch.nn.functional", "torchvision"}
    uses = uses_in(ast.parse(text))
    return [u.name for u in uses if u.optional is optional and u.name not in imports]


# Text -> the names that it uses.
FOLLOWED = {
    "import torch\ntorch.relu(x)": ["torch.relu"],
    "import torch as t\nt.a.b.c()[0].d": ["torch.a.b.c"],
    "import torch.nn as nn\nnn.Linear(2)": ["torch.nn.Linear"],
    "import torch.nn.functional as F\nF.relu": ["torch.nn.functional.relu"],
    "import torch.optim\ntorch.nn.Linear": ["torch.optim", "torch.nn.Linear"],
    "from torch import nn\nclass N(nn.Module): pass": ["torch.nn.Module"],
    "from torch.nn import Linear as L\nL.x": ["torch.nn.Linear", "torch.nn.Linear.x"],
    "import torchvision\ntorchvision.ops.nms": ["torchvision.ops.nms"],
    "from torch.optim import *": ["torch.optim"],
    "import torch\nnn = torch.nn\nnn.Linear": ["torch.nn.Linear"],
    "import torch\ndef f():\n    return torch.relu": ["torch.relu"],
    "def f():\n    import torch\n    return lambda: torch.relu": ["torch.relu"],
    "import torch\nF = None\nF = torch.nn\nF.x": ["torch.nn.x"],
    "import torch\n@torch.no_grad()\ndef f(x=torch.pi) -> torch.S: pass": [
        "torch.no_grad",
        "torch.S",
        "torch.pi",
    ],
    "import importlib\nimportlib.import_module('torch.fx')": ["torch.fx"],
    "__import__('torch.fx')": ["torch.fx"],
    "import torch\ngetattr(torch, 'relu')": ["torch.relu"],
    "import torch\nf'{torch.relu}'": ["torch.relu"],
}
NOT_TORCHS = {
    "import torch_utils, torchaudio\ntorchaudio.load()": [],
    "from . import torch\ntorch.relu": [],
    "import torch\ndef f(torch): return torch.relu": [],
    "import torch\ndef f():\n    torch = 3\n    return torch.relu": [],
    "import torch\n[torch.relu for torch in y]": [],
    "import torch\nfor torch in y: torch.relu": [],
    "import torch\nwith y as torch: torch.relu": [],
    "import torch\ntry: y\nexcept E as torch: torch.relu": [],
    "import torch\ndef torch(): pass\ntorch.relu": [],
    "import torch\nx, (torch, *y) = z\ntorch.relu": [],
    "def f():\n    import torch\ntorch.relu": [],
    "class A:\n    import torch.nn as nn\n    def f(self): return nn.relu": [],
    "import torch\ndef f():\n    global torch\n    torch = 3\ntorch.relu": [],
    "import torch\ngetattr(torch, name), getattr(torch, 'relu', None)": [],
    "import torch\ntorch.x = 3": [],
    "import torch\ny.relu()": [],
}


@pytest.mark.parametrize("text", FOLLOWED | NOT_TORCHS)
def test_names(text):
    assert used(text) == (FOLLOWED | NOT_TORCHS)[text]


# Expression or statements -> methods of tensors that they are certain to use.
METHODS = {
    "torch.ones(3).foo()": ["foo"],
    "x = torch.ones(3)\nx.foo.bar()": ["foo"],
    "x = torch.ones(3) * 2\nx.foo()": ["foo"],
    "x = 1 - torch.ones(3)\nx.foo()": ["foo"],
    "x = torch.ones(3).view(-1)[0]\nx.foo()": ["foo", "view"],
    "x = torch.ones(3)\nx = x.view(-1)\nx += 1\nx.T.foo()": ["T", "foo", "view"],
    "def f(x: torch.Tensor): x.foo()": ["foo"],
    "def f(x: torch.Tensor):\n    x = x.numpy()\n    x.foo()": [],
    "x: torch.Tensor = g()\nx.foo()": ["foo"],
    "def f(x: torch.Tensor):\n    if isinstance(x, Mask): x.foo()": [],
    "def f(x: torch.Tensor):\n    return lambda: isinstance(x, Mask) and x.foo()": [],
    "if (x := torch.ones(3)) is not None: x.foo()": ["foo"],
    "x = torch.ones(3)\nx = g(x)\nx.foo()": [],
    "x = torch.ones(3)\nx.shape.numel()": ["shape"],
    "x = torch.max(y, 1)\nx.foo()": [],
    "a = b.view(1)\nb = a.view(1)\na.foo()": [],
    "x = g() * torch.ones(3)\nx.foo()": [],
    "getattr(torch.ones(3), 'foo')": ["foo"],
}


@pytest.mark.parametrize("text", METHODS)
def test_methods_only_where_they_are_certain(text):
    names = used(f"import torch\n{text}")
    found = {n.removeprefix("torch.Tensor.") for n in names if "torch.Tensor." in n}
    assert sorted(found) == METHODS[text]


OPTIONAL = {
    "try:\n    import torch.fx\nexcept ImportError:\n    pass": ["torch.fx"],
    "try:\n    import torch.fx\nexcept:\n    pass": ["torch.fx"],
    "try:\n    import torch.fx\nexcept Exception:\n    pass": ["torch.fx"],
    "try:\n    torch.a()\nexcept (AttributeError, OSError):\n    torch.b()": [
        "torch.a"
    ],
    "try:\n    torch.a()\nexcept Exception:\n    pass": [],
    "try:\n    torch.a()\nexcept RuntimeError:\n    pass": [],
    "if hasattr(torch, 'a'):\n    torch.a.b()": ["torch.a.b"],
    "ok = hasattr(torch, 'a')\nif ok: torch.a(torch.ab)": ["torch.a"],
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch.fx": [
        "torch.fx"
    ],
}


@pytest.mark.parametrize("text", OPTIONAL)
def test_what_a_program_can_do_without(text):
    assert used(f"import torch\n{text}", optional=True) == OPTIONAL[text]


def test_lines_are_those_of_the_text():
    uses = uses_in(ast.parse("import torch\n\ny = (\n    torch.relu(\n  torch.pi))"))
    assert [(u.name, u.line) for u in uses] == [
        ("torch", 1),
        ("torch.relu", 4),
        ("torch.pi", 5),
    ]


@pytest.mark.parametrize("count", [10, 3000])
def test_long_chains_end(count):
    text = "import torch\nx = torch.ones(1)\n" + "x = x.view(1) + x\n" * count
    text += "y = " + "+".join(["x"] * 900) + "\nx.foo()"
    assert "torch.Tensor.foo" in used(text)
