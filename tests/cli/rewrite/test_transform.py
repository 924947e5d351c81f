"""What becomes of each form of import, and that nothing else changes."""

import ast
import builtins
import importlib
import sys

import pytest

from rushlight.cli.rewrite.transform import matters, rewrite


def rewritten(text):
    """The code of a text after rewriting."""
    tree = ast.parse(text)
    rewrite(tree)
    return compile(tree, "<test>", "exec")


def bound(text):
    """{name: module's name} of what running a text binds."""
    names = {}
    exec(rewritten(text), names)
    return {
        name: getattr(value, "__name__", value)
        for name, value in names.items()
        if name != "__builtins__"
    }


FORMS = {
    "import torch": {"torch": "rushlight"},
    "import torch as t": {"t": "rushlight"},
    "import torch, os, torch.nn as nn": {
        "torch": "rushlight",
        "os": "os",
        "nn": "rushlight.nn",
    },
    "import torch.nn": {"torch": "rushlight"},
    "import torch.nn.functional": {"torch": "rushlight"},
    "import torch.nn.functional as F": {"F": "rushlight.nn.functional"},
    "from torch import nn, optim as o": {"nn": "rushlight.nn", "o": "rushlight.optim"},
    "from torch.nn import Linear": {"Linear": "Linear"},
    "from torch.nn import (\n    functional as F,\n)": {"F": "rushlight.nn.functional"},
    "import torchvision": {"torchvision": "rushlight.vision"},
    "import torchvision.transforms": {"torchvision": "rushlight.vision"},
    "import torchvision.transforms as T": {"T": "rushlight.vision.transforms"},
    "from torchvision import datasets": {"datasets": "rushlight.vision.datasets"},
    "import os.path": {"os": "os"},
    "try:\n    import torch\nexcept ImportError:\n    torch = None": {
        "torch": "rushlight"
    },
    "if 1: import torch.nn; x = 'x'": {"torch": "rushlight", "x": "x"},
    "for x in 'x':\n    pass\nelse:\n    import torch": {
        "torch": "rushlight",
        "x": "x",
    },
    "match 1:\n    case 1:\n        import torch": {"torch": "rushlight"},
    "torch = __import__('torch')": {"torch": "rushlight"},
    "nn = __import__('torch.nn', fromlist=['x'])": {"nn": "rushlight.nn"},
    "tv = __import__('torchvision.transforms')": {"tv": "rushlight.vision"},
    "x = __import__('os').__name__": {"x": "os"},
    "exec('import torch')": {"torch": "rushlight"},
    "import builtins\nbuiltins.exec(b'import torch')": {
        "builtins": "builtins",
        "torch": "rushlight",
    },
    "exec('x = __import__(\"torch\").__name__')": {"x": "rushlight"},
    "x = eval('  __import__(\"torch\").__name__')": {"x": "rushlight"},
    "x = eval('1 + 1')": {"x": 2},
    "s = 'import torch'\nexec(compile(s, 'x', 'exec')) if 0 else exec(s)": {
        "s": "import torch",
        "torch": "rushlight",
    },
}

ASKED = {
    "'torch' in sys.modules": True,
    "'torch' not in sys.modules": False,
    "[n in sys.modules for n in ('torch', 'sys', 'nosuch', 3)]": [
        True,
        True,
        False,
        False,
    ],
    "sys.modules['torch.nn'].__name__": "rushlight.nn",
    "sys.modules.get('torch').__name__": "rushlight",
    "sys.modules.get('nosuch', 'torch')": "torch",
    "[sys.modules[n].__name__ for n in ['torch', 'sys']]": ["rushlight", "sys"],
    "{'torch': 1}['torch'], 'torch' in ['torch'], dict(torch=2).get('torch')": (
        1,
        True,
        2,
    ),
    "1 < 2 in sys.modules": False,
}


@pytest.mark.parametrize("text", ASKED)
def test_what_sys_modules_is_asked(text):
    importlib.import_module("rushlight.nn")
    names = {"sys": sys}
    exec(rewritten(f"x = {text}"), names)
    assert names["x"] == ASKED[text]
    assert "torch" not in sys.modules


@pytest.mark.parametrize("text", FORMS)
def test_every_form_of_import(text):
    assert bound(text) == FORMS[text]


def test_star_import_brings_torchs_names():
    names = {}
    exec(rewritten("from torch import *"), names)
    assert "tensor" in names


def test_imports_inside_functions_and_classes():
    text = """
def f():
    import torch.nn.functional
    global G
    import torch.nn as G
    return torch.__name__
class C:
    import torch.nn as nn
async def g():
    from torch import nn
x = f(), C.nn.__name__, G.__name__
"""
    names = {}
    exec(rewritten(text), names)
    assert names["x"] == ("rushlight", "rushlight.nn", "rushlight.nn")


def test_no_false_torch_is_left_behind():
    exec(rewritten("import torch, torchvision.transforms, torch.nn.functional"), {})
    assert not {"torch", "torchvision", "torch.nn"} & sys.modules.keys()


UNTOUCHED = [
    "import torch_utils, torchmetrics",
    "from torchaudio import load",
    "from . import torch",
    "from .torch import nn",
    "from ..torch.nn import Linear",
    "'''import torch'''",
    "torch = 3",
    "model.eval()",
    "exec(*parts)",
    "exec('x = 1')",
    "eval(b'2')",
    "__import__('os')",
    "__import__()",
    "exec()",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_not_torchs_stays(text):
    tree = ast.parse(text)
    before = ast.dump(tree, include_attributes=True)
    assert not rewrite(tree)
    assert ast.dump(tree, include_attributes=True) == before


def test_a_function_called_eval_gets_its_own_argument():
    names = {}
    exec(rewritten("def eval(text): return text\nx = eval('import torch')"), names)
    assert names["x"] == "import torch"


def test_exec_sees_the_scope_that_it_is_called_in():
    text = """
def f(y):
    scope = {"z": 2}
    exec("import torch; z = z + 1", scope)
    return eval("y + (0 if __import__('torch') else 1)"), scope["z"]
x = f(1)
"""
    names = {}
    exec(rewritten(text), names)
    assert names["x"] == (1, 3)


def test_text_with_a_fault_is_left_to_exec():
    with pytest.raises(SyntaxError) as caught:
        exec(rewritten("exec('import torch\\nx = (')"), {})
    assert caught.value.filename == "<string>"
    assert caught.value.lineno == 2


def test_exec_inherits_the_callers_future():
    text = "from __future__ import annotations\nexec('import torch\\nx: torch.y = 1')"
    names = {}
    exec(rewritten(text), names)
    assert names["__annotations__"] == {"x": "torch.y"}


POSITIONS = """
import torch.nn as nn, os
def f():
    import torch.nn.functional; return 1 / 0
class C:
    from torch import nn
    x = [nn for nn in (1,
        2)]
exec("import torch") or eval(
    "__import__('torch') and 1 / 0")
"""


def test_every_position_is_kept():
    before, tree = ast.parse(POSITIONS), ast.parse(POSITIONS)
    assert rewrite(tree)
    known = {_place(node) for node in ast.walk(before) if hasattr(node, "lineno")}
    new = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
    assert {_place(node) for node in new} <= known
    # What was there before is still there, in the same order.
    calls = [_place(n) for n in ast.walk(before) if isinstance(n, ast.BinOp)]
    assert calls == [_place(n) for n in ast.walk(tree) if isinstance(n, ast.BinOp)]


def _place(node):
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def test_a_deep_expression_is_walked():
    tree = ast.parse("import torch; x = " + "+".join("1" * 900))
    assert rewrite(tree)


def test_rewriting_twice_does_no_harm():
    tree = ast.parse(
        "import torch.nn\nexec('import torch as t')\ny = __import__('torch')"
    )
    rewrite(tree)
    rewrite(tree)
    names = {}
    exec(compile(tree, "<test>", "exec"), names)
    assert {names[n].__name__ for n in ("torch", "t", "y")} == {"rushlight"}


def test_builtins_are_pythons_own_afterwards():
    exec(rewritten("exec('import torch')"), {})
    assert type(builtins.compile) is type(len)


@pytest.mark.parametrize(
    "text, answer",
    [("import torch", True), (b"exec(x)", True), ("import os", False), (b"", False)],
)
def test_only_text_that_may_matter_is_parsed(text, answer):
    assert matters(text) is answer
