"""Record PyTorch's numbers: ``python -m tests.distributions.recorded.make``."""

import json
from pathlib import Path

import torch

from tests.distributions.recorded.cases import divergences, laws, numbers

if __name__ == "__main__":
    found = {name: numbers(torch, law) for name, law in laws(torch).items()}
    found = {"laws": found, "divergences": divergences(torch)}
    text = json.dumps(found, indent=0).replace("\n", "")
    Path(__file__).with_name("torch.json").write_text(text + "\n")
