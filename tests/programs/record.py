"""Write the recorded output of examples/ anew.  Needs torch 2.13 on a CPU:

python -m tests.programs.record [NAME ...]

Programs that use torchvision need it too.
"""

import sys

from tests.cli.running import python
from tests.programs.test_examples import EXAMPLES, NAMES, RECORDED


def main():
    RECORDED.mkdir(exist_ok=True)
    for name in sys.argv[1:] or NAMES:
        done = python(EXAMPLES, f"{name}.py", check=False)
        if done.returncode:
            print(name, "failed:", done.stderr.splitlines()[-1])
            continue
        (RECORDED / f"{name}.txt").write_text(done.stdout, encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
