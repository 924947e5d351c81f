"""Which modules of torch and torchvision are which modules of Rushlight."""

# PyTorch's packages and the ones that stand for them.
ROOTS = {"torch": "rushlight", "torchvision": "rushlight.vision"}

# Roots that a program's own folder holds, which therefore mean the program's own files.
_shadowed = set()


def shadow(root):
    """Let a root's name mean what plain Python makes of it."""
    _shadowed.add(root)


def shadowed():
    """The roots that mean the program's own files, sorted."""
    return sorted(_shadowed)


def root_of(name):
    """The first part of a dotted name.

    >>> root_of("torch.nn.functional")
    'torch'
    """
    return name.partition(".")[0]


def is_torch(name):
    """Whether a dotted name belongs to PyTorch and is ours to answer."""
    root = root_of(name)
    return root in ROOTS and root not in _shadowed


def translate(name):
    """The module that stands for one of torch's; any other name as it is.

    >>> translate("torchvision.transforms"), translate("torchmetrics")
    ('rushlight.vision.transforms', 'torchmetrics')
    """
    if not is_torch(name):
        return name
    root = root_of(name)
    return ROOTS[root] + name[len(root) :]


def torch_name(name):
    """The name that PyTorch's users know one of our modules by.

    >>> torch_name("rushlight.vision.transforms"), torch_name("rushlight.nn")
    ('torchvision.transforms', 'torch.nn')
    """
    for root, ours in sorted(ROOTS.items(), key=lambda pair: -len(pair[1])):
        if name == ours or name.startswith(ours + "."):
            return root + name[len(ours) :]
    return name
