"""`run --compile`: modules run compiled, and nobody can tell by what is printed."""

import pytest

from tests.cli.running import environment, rushlight

_HEAD = """
    import torch
    from torch import nn

    torch.manual_seed(0)
"""
_TRAINS = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2 = nn.Linear(8, 16), nn.Linear(16, 3)
            self.norm, self.drop = nn.BatchNorm1d(16), nn.Dropout(0.3)

        def forward(self, x):
            return self.fc2(self.drop(torch.relu(self.norm(self.fc1(x)))))

    model, criterion = Net(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x, y = torch.randn(50, 8), torch.randint(0, 3, (50,))
    data = torch.utils.data.TensorDataset(x, y)
    for epoch in range(3):
        model.train()
        for a, b in torch.utils.data.DataLoader(data, batch_size=16, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(a), b)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            right = (model(x).argmax(1) == y).sum().item()
        print(f"epoch {epoch}: {loss.item():.4f} {right}/50")
    print(list(model.state_dict()), type(model).__name__)
"""
_KEEPS = """
    class Looks(nn.Module):
        def forward(self, x):
            if x.sum() > 0:
                return x * 2
            return -x

    kept = []
    layer = nn.Linear(2, 2)
    layer.register_forward_hook(lambda module, args, out: kept.append(out.detach()))
    looks, lazy = Looks(), nn.LazyLinear(3)
    for i in range(4):
        x = torch.full((1, 2), float(i - 1))
        print(looks(x).tolist(), layer(x).sum().item() > -100, lazy(x).shape)
    print(len(kept), [k.shape for k in kept])
"""
_COPIES = """
    import copy, pickle

    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    x = torch.ones(1, 2)
    for _ in range(3):
        model(x).sum().backward()
    print([f"{p.grad.norm():.4f}" for p in model.parameters()])
    twin = copy.deepcopy(model)
    twin[0].weight.data.zero_()
    same = pickle.loads(pickle.dumps(model))
    for _ in range(3):
        values = [f"{m(x).item():.5f}" for m in (model, twin, same)]
    print(values, sorted(vars(model))[:2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("text", [_TRAINS, _KEEPS, _COPIES])
def test_programs_print_what_they_print(text, tmp_path):
    files = {"program.py": _HEAD + text}
    want = rushlight(tmp_path, "run", "program.py", files=files)
    found = rushlight(tmp_path, "run", "--compile", "program.py")
    assert found.stdout == want.stdout
    assert "Error" not in found.stderr


@pytest.mark.slow
def test_it_says_what_runs_uncompiled_and_compiles_the_rest(tmp_path):
    pytest.importorskip("llvmlite")
    files = {"program.py": _HEAD + _KEEPS}
    env = environment(RUSHLIGHT_LOG="graph")
    done = rushlight(tmp_path, "run", "--compile", "program.py", files=files, env=env)
    hint = "rushlight run --compile: Looks runs uncompiled, because"
    assert done.stderr.count(hint) == 1
    assert "rushlight graph: LazyLinear, f32[1,2]" in done.stderr
    assert "rushlight graph: Looks" not in done.stderr
    plain = rushlight(tmp_path, "run", "program.py", env=env)
    assert "rushlight graph" not in plain.stderr
