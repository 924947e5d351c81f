"""Where a running Python is told of the rewriting: install().

Four doors, each of Python's own: modules that are loaded from a file, text that is
compiled, modules that are asked for by name, and processes that are started.
"""

import ast
import builtins
import copy
import functools
import importlib
import importlib.machinery
import importlib.util
import os
import sys

from rushlight.cli.rewrite import children, ownership
from rushlight.cli.rewrite.compiling import module_code, python_compile, to_code
from rushlight.cli.rewrite.dynamic import FUTURE_FLAGS
from rushlight.cli.rewrite.late import AfterImport
from rushlight.cli.rewrite.missing import ModuleGuide
from rushlight.cli.rewrite.names import shadow, translate
from rushlight.cli.rewrite.transform import matters, rewrite

# Rewrites and compiles test files, and caches what it compiled.
_PYTEST = "_pytest.assertion.rewrite"

_installed = False


def install(also=(), shadowed=()):
    """Let the user's own code in this process see Rushlight under torch's name.

    Args:
        also: paths of installed packages to treat as the user's own.
        shadowed: roots (torch, torchvision) that mean files of the user's own.
    """
    global _installed
    ownership.adopt(also)
    for root in shadowed:
        shadow(root)
    if _installed:
        return
    _installed = True
    _answer_as_torch()
    _load_files()
    _compile_texts()
    _find_by_name()
    after = AfterImport()
    sys.meta_path.insert(0, after)
    sys.meta_path.append(ModuleGuide())
    children.follow(after)
    after.call(_PYTEST, _keep_pytests_cache_apart)


def _answer_as_torch():
    """Let `torch.__version__` be the release that scripts may rely on."""
    import rushlight
    from rushlight import torch_version, version

    rushlight.__version__ = version.__version__ = torch_version.__version__


def _load_files():
    """Let the loader of source files give rewritten code for the user's files."""
    loader = importlib.machinery.SourceFileLoader
    original = loader.get_code

    @functools.wraps(original)
    def get_code(self, fullname):
        path = self.path
        code = None
        if ownership.is_own(path):
            code = module_code(self, path)
        return original(self, fullname) if code is None else code

    loader.get_code = get_code


def _compile_texts():
    """Let `compile` rewrite what the user's code gives it, and the user's files."""

    @functools.wraps(python_compile)
    def compile(
        source,
        filename,
        mode,
        flags=0,
        dont_inherit=False,
        optimize=-1,
        *,
        _feature_version=-1,
    ):
        if not dont_inherit:
            flags |= sys._getframe(1).f_code.co_flags & FUTURE_FLAGS
        if not flags & ast.PyCF_ONLY_AST:
            if isinstance(source, ast.AST):
                source = _rewritten(source, filename)
            elif _is_text_of_user(source, filename):
                return to_code(source, filename, mode, flags, optimize)
        return python_compile(
            source,
            filename,
            mode,
            flags,
            True,
            optimize,
            _feature_version=_feature_version,
        )

    builtins.compile = compile


def _is_text_of_user(source, filename):
    """Whether a text may need rewriting and is the user's.

    Where the text comes from a file, the file alone decides: Python's import machinery
    compiles a stranger's module, and caches it, on behalf of whoever imports it.
    """
    if not isinstance(source, str | bytes) or not matters(source):
        return False
    filename = os.fsdecode(filename)
    if os.path.isabs(filename) or os.path.exists(filename):
        return ownership.is_own(filename)
    return ownership.is_own_code()


def _rewritten(tree, filename):
    """A rewritten copy of the user's syntax tree; anybody else's as it is."""
    if sys._getframe(2).f_globals.get("__name__") == _PYTEST:
        is_users = ownership.is_own(os.fsdecode(filename))
    else:
        is_users = ownership.is_own_code()
    if is_users:
        tree = _copied(tree)
        rewrite(tree)
    return tree


def _copied(tree):
    """A tree to change: a copy, or where it is too deep to copy the tree itself."""
    try:
        return copy.deepcopy(tree)
    except RecursionError:
        return tree


def _find_by_name():
    """Let the user's code ask importlib for torch's modules by name."""
    import_module, find_spec = importlib.import_module, importlib.util.find_spec

    @functools.wraps(import_module)
    def our_import_module(name, package=None):
        return import_module(*_translated(name, package))

    @functools.wraps(find_spec)
    def our_find_spec(name, package=None):
        name, package = _translated(name, package)
        try:
            return find_spec(name, package)
        except ModuleNotFoundError as error:
            if error.name == name:
                return None
            raise

    importlib.import_module = our_import_module
    importlib.util.find_spec = our_find_spec


def _translated(name, package):
    """Both names, translated if it is the user's code that gave them."""
    if not isinstance(name, str) or not ownership.is_own_code():
        return name, package
    return translate(name), translate(package) if package else package


def _keep_pytests_cache_apart(module):
    """Give pytest's cached files another name: plain pytest must not read ours."""
    module.PYC_TAIL = f".rushlight{module.PYC_TAIL}"
