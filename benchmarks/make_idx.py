"""Write a 60,000 + 10,000 image data set in Fashion-MNIST's IDX files and folder layout (drawn from noise, for timing only).

python make_idx.py ROOT        writes ROOT/FashionMNIST/raw/*-ubyte
"""

import os
import struct
import sys

import numpy as np


def main(root):
    raw = os.path.join(root, "FashionMNIST", "raw")
    os.makedirs(raw, exist_ok=True)
    rng = np.random.default_rng(0)
    prototypes = np.kron(rng.normal(size=(10, 7, 7)), np.ones((4, 4)))
    for split, n in (("train", 60_000), ("t10k", 10_000)):
        labels = rng.integers(0, 10, n).astype(np.uint8)
        noise = rng.normal(size=(n, 28, 28)).astype(np.float32)
        images = np.clip(prototypes[labels] * 40 + 120 + noise * 60, 0, 255).astype(
            np.uint8
        )
        with open(os.path.join(raw, f"{split}-images-idx3-ubyte"), "wb") as f:
            f.write(struct.pack(">IIII", 2051, n, 28, 28) + images.tobytes())
        with open(os.path.join(raw, f"{split}-labels-idx1-ubyte"), "wb") as f:
            f.write(struct.pack(">II", 2049, n) + labels.tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
