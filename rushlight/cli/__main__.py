"""`python -m rushlight.cli`: the command line."""

import sys

from rushlight.cli import main

if __name__ == "__main__":
    sys.exit(main())
