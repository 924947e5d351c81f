"""What PyTorch 2.13 gave on a CPU, kept in small files; `make.py` writes them anew."""

from pathlib import Path

FOLDER = Path(__file__).parent
