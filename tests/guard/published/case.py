"""One published bug: a small program, what PyTorch does, and what names it here."""

import re

CASES = []


class Case:
    """A published bug, reproduced.

    Attributes:
        source: who published it, a key of SOURCES.
        name: the source's own name for it, or its program's.
        program: a function of the module torch (or rushlight); it runs through.
        torch: what happens in PyTorch.
        check: the name of the check that names it; None where none does.
        reason: why none does.
    """

    def __init__(self, source, name, program, torch, check, reason):
        self.source, self.name, self.program = source, name, program
        self.torch, self.check, self.reason = torch, check, reason

    def __repr__(self):
        return re.sub(
            r"\W+", "-", f"{self.source} {self.name or self.program.__name__}"
        )


SOURCES = {
    "TrainCheck": "Y. Jiang et al., Training with Confidence: Catching Silent Errors "
    "in Deep Learning Training with Automated Proactive Checks, OSDI 2025: the errors "
    "it reproduced and found, where one process is enough",
    "Taxonomy": "N. Humbatova et al., Taxonomy of Real Faults in Deep Learning "
    "Systems, ICSE 2020: faults of models, inputs and training that raise no error",
    "AutoTrainer": "X. Zhang et al., AUTOTRAINER: An Automatic DNN Training Problem "
    "Detection and Repair System, ICSE 2021: its five training problems",
    "Karpathy": "A. Karpathy, most common neural net mistakes, 2018: all but the "
    "first, which is advice",
    "FAQ": "PyTorch's own notes: Frequently Asked Questions, Automatic Mixed "
    "Precision examples, Saving and Loading Models",
}


def published(source, name="", *, torch, check=None, reason=None):
    """Enter a program: caught by a check, or not, for a reason."""
    assert (check is None) != (reason is None)

    def enter(program):
        CASES.append(Case(source, name, program, torch, check, reason))
        return program

    return enter


def network(torch, *extra, outputs=4):
    """A small classifier, its optimizer, inputs and classes."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(3, 8), *extra, nn.ReLU(), nn.Linear(8, outputs))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return model, optimizer, torch.randn(12, 3), torch.arange(12) % outputs


def train(torch, model, optimizer, x, y, steps=4, loss=None):
    """A correct loop."""
    loss = loss or torch.nn.functional.cross_entropy
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
