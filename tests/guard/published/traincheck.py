"""TrainCheck's reproduced errors (OSDI 2025), those that one process can make.

The names are the paper's: where each was reported, and its number there.
"""

import numpy as np

from tests.guard.published.case import network, published, train

#: Reproduced by the paper, and out of reach: several processes, broken machines.
ELSEWHERE = {
    "baichuan2-86": "data lost between graphics cards: broken peer-to-peer transfers",
    "pytorch-84803": "data lost between graphics cards: broken peer-to-peer transfers",
    "pytorch-96600": "data lost between graphics cards: broken peer-to-peer transfers",
    "pytorch-104336": "data parallel training: hooks on parameters that were moved",
    "deepspeed-1801": "tensor parallel training: layer norms clipped on one rank only",
    "deepspeed-5794": "experts over processes: unequal calls of all_to_all",
    "x-jxmnop-ddp-out-of-sync": "data parallel training past its wrapper",
}


@published(
    "TrainCheck",
    "stackoverflow-60335387",
    torch="the gradients of all batches so far are added up; the loss rises again",
    check="stale-grad",
)
def zero_grad_is_missing(torch):
    model, optimizer, x, y = network(torch)
    for _ in range(4):
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()


@published(
    "TrainCheck",
    "pytorch-forum-84911",
    torch="accuracy stays at chance: the optimizer holds the head, which is frozen",
    check="no-optimizer",
)
def the_head_is_frozen_too(torch):
    nn = torch.nn
    norm, head = nn.BatchNorm1d(8), nn.Linear(8, 4)
    model = nn.Sequential(nn.Linear(3, 8), norm, head)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.001)
    for name, parameter in model.named_parameters():
        if not name.startswith("1."):
            parameter.requires_grad = False
    before = head.weight.clone()
    train(torch, model, optimizer, torch.randn(12, 3), torch.arange(12) % 4)
    assert torch.equal(before, head.weight)


class Augmented:
    """A dataset whose augmentation draws from a generator of its own."""

    def __init__(self, torch):
        self.torch, self.generator = torch, np.random.default_rng(0)

    def __len__(self):
        return 16

    def __getitem__(self, index):
        return self.torch.tensor(self.generator.random(3), dtype=self.torch.float32)


@published(
    "TrainCheck",
    "stackoverflow-67180955",
    torch="NumPy's global numbers differ by worker since 1.9; those of a generator "
    "that the dataset holds are the same in every worker",
    check="worker-random",
)
def workers_augment_alike(torch):
    loader = torch.utils.data.DataLoader(Augmented(torch), 2, num_workers=2)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    batches = []
    for batch in loader:
        optimizer.zero_grad()
        model(batch).mean().backward()
        optimizer.step()
        batches.append(batch)
    assert torch.equal(batches[0], batches[1])


@published(
    "TrainCheck",
    "transformers-33844",
    torch="evaluation with dropout: another answer each time",
    check="eval-dropout",
)
def attention_drops_in_evaluation(torch):
    F = torch.nn.functional

    class Attention(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.out = torch.nn.Linear(8, 24), torch.nn.Linear(8, 4)
            self.dropout = 0.5

        def forward(self, x):
            q, k, v = self.qkv(x).chunk(3, -1)
            weights = F.dropout((q @ k.mT).softmax(-1), self.dropout)
            return self.out((weights @ v).mean(1))

    model = Attention()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randn(6, 5, 8), torch.arange(6) % 4
    train(torch, model, optimizer, x, y)
    model.eval()
    with torch.no_grad():
        assert not torch.equal(model(x), model(x))


@published(
    "TrainCheck",
    "pytorch-51800",
    torch="the weight is divided by the product of two random vectors",
    check="random-norm",
)
def spectral_norm_before_training(torch):
    judge = torch.nn.utils.spectral_norm(torch.nn.Linear(20, 1))
    with torch.no_grad():
        judge.eval()(torch.randn(64, 20))


@published(
    "TrainCheck",
    "mmpretrain-702",
    torch="the frozen stages are trained",
    reason="train() is overridden to freeze them and is never called; whether an "
    "override that did not run matters is not known without running it",
)
def stages_frozen_in_train_alone(torch):
    class Frozen(torch.nn.Sequential):
        def train(self, mode=True):
            super().train(mode)
            return self[0].requires_grad_(False)

    model = Frozen(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = model[0].weight.detach().clone()
    train(torch, model, optimizer, torch.randn(12, 3), torch.arange(12) % 4)
    assert not torch.equal(before, model[0].weight)


@published(
    "TrainCheck",
    "transformers-17877",
    torch="each weight is drawn as often as its layer is deep: slow, and no worse",
    reason="the last draw is as good as the first; only time is lost",
)
def weights_drawn_again_and_again(torch):
    model, optimizer, x, y = network(torch)

    def draw(module):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter, std=0.02)

    model.apply(draw)
    train(torch, model, optimizer, x, y)


@published(
    "TrainCheck",
    "transformers-23723",
    torch="more words are written than were asked for",
    reason="the limit is a number of the program's own; no tensor knows it",
)
def a_limit_taken_before_trimming(torch):
    words, context, new = torch.zeros(1, 30, dtype=torch.int64), 10, 4
    limit = words.shape[1] + new
    words = words[:, -context:]
    while words.shape[1] < limit:
        words = torch.cat([words, words[:, -1:] + 1], 1)
    assert words.shape[1] - context > new


@published(
    "TrainCheck",
    "transformers-34204",
    torch="one long sequence in place of a batch of fifty",
    reason="the processor joins lists of the program's own before a tensor is made",
)
def a_batch_joined_to_one(torch):
    texts = [[index, index + 1, 2] for index in range(50)]
    joined = torch.tensor([sum(texts, [])])
    table = torch.nn.Embedding(64, 4)
    assert table(joined).shape == (1, 150, 4)


@published(
    "TrainCheck",
    "accelerate-2665",
    torch="the loss stays as it is: the optimizer holds the parameters from before the "
    "model was wrapped",
    check="no-optimizer",
)
def parameters_made_anew_by_a_wrapper(torch):
    model, optimizer, x, y = network(torch)
    for layer in (model[0], model[2]):
        layer.weight = torch.nn.Parameter(layer.weight.detach().clone())
        layer.bias = torch.nn.Parameter(layer.bias.detach().clone())
    before = model[0].weight.detach().clone()
    train(torch, model, optimizer, x, y)
    assert torch.equal(before, model[0].weight)


@published(
    "TrainCheck",
    "deepspeed-5489",
    torch="what is loaded is random where the model was frozen",
    reason="a trained part that is loaded beside a frozen one is what strict=False is "
    "for: adapters are saved so",
)
def frozen_parameters_left_out_of_a_checkpoint(torch):
    model, optimizer, x, y = network(torch)
    model[0].requires_grad_(False)
    train(torch, model, optimizer, x, y)
    names = {name for name, p in model.named_parameters() if p.requires_grad}
    saved = {name: v for name, v in model.state_dict().items() if name in names}
    again, optimizer, _, _ = network(torch)
    again.load_state_dict(saved, strict=False)
    train(torch, again, optimizer, x, y)
