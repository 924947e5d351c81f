"""Import torchvision's datasets and transforms beside a torch build that lacks torchvision's compiled operators.

torchvision registers fake kernels for its C++ operators while it is imported; where the compiled half cannot be
loaded those names are undefined and the import fails.  Defining the names first lets the Python half import.
"""

import re
import sys

import torch

_library = torch.library.Library("torchvision", "DEF")
for _ in range(60):
    try:
        import torchvision

        break
    except RuntimeError as error:
        missing = re.search(r"operator torchvision::(\w+) does not exist", str(error))
        if not missing:
            raise
        for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        _library.define(missing[1] + "(Tensor a) -> Tensor")

from torchvision import datasets, transforms  # noqa: E402


class vision:
    datasets, transforms = datasets, transforms
