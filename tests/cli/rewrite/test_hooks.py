"""Where a running program meets the rewriting: files, texts, names; and strangers."""

import ast
import importlib.metadata

import pytest

from rushlight.cli.rewrite import hooks
from tests.cli.running import python, rushlight

# Each line of MEETS prints where `torch` led to.
HELPER = """
import torch
def where():
    import torch.nn as nn
    return torch.__name__, nn.__name__
"""
MEETS = {
    "a module of the folder": "import helper; print(helper.where())",
    "a package of the folder": "from package import part; print(part.torch.__name__)",
    "import_module": "print(importlib.import_module('torch.nn').__name__)",
    "import_module, relative": (
        "print(importlib.import_module('.functional', 'torch.nn').__name__)"
    ),
    "find_spec": "print(importlib.util.find_spec('torch.nn').name)",
    "find_spec of what is missing": "print(importlib.util.find_spec('torch.no'))",
    "spec_from_file_location": """
spec = importlib.util.spec_from_file_location('other', 'helper.py')
other = importlib.util.module_from_spec(spec)
spec.loader.exec_module(other)
print(other.where())
""",
    "SourceFileLoader": """
loader = importlib.machinery.SourceFileLoader('another', 'helper.py')
print(importlib.util.module_from_spec(
    importlib.util.spec_from_loader('another', loader)).__name__)
another = {}
exec(loader.get_code('another'), another)
print(another['where']())
""",
    "run_path": "print(runpy.run_path('helper.py')['where']())",
    "run_module": "print(runpy.run_module('helper')['where']())",
    "exec": "exec('import torch; print(torch.__name__)')",
    "exec of a file": "exec(open('helper.py').read()); print(where())",
    "exec in a scope": "d = {}; exec('import torch', d); print(d['torch'].__name__)",
    "exec in an exec": """exec("exec('import torch; print(torch.__name__)')")""",
    "compile": "exec(compile('import torch; print(torch.__name__)', 'x', 'exec'))",
    "compile of a tree": """
tree = ast.parse('import torch; print(torch.__name__)')
exec(compile(tree, 'x', 'exec'))
print(ast.unparse(tree))
""",
    "timeit": "print(timeit.timeit('torch.nn', 'import torch', number=1) >= 0)",
    "doctest": "print(doctest.testmod())",
    "a console": """
code.InteractiveConsole().push('import torch; print(torch.__name__)')
""",
    "mock": """
with unittest.mock.patch('torch.nn', 'patched'):
    print(torch.nn)
""",
    "a thread": """
text = "import torch; print(torch.__name__)"
thread = threading.Thread(target=lambda: exec(text))
thread.start()
thread.join()
""",
    "sys.modules": "print([n for n in sys.modules if n.split('.')[0] == 'torch'])",
}
MAIN = '''
"""
>>> import torch.nn
>>> torch.__name__
'rushlight'
"""
import ast, code, doctest, importlib, importlib.machinery, importlib.util, runpy, sys
import threading, timeit, unittest.mock
import torch

'''
SAYS = """\
('rushlight', 'rushlight.nn')
rushlight
rushlight.nn
rushlight.nn.functional
rushlight.nn
None
('rushlight', 'rushlight.nn')
another
('rushlight', 'rushlight.nn')
('rushlight', 'rushlight.nn')
('rushlight', 'rushlight.nn')
rushlight
('rushlight', 'rushlight.nn')
rushlight
rushlight
rushlight
rushlight
import torch
print(torch.__name__)
True
TestResults(failed=0, attempted=2)
rushlight
patched
rushlight
[]
"""


def test_the_users_code_meets_rushlight_whichever_way_it_comes(tmp_path):
    files = {
        "main.py": MAIN + "\n".join(MEETS.values()),
        "helper.py": HELPER,
        "package/__init__.py": "",
        "package/part.py": "import torch",
    }
    for _ in range(2):  # the second time from the cache
        assert rushlight(tmp_path, "run", "main.py", files=files).stdout == SAYS


def test_plain_python_does_not_read_our_cache(tmp_path):
    files = {
        "helper.py": "import torch",
        "main.py": "import helper\n",
        "torch.py.txt": "",
    }
    rushlight(tmp_path, "run", "main.py", files=files)
    stranger = {"stranger/torch.py": "print('the real one')"}
    found = python(
        tmp_path,
        "-c",
        "import sys; sys.path.append('stranger')\nimport helper",
        files=stranger,
    )
    assert found.stdout == "the real one\n"


def test_installed_packages_are_not_fooled(tmp_path):
    probe = """
        import importlib, importlib.util, sys
        def has():
            try:
                import torch
            except ImportError:
                return False
            return torch.__name__
        def by_name(f):
            try:
                return f("torch").__name__
            except ImportError:
                return False
        def answers():
            text = "try:\\n import torch as a\\nexcept ImportError:\\n a = 'none'"
            scope = {}
            exec(text, scope)
            called = {}
            exec(compile(text, "<probe>", "exec"), called)
            return (has(), by_name(importlib.import_module), by_name(__import__),
                    importlib.util.find_spec("torch"), "torch" in sys.modules,
                    scope["a"], called["a"])
    """
    files = {
        "lib/site-packages/probe/__init__.py": probe,
        "main.py": """
            import sys
            sys.path.append("lib/site-packages")
            import torch, probe
            print(probe.answers(), torch.__name__)
        """,
    }
    plain = (False, False, False, None, False, "none", "none")
    if _torch_is_installed():
        pytest.skip("PyTorch is here: a probe finds it rightly")
    found = rushlight(tmp_path, "run", "main.py", files=files)
    assert found.stdout == f"{plain} rushlight\n"
    also = rushlight(tmp_path, "run", "--also", "lib/site-packages/probe", "main.py")
    assert also.stdout.startswith("('rushlight', 'rushlight', False, ModuleSpec")
    # Nor afterwards, by what is cached of the package.
    code = "import sys; sys.path.append('lib/site-packages')\nimport probe"
    after = python(tmp_path, "-c", f"{code}\nprint(probe.answers())")
    assert after.stdout == f"{plain}\n"


def _torch_is_installed():
    try:
        return bool(importlib.metadata.version("torch"))
    except importlib.metadata.PackageNotFoundError:
        return False


def test_a_file_called_torch_means_itself_and_that_is_said(tmp_path):
    files = {
        "torch.py": "x = 1",
        "main.py": """
            import torch, torchvision
            print(torch.__file__, torchvision.__name__)
            exec("import torch; print(torch.x)")
        """,
    }
    done = rushlight(tmp_path, "run", "main.py", files=files)
    assert done.stdout == f"{tmp_path / 'torch.py'} rushlight.vision\n1\n"
    assert f"`import torch` means {tmp_path / 'torch.py'} here" in done.stderr
    assert "rename that file" in done.stderr


def test_names_like_torchs_are_left_alone(tmp_path):
    files = {
        "torch_utils.py": "where = __name__",
        "data/torch/weights.txt": "",
        "main.py": """
            import torch_utils, torch
            from torch_utils import where
            print(where, torch.__name__)
        """,
    }
    done = rushlight(tmp_path, "run", "main.py", files=files)
    assert (done.stdout, done.stderr) == ("torch_utils rushlight\n", "")


@pytest.mark.slow
def test_pytests_test_files_are_the_users(tmp_path):
    files = {
        "test_it.py": """
            import torch
            def test_it():
                assert torch.__name__ == "rushlight"
        """
    }
    arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    for _ in range(2):
        done = rushlight(tmp_path, "run", *arguments, files=files)
        assert "1 passed" in done.stdout
    assert [
        p.name
        for p in tmp_path.glob("__pycache__/*-pytest-*")
        if "rushlight" not in p.name
    ] == []


def test_a_tree_that_is_too_deep_to_copy_is_still_rewritten():
    tree = ast.parse("x = " + "+".join("1" * 900))
    assert hooks._copied(tree) is tree
    small = ast.parse("x = 1")
    assert hooks._copied(small) is not small
