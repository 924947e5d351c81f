"""Idioms of losses, as papers' code has them: all correct."""

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import classifier, descend, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ------------------------------------------------------------------------------- losses


@correct
def a_straight_through_estimator():
    code, decode = nn.Linear(3, 4), nn.Linear(4, 3)
    x = torch.randn(6, 3)

    def loss():
        soft = code(x).tanh()
        hard = soft + (soft.sign() - soft).detach()
        return F.mse_loss(decode(hard), x)

    descend(loss, code, decode)


@correct
def vector_quantisation():
    code, book, decode = nn.Linear(3, 4), nn.Embedding(8, 4), nn.Linear(4, 3)
    x = torch.randn(6, 3)

    def loss():
        z = code(x)
        near = (z[:, None] - book.weight[None]).square().sum(-1).argmin(1)
        q = book(near)
        commit = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())
        return F.mse_loss(decode(z + (q - z).detach()), x) + commit

    descend(loss, code, book, decode)


@correct
def hard_gumbel_softmax():
    code, decode = nn.Linear(3, 4), nn.Linear(4, 3)
    x = torch.randn(6, 3)
    descend(
        lambda: F.mse_loss(decode(F.gumbel_softmax(code(x), hard=True)), x),
        code,
        decode,
    )


@correct
def a_variational_bound():
    code, decode = nn.Linear(3, 4), nn.Linear(2, 3)
    x = torch.rand(6, 3)

    def loss():
        mean, log_variance = code(x).chunk(2, 1)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        out = torch.sigmoid(decode(z))
        fit = F.binary_cross_entropy(out, x, reduction="sum")
        return fit - 0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).sum()

    descend(loss, code, decode)


@correct
def distillation():
    teacher, student = nn.Linear(3, 4).eval(), nn.Linear(3, 4)
    x, classes = torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])

    def loss():
        with torch.no_grad():
            soft = (teacher(x) / 2).softmax(1)
        log = (student(x) / 2).log_softmax(1)
        hard = F.cross_entropy(student(x), classes)
        return F.kl_div(log, soft, reduction="batchmean") * 4 + hard

    descend(loss, student)


@correct
def smoothed_labels_and_mixed_pictures():
    model, optimizer, x, classes = classifier()
    targets = F.one_hot(classes, 4).float() * 0.9 + 0.025
    mixed = 0.7 * x + 0.3 * x.flip(0)
    train(model, optimizer, mixed, 0.7 * targets + 0.3 * targets.flip(0))


@correct
def focal_loss():
    model = nn.Linear(3, 1)
    x, y = torch.randn(6, 3), torch.ones(6)

    def loss():
        each = F.binary_cross_entropy_with_logits(model(x)[:, 0], y, reduction="none")
        return ((1 - (-each).exp()) ** 2 * each).mean()

    descend(loss, model)


@correct
def overlap_beside_cross_entropy():
    model = nn.Conv2d(1, 1, 3, padding=1)
    x, y = torch.randn(2, 1, 6, 6), (torch.rand(2, 1, 6, 6) > 0.5).float()

    def loss():
        out = model(x)
        chance = out.sigmoid()
        overlap = 2 * (chance * y).sum() / (chance.sum() + y.sum() + 1e-6)
        return F.binary_cross_entropy_with_logits(out, y) + 1 - overlap

    descend(loss, model)


@correct
def contrastive_learning():
    model = nn.Linear(3, 4)
    x = torch.randn(6, 3)

    def loss():
        a = F.normalize(model(x + 0.1 * torch.randn(6, 3)), dim=1)
        b = F.normalize(model(x + 0.1 * torch.randn(6, 3)), dim=1)
        return F.cross_entropy(a @ b.T / 0.1, torch.arange(6))

    descend(loss, model)


@correct
def triplets_that_are_satisfied():
    model = nn.Linear(3, 4)
    x = torch.randn(6, 3)

    def loss():
        near, far = model(x + 0.01), model(x + 100.0)
        return F.triplet_margin_loss(model(x), near, far)

    descend(loss, model)


@correct
def hinges_that_are_satisfied():
    model = nn.Linear(3, 1)
    x, y = torch.randn(6, 3), torch.ones(6, 1)
    with torch.no_grad():
        model.bias.fill_(9.0)
    decay = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(8):
        decay.zero_grad()
        (1 - y * model(x)).clamp(min=0).mean().backward()
        decay.step()


@correct
def pairwise_kernels():
    model = nn.Linear(3, 2)
    x, y = torch.randn(6, 3), torch.randn(5, 3)

    def kernel(a, b):
        return (-(a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(-1)).exp().mean()

    def loss():
        a, b = model(x), model(y)
        return kernel(a, a) + kernel(b, b) - 2 * kernel(a, b)

    descend(loss, model)


@correct
def ranks_in_pairs():
    model = nn.Linear(3, 1)
    x, y = torch.randn(6, 3), torch.randn(6)

    def loss():
        s = model(x).squeeze(-1)
        sure = torch.sign(y[:, None] - y[None, :])
        return F.softplus(-(s[:, None] - s[None, :]) * sure).mean()

    descend(loss, model)


@correct
def quantiles():
    model = nn.Linear(3, 3)
    x, y = torch.randn(6, 3), torch.randn(6)
    share = torch.tensor([0.1, 0.5, 0.9])

    def loss():
        error = y.unsqueeze(1) - model(x)
        return torch.maximum(share * error, (share - 1) * error).mean()

    descend(loss, model)


@correct
def tasks_weighed_by_their_doubt():
    model, doubt = nn.Linear(3, 2), nn.Module()
    doubt.log_variance = nn.Parameter(torch.zeros(2))
    x, y = torch.randn(6, 3), torch.randn(6, 2)

    def loss():
        each = (model(x) - y).square().mean(0)
        return ((-doubt.log_variance).exp() * each + doubt.log_variance).sum()

    descend(loss, model, doubt)


@correct
def a_task_balanced_by_detached_sizes():
    model = nn.Linear(3, 2)
    x, y = torch.randn(6, 3), torch.randn(6, 2)

    def loss():
        one, two = F.mse_loss(model(x), y), F.l1_loss(model(x), y)
        return one / one.detach() + two / two.detach()

    descend(loss, model)


@correct
def targets_with_holes():
    model = nn.Linear(3, 2)
    x, y = torch.randn(6, 3), torch.randn(6, 2)
    y[0, 0] = float("nan")
    known = ~y.isnan()

    def loss():
        each = (model(x) - torch.nan_to_num(y)).square()
        return (each * known).sum() / known.sum()

    descend(loss, model)
    descend(lambda: F.mse_loss(model(x)[known], y[known]), model)


@correct
def words_that_are_padding():
    model = nn.Sequential(nn.Embedding(9, 4, padding_idx=0), nn.Linear(4, 9))
    words = torch.tensor([[1, 2, 3, 0], [4, 5, 0, 0]])

    def loss():
        out = model(words[:, :-1]).reshape(-1, 9)
        return F.cross_entropy(out, words[:, 1:].reshape(-1), ignore_index=0)

    descend(loss, model)


@correct
def connectionist_temporal_classification():
    model = nn.Linear(3, 5)
    x, y = torch.randn(8, 2, 3), torch.tensor([[1, 2], [3, 4]])

    def loss():
        log = model(x).log_softmax(-1)
        return F.ctc_loss(log, y, torch.tensor([8, 8]), torch.tensor([2, 2]))

    descend(loss, model)


@correct
def mixtures_of_normals():
    model = nn.Linear(1, 9)
    x, y = torch.randn(6, 1), torch.randn(6, 1)

    def loss():
        share, mean, size = model(x).chunk(3, 1)
        normal = torch.distributions.Normal(mean, size.exp())
        return -torch.logsumexp(share.log_softmax(1) + normal.log_prob(y), 1).mean()

    descend(loss, model)


@correct
def an_entropy_of_attention():
    model = nn.Linear(3, 4)
    x, classes = torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])

    def loss():
        weights = model(x).softmax(1)
        entropy = -(weights * (weights + 1e-9).log()).sum(1).mean()
        return F.nll_loss(weights.log(), classes) - 0.01 * entropy

    descend(loss, model)


@correct
def losses_in_a_dictionary():
    model = nn.Linear(3, 2)
    x, y = torch.randn(6, 3), torch.randn(6, 2)
    history = {"fit": 0.0, "size": 0.0}

    def loss():
        parts = {"fit": F.mse_loss(model(x), y), "size": model.weight.abs().mean()}
        for name, part in parts.items():
            history[name] += part.item()
        return sum(parts.values())

    descend(loss, model, steps=70)


@correct
def running_losses_that_are_detached():
    model, optimizer, x, classes = classifier()
    total, kept = torch.zeros(()), []
    for _ in range(70):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        loss.backward()
        optimizer.step()
        total += loss.detach()
        kept.append(loss.detach().cpu())


test_no_guard_speaks = quiet(PROGRAMS)
test_nor_in_doctor = quiet(PROGRAMS, torch.guard.thorough)
