"""IPython and Jupyter: `%load_ext rushlight.cli` lets the next cells mean Rushlight."""

from rushlight.cli.rewrite.hooks import install
from rushlight.cli.rewrite.transform import rewrite


class CellRewriter:
    """What IPython calls on the syntax tree of each cell."""

    def visit(self, tree):
        """Rewrite a cell's imports."""
        rewrite(tree)
        return tree


def load(shell):
    """Rewrite the cells that come, and the user's modules that they import."""
    install()
    if not any(isinstance(each, CellRewriter) for each in shell.ast_transformers):
        shell.ast_transformers.append(CellRewriter())


def unload(shell):
    """Leave the cells that come as they are; imported modules stay what they are."""
    kept = [e for e in shell.ast_transformers if not isinstance(e, CellRewriter)]
    shell.ast_transformers[:] = kept
