"""Write the recorded file anew.  Needs torch 2.13 and torchvision 0.29 on a CPU:

python -m tests.vision.recorded.make
"""

import json
import warnings
from pathlib import Path

import torch
from torchvision import datasets, transforms, utils

from tests.vision.recorded.cases import FUNCTIONS, TRANSFORMS, answer, brief, names
from tests.vision.recorded.more_cases import COLOURS, UTILS, WARPS

PATH = Path(__file__).with_name("answers.json")


def main():
    warnings.simplefilter("ignore")
    namespace = names(torch, transforms, datasets, utils)
    groups = {"functions": FUNCTIONS, "transforms": TRANSFORMS, "utils": UTILS}
    found = {
        group: {text: answer(text, namespace) for text in expressions}
        for group, expressions in groups.items()
    }
    for group, expressions in (("colours", COLOURS), ("warps", WARPS)):
        found[group] = {text: brief(answer(text, namespace)) for text in expressions}
    lines = [
        f'"{group}": {{\n'
        + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in values.items())
        + "\n}"
        for group, values in found.items()
    ]
    PATH.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
