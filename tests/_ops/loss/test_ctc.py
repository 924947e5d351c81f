"""ctc_loss against all ways written out; gradients; lengths, layouts, errors."""

import itertools

import numpy as np
import pytest

import rushlight as torch
from rushlight.nn.functional import ctc_loss


def by_all_ways(logs, target, blank=0):
    """-log of the sum over every text of len(logs) symbols that reads as the target."""
    steps, symbols = logs.shape
    total = 0.0
    for way in itertools.product(range(symbols), repeat=steps):
        read = [s for s, _ in itertools.groupby(way) if s != blank]
        if read == list(target):
            total += np.exp(sum(logs[t, s] for t, s in enumerate(way)))
    return -np.log(total) if total else np.inf


def made(*shape, seed=0):
    torch.manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64).log_softmax(-1)


TARGETS = [[1, 2], [1, 1], [2], [], [1, 2, 1]]


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("blank", [0, 3])
def test_every_way_counts(target, blank):
    logs = made(5, 1, 4)
    padded = torch.tensor([target + [1] * (3 - len(target))])
    loss = ctc_loss(logs, padded, (5,), (len(target),), blank, reduction="none")
    wanted = by_all_ways(logs[:, 0].numpy(), target, blank)
    assert loss.item() == pytest.approx(wanted, rel=1e-9)


def test_samples_of_different_lengths():
    logs = made(5, 3, 3)
    lengths, target_lengths = torch.tensor([5, 4, 3]), torch.tensor([2, 1, 2])
    padded = torch.tensor([[1, 2], [2, 0], [1, 1]])
    together = torch.tensor([1, 2, 2, 1, 1])
    losses = ctc_loss(logs, padded, lengths, target_lengths, reduction="none")
    wanted = [
        by_all_ways(logs[: int(lengths[i]), i].numpy(), padded[i, : int(n)].tolist())
        for i, n in enumerate(target_lengths)
    ]
    np.testing.assert_allclose(losses.numpy(), wanted, rtol=1e-9)
    same = ctc_loss(logs, together, (5, 4, 3), (2, 1, 2), reduction="none")
    assert same.tolist() == losses.tolist()
    mean = ctc_loss(logs, padded, lengths, target_lengths)
    assert mean.item() == pytest.approx(np.mean(np.array(wanted) / [2, 1, 2]))
    total = ctc_loss(logs, padded, lengths, target_lengths, reduction="sum")
    assert total.item() == pytest.approx(sum(wanted))


def test_gradients_of_scores_by_differences():
    scores = torch.randn(4, 2, 3, dtype=torch.float64, requires_grad=True)
    target, weight = torch.tensor([[1, 2], [2, 2]]), torch.tensor([1.0, -2.0])

    def loss_of(values):
        logs = values.log_softmax(-1)
        losses = ctc_loss(logs, target, (4, 3), (2, 1), reduction="none")
        return (losses * weight).sum()

    loss_of(scores).backward()
    direction = torch.randn(4, 2, 3, dtype=torch.float64)
    with torch.no_grad():
        ahead, behind = (loss_of(scores + s * 1e-6 * direction) for s in (1, -1))
    slope = (ahead - behind).item() / 2e-6
    assert (scores.grad * direction).sum().item() == pytest.approx(slope, rel=1e-6)
    assert scores.grad[3, 1].tolist() == [0.0, 0.0, 0.0]


def test_targets_that_do_not_fit():
    logs = made(2, 2, 3).requires_grad_()
    target = torch.tensor([[1, 1], [1, 2]])
    losses = ctc_loss(logs, target, (2, 2), (2, 2), reduction="none")
    assert losses[0].item() == np.inf
    losses.sum().backward()
    assert logs.grad[:, 0].isnan().all()
    assert logs.grad[:, 1].isfinite().all()
    logs.grad = None
    losses = ctc_loss(
        logs, target, (2, 2), (2, 2), reduction="none", zero_infinity=True
    )
    assert losses[0].item() == 0.0
    losses.sum().backward()
    assert (logs.grad[:, 0] == 0).all()


def test_one_sample_without_a_batch():
    logs = made(4, 3)
    one = ctc_loss(logs, torch.tensor([1, 2]), torch.tensor(4), torch.tensor(2))
    many = ctc_loss(logs.unsqueeze(1), torch.tensor([[1, 2]]), (4,), (2,))
    assert one.shape == ()
    assert one.item() == many.item()


@pytest.mark.parametrize(
    "change, kind, text",
    [
        ({"input_lengths": (7, 4)}, RuntimeError, "at most 4"),
        ({"input_lengths": (4,)}, RuntimeError, "of size batch_size"),
        ({"input_lengths": torch.ones(2)}, RuntimeError, "must be integral"),
        ({"target_lengths": (9, 1)}, RuntimeError, "of size at least 9"),
        ({"target_lengths": (-1, 1)}, RuntimeError, "of at least 0"),
        ({"blank": 3}, RuntimeError, "in label range"),
        ({"targets": torch.tensor([[5, 1], [1, 1]])}, IndexError, "1 to 5"),
        ({"log_probs": torch.ones(4, 2, 3).half()}, NotImplementedError, "float16"),
        ({"reduction": "all"}, ValueError, "not a valid value for reduction"),
    ],
)
def test_errors(change, kind, text):
    arguments = {
        "log_probs": torch.zeros(4, 2, 3),
        "targets": torch.tensor([[1, 2], [1, 1]]),
        "input_lengths": (4, 4),
        "target_lengths": (2, 1),
    }
    with pytest.raises(kind, match=text):
        ctc_loss(**(arguments | change))
