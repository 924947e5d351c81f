"""Faults of the taxonomy (ICSE 2020) and AUTOTRAINER's problems, as PyTorch programs.

Only what raises no error in PyTorch: a program of each kind of fault that a training
script in one process can hold.
"""

from tests.guard.published.case import network, published, train

# ---------------------------------------------------------------------- model, inputs


@published(
    "Taxonomy",
    torch="nll_loss of scores falls without bound",
    check="double-softmax",
)
def missing_softmax(torch):
    model, optimizer, x, y = network(torch)
    with torch.no_grad():
        model[-1].bias.fill_(2.0)
    train(torch, model, optimizer, x, y, loss=torch.nn.functional.nll_loss)


@published(
    "Taxonomy",
    torch="the loss cannot fall below log(e + 3) - 1; learning is slow",
    check="double-softmax",
)
def redundant_softmax(torch):
    model, optimizer, x, y = network(torch)
    model.append(torch.nn.Softmax(dim=1))
    train(torch, model, optimizer, x, y)


@published(
    "Taxonomy",
    torch="two layers that make one",
    reason="low-rank layers, adapters and projections stack linear layers on purpose",
)
def missing_activation(torch):
    model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Linear(8, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train(torch, model, optimizer, torch.randn(12, 3), torch.arange(12) % 4)


@published(
    "Taxonomy",
    torch="all units of the layer stay alike",
    check="equal-units",
)
def wrong_initial_weights(torch):
    model, optimizer, x, y = network(torch)
    for layer in (model[0], model[2]):
        torch.nn.init.constant_(layer.weight, 0.1)
        torch.nn.init.zeros_(layer.bias)
    train(torch, model, optimizer, x, y, 12)


@published(
    "Taxonomy",
    torch="layers that no optimizer sees are never trained",
    check="plain-list",
)
def layers_that_are_not_registered(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [torch.nn.Linear(3, 8), torch.nn.Linear(8, 4)]
            self.last = torch.nn.Linear(4, 4)

        def forward(self, x):
            for layer in self.layers:
                x = layer(x).relu()
            return self.last(x)

    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train(torch, model, optimizer, torch.randn(12, 3), torch.arange(12) % 4)


@published(
    "Taxonomy",
    torch="each prediction is compared with each target; the model learns their mean",
    check="broadcast-loss",
)
def wrong_shape_of_a_target(torch):
    model, optimizer, x, _ = network(torch, outputs=1)
    y = torch.randn(12)
    train(torch, model, optimizer, x, y, loss=lambda a, b: ((a - b) ** 2).mean())


@published(
    "Taxonomy",
    torch="fractions are cut off as they are written",
    check="truncated-write",
)
def wrong_type_of_an_input(torch):
    table = torch.zeros(4, 2, dtype=torch.int64)
    for row in range(4):
        table[row] = torch.tensor([0.25, 1.75]) * row
    assert table.sum() == 9


@published(
    "Taxonomy",
    torch="rows and columns are mixed: the sum is right and every row wrong",
    reason="view() with the right number of elements is what view() is for",
)
def wrong_reshape(torch):
    x = torch.arange(6.0).view(2, 3)
    assert not torch.equal(x.view(3, 2), x.permute(1, 0))
    x.view(3, 2).sum()


# --------------------------------------------------------------------------- training


@published(
    "Taxonomy",
    torch="each step pulls the model to one class",
    check="data-order",
)
def missing_shuffle(torch):
    data = torch.utils.data
    y = torch.arange(64) // 16
    x = torch.nn.functional.one_hot(y, 4).float() + 0.1 * torch.randn(64, 4)
    loader = data.DataLoader(data.TensorDataset(x, y), batch_size=8)
    model = torch.nn.Linear(4, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        for x, y in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()


@published(
    "Taxonomy",
    torch="slow or no learning from inputs of 0 to 255",
    reason="a first batch norm, an embedding of numbers, or trees may want them so; "
    "pixels are known only where ToTensor made them",
)
def missing_normalisation(torch):
    model, optimizer, _, y = network(torch)
    train(torch, model, optimizer, torch.randint(0, 256, (12, 3)).float() / 64, y)


@published(
    "Taxonomy",
    torch="all labels are ignored: the loss is nan and so is every weight",
    check="nonfinite-loss",
)
def wrong_labels(torch):
    model, optimizer, x, y = network(torch)
    train(torch, model, optimizer, x, torch.full_like(y, -100))


@published(
    "Taxonomy",
    torch="0 / 0 at the padding makes every weight nan",
    check="nonfinite-input",
)
def missing_mask_of_invalid_values(torch):
    model, optimizer, x, _ = network(torch)
    x[3] = 0
    x = x / x.norm(dim=1, keepdim=True)
    train(torch, model, optimizer, x, None, loss=lambda out, _: (out**2).mean())


@published(
    "Taxonomy",
    torch="numbers of classes are fitted as if they were amounts",
    reason="a regression on whole numbers looks the same",
)
def wrong_choice_of_loss(torch):
    model, optimizer, x, y = network(torch, outputs=1)
    mse = torch.nn.functional.mse_loss
    train(torch, model, optimizer, x, y.float()[:, None], loss=mse)


@published(
    "Taxonomy",
    torch="the term is a number: nothing learns from it",
    check="lost-term",
)
def a_term_of_the_loss_without_gradients(torch):
    model, optimizer, x, y = network(torch)
    F = torch.nn.functional

    def loss(out, y):
        return F.cross_entropy(out, y) + (0.1 * out.abs().mean()).item()

    train(torch, model, optimizer, x, y, loss=loss)


@published(
    "Taxonomy",
    torch="the loss rises, and ends as nan",
    check="nonfinite-loss",
)
def a_learning_rate_that_is_too_large(torch):
    w = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=30.0)
    train(torch, lambda x: w, optimizer, None, None, 60, lambda w, _: (w**2).sum())


@published(
    "Taxonomy",
    torch="nothing moves",
    check="learning-rate",
)
def a_learning_rate_that_reaches_nothing(torch):
    model, optimizer, x, y = network(torch)
    optimizer.param_groups[0]["lr"] = 0.0
    train(torch, model, optimizer, x, y, 12)


@published(
    "Taxonomy",
    torch="memory grows with every step",
    check="growing-graph",
)
def wrong_management_of_memory(torch):
    model, optimizer, x, y = network(torch)
    total = 0
    for _ in range(130):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss


@published(
    "Taxonomy",
    torch="the majority is right, and the rest is never learnt",
    reason="how many rows a class should have is a question of the task",
)
def unbalanced_data(torch):
    model, optimizer, x, y = network(torch)
    train(torch, model, optimizer, x, torch.where(y == 3, y, torch.zeros_like(y)))


@published(
    "Taxonomy",
    torch="the score of the rows that were trained on",
    reason="that rows of a test were trained on is not seen in tensors",
)
def missing_validation_set(torch):
    model, optimizer, x, y = network(torch)
    train(torch, model, optimizer, x, y)
    model.eval()
    with torch.no_grad():
        (model(x).argmax(1) == y).float().mean()


# ------------------------------------------------------------------------ AUTOTRAINER


@published(
    "AutoTrainer",
    "exploding gradient",
    torch="norms grow from layer to layer; the loss ends as nan",
    check="nonfinite-loss",
)
def exploding_gradients(torch):
    layers = [torch.nn.Linear(16, 16) for _ in range(20)]
    model = torch.nn.Sequential(*layers)
    for layer in layers:
        torch.nn.init.normal_(layer.weight, std=4.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = torch.nn.functional.mse_loss
    train(torch, model, optimizer, torch.randn(8, 16), torch.zeros(8, 16), 4, loss)


@published(
    "AutoTrainer",
    "vanishing gradient",
    torch="the first layers hardly move",
    check="vanished-gradient",
)
def vanishing_gradients(torch):
    layers = []
    for _ in range(30):
        layers += [torch.nn.Linear(16, 16), torch.nn.Sigmoid()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(16, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train(torch, model, optimizer, torch.randn(8, 16), torch.arange(8) % 4, 40)


@published(
    "AutoTrainer",
    "dying ReLU",
    torch="no unit of the layer ever answers: the loss stays",
    check="dead-relu",
)
def dying_relu(torch):
    model, optimizer, x, y = network(torch)
    with torch.no_grad():
        model[0].bias.fill_(-50.0)
    train(torch, model, optimizer, x, y, 120)


@published(
    "AutoTrainer",
    "oscillating loss",
    torch="the loss goes up and down",
    reason="noise of small batches looks the same",
)
def oscillating_loss(torch):
    w = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=1.0)
    train(torch, lambda x: w, optimizer, None, None, 20, lambda w, _: (w**2).sum())


@published(
    "AutoTrainer",
    "slow convergence",
    torch="the loss falls slowly",
    reason="how fast a loss should fall is a question of the task",
)
def slow_convergence(torch):
    model, optimizer, x, y = network(torch)
    optimizer.param_groups[0]["lr"] = 1e-6
    train(torch, model, optimizer, x, y, 20)
