"""Write recorded.json anew.  Needs torch 2.13 and torchvision 0.29 on a CPU:

python -m tests.vision.transforms.v2.make
"""

import json
import warnings
from pathlib import Path

from tests.vision.recorded.cases import answer, brief, names
from tests.vision.transforms.v2.cases import CASES

PATH = Path(__file__).with_name("recorded.json")


def main():
    import torch
    from torchvision import datasets, transforms, utils
    from torchvision.transforms import v2

    warnings.simplefilter("ignore")
    namespace = {**names(torch, transforms, datasets, utils), "V": v2}
    found = {text: brief(answer(text, namespace)) for text in CASES}
    PATH.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
