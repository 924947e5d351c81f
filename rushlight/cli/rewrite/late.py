"""Changes to modules that most programs never import: made when one is imported."""

import sys
from importlib.machinery import PathFinder


class AfterImport:
    """A finder that runs a function on each of some modules, once it is imported."""

    def __init__(self):
        self._waiting = {}

    def call(self, name, change):
        """Call `change(module)` after the module is imported, or now if it has been."""
        if name in sys.modules:
            change(sys.modules[name])
        else:
            self._waiting[name] = change

    def find_spec(self, name, path=None, target=None):
        """Answer for the modules that are waited for, with their usual loader."""
        change = self._waiting.pop(name, None)
        spec = PathFinder.find_spec(name, path, target) if change else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            change(module)

        spec.loader.exec_module = exec_module
        return spec
