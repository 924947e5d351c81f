"""Well-known mistakes: A. Karpathy's list (2018), and those of PyTorch's own notes."""

from tests.guard.published.case import network, published, train

# --------------------------------------------------------------------------- Karpathy


@published(
    "Karpathy",
    "2: forgot to toggle train and eval",
    torch="an evaluation with dropout, a score too low",
    check="train-mode-eval",
)
def evaluation_in_training_mode(torch):
    model, optimizer, x, y = network(torch, torch.nn.Dropout())
    train(torch, model, optimizer, x, y)
    with torch.no_grad():
        (model(x).argmax(1) == y).float().mean()


@published(
    "Karpathy",
    "2: forgot to toggle back",
    torch="the second epoch trains without dropout",
    check="lost-train",
)
def training_in_evaluation_mode(torch):
    model, optimizer, x, y = network(torch, torch.nn.Dropout())
    for _ in range(3):
        train(torch, model, optimizer, x, y)
        model.eval()
        with torch.no_grad():
            torch.nn.functional.cross_entropy(model(x), y)


@published(
    "Karpathy",
    "3: forgot zero_grad before backward",
    torch="the gradients of all batches so far are added up",
    check="stale-grad",
)
def forgotten_zero_grad(torch):
    model, optimizer, x, y = network(torch)
    for _ in range(4):
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


@published(
    "Karpathy",
    "4: softmaxed outputs to a loss that expects logits",
    torch="the gradient nearly vanishes",
    check="double-softmax",
)
def softmaxed_outputs(torch):
    model, optimizer, x, y = network(torch)
    for _ in range(4):
        optimizer.zero_grad()
        chances = model(x).softmax(-1)
        torch.nn.CrossEntropyLoss()(chances, y).backward()
        optimizer.step()


@published(
    "Karpathy",
    "5: a bias before batch norm",
    torch="parameters that do nothing",
    reason="it costs a little time and changes no result",
)
def a_bias_before_batch_norm(torch):
    model, optimizer, x, y = network(torch, torch.nn.BatchNorm1d(8))
    train(torch, model, optimizer, x, y)


@published(
    "Karpathy",
    "6: view() for permute()",
    torch="pictures of noise: rows of one picture in another",
    reason="view() with the right number of elements is what view() is for",
)
def view_for_permute(torch):
    pictures = torch.randn(2, 4, 4, 3)
    assert not torch.equal(pictures.view(2, 3, 4, 4), pictures.permute(0, 3, 1, 2))
    torch.nn.Conv2d(3, 2, 3)(pictures.view(2, 3, 4, 4)).sum().backward()


# -------------------------------------------------------------------- PyTorch's notes


@published(
    "FAQ",
    "don't accumulate history across your training loop",
    torch="memory grows with every step, until there is none",
    check="growing-graph",
)
def accumulated_history(torch):
    model, optimizer, x, y = network(torch)
    total_loss = 0
    for _ in range(200):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total_loss += loss


@published(
    "FAQ",
    "my data loader workers return identical random numbers",
    torch="worker_init_fn gives every worker the same seed",
    check="worker-random",
)
def workers_with_one_seed(torch):
    import random

    class Noisy(torch.utils.data.Dataset):
        def __len__(self):
            return 16

        def __getitem__(self, index):
            return torch.tensor([random.random() for _ in range(3)])

    loader = torch.utils.data.DataLoader(
        Noisy(), 2, num_workers=2, worker_init_fn=lambda worker: random.seed(0)
    )
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in loader:
        optimizer.zero_grad()
        model(batch).mean().backward()
        optimizer.step()


@published(
    "FAQ",
    "mixed precision: unscale gradients before clipping",
    torch="the limit is smaller by the scale: tiny steps",
    check="step-order",
)
def clipping_scaled_gradients(torch):
    model, optimizer, x, y = network(torch)
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(3):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        scaler.scale(loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


@published(
    "FAQ",
    "saving: best_state = model.state_dict() is a reference",
    torch="the best state is the last one: it goes on changing as the model is trained",
    check="live-state",
)
def the_best_state_is_a_reference(torch):
    model, optimizer, x, y = network(torch)
    best, best_loss = None, float("inf")
    for _ in range(4):
        train(torch, model, optimizer, x, y, 2)
        with torch.no_grad():
            loss = torch.nn.functional.cross_entropy(model(x), y).item()
        if loss < best_loss:
            best, best_loss = model.state_dict(), loss
    train(torch, model, optimizer, x, y)
    model.load_state_dict(best)


@published(
    "FAQ",
    "saving: call eval() before running inference",
    torch="a loaded model answers with dropout, another answer each time",
    reason="a model that never trained in this process may be used so on purpose: "
    "Monte-Carlo dropout begins in training mode",
)
def inference_of_a_loaded_model(torch):
    model, _, x, _ = network(torch, torch.nn.Dropout())
    again, _, _, _ = network(torch, torch.nn.Dropout())
    again.load_state_dict(model.state_dict())
    with torch.no_grad():
        assert not torch.equal(again(x), again(x))
