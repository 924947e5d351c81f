"""Every learning rate schedule: a hundred rates, the momentum and the state agree."""

import warnings

import pytest

torch = pytest.importorskip("torch")

import rushlight  # noqa: E402

pytestmark = pytest.mark.parity


def half(epoch):
    return 0.5 + 1 / (epoch + 1)


CASES = [
    ("LambdaLR", {"lr_lambda": half}),
    ("LambdaLR", {"lr_lambda": [half, lambda epoch: 0.95**epoch]}),
    ("MultiplicativeLR", {"lr_lambda": lambda epoch: 0.97}),
    ("StepLR", {"step_size": 7}),
    ("StepLR", {"step_size": 3, "gamma": 0.9}),
    ("MultiStepLR", {"milestones": [3, 30, 30, 60], "gamma": 0.3}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.7, "total_iters": 20}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 77}),
    ("ExponentialLR", {"gamma": 0.95}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 90, "power": 1.7}),
    ("CosineAnnealingLR", {"T_max": 13}),
    ("CosineAnnealingLR", {"T_max": 100, "eta_min": 1e-4}),
    ("CosineAnnealingWarmRestarts", {"T_0": 10}),
    ("CosineAnnealingWarmRestarts", {"T_0": 7, "T_mult": 2, "eta_min": 0.01}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 7}),
    (
        "CyclicLR",
        {
            "base_lr": [0.01, 0.02],
            "max_lr": [0.1, 0.3],
            "step_size_up": 5,
            "step_size_down": 9,
            "mode": "triangular2",
        },
    ),
    (
        "CyclicLR",
        {
            "base_lr": 0.01,
            "max_lr": 0.1,
            "step_size_up": 8,
            "mode": "exp_range",
            "gamma": 0.99,
        },
    ),
    (
        "CyclicLR",
        {
            "base_lr": 0.01,
            "max_lr": 0.1,
            "step_size_up": 8,
            "scale_fn": lambda x: 1 / x,
            "cycle_momentum": False,
        },
    ),
    ("OneCycleLR", {"max_lr": 0.1, "total_steps": 120}),
    ("OneCycleLR", {"max_lr": [0.1, 0.5], "epochs": 11, "steps_per_epoch": 10}),
    (
        "OneCycleLR",
        {
            "max_lr": 0.1,
            "total_steps": 105,
            "three_phase": True,
            "anneal_strategy": "linear",
            "pct_start": 0.25,
        },
    ),
]


def made(module, kind="SGD", tensor=False):
    """An optimizer over two groups."""
    params = [module.ones(2, requires_grad=True) for _ in range(2)]
    options = {"momentum": 0.9} if kind == "SGD" else {}
    rate = module.tensor(0.3, dtype=module.float64) if tensor else 0.3
    groups = [{"params": [params[0]]}, {"params": [params[1]], "lr": 0.05}]
    return getattr(module.optim, kind)(groups, lr=rate, **options)


def follow(optimizer, scheduler, steps=100):
    """The rates and momenta of a run."""
    seen = []
    for _ in range(steps):
        group = optimizer.param_groups[0]
        rates = [float(rate) for rate in scheduler.get_last_lr()]
        momentum = group.get("momentum"), group.get("betas")
        seen.append((rates, [float(g["lr"]) for g in optimizer.param_groups], momentum))
        optimizer.step()
        scheduler.step()
    return seen


def state_of(scheduler):
    state = dict(scheduler.state_dict())
    return {k: v for k, v in state.items() if k != "lr_lambdas" or any(v)}


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("name, options", CASES)
def test_rates(name, options, kind):
    results, states = [], []
    for module in (torch, rushlight):
        optimizer = made(module, kind)
        scheduler = getattr(module.optim.lr_scheduler, name)(optimizer, **options)
        results.append(follow(optimizer, scheduler))
        states.append(state_of(scheduler))
    assert results[0] == results[1]
    assert states[0] == states[1]


@pytest.mark.parametrize("name, options", CASES)
def test_a_state_of_torch_goes_on_here(name, options):
    theirs = made(torch)
    first = getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    follow(theirs, first, 23)
    ours = made(rushlight)
    second = getattr(rushlight.optim.lr_scheduler, name)(ours, **options)
    ours.load_state_dict(theirs.state_dict())
    second.load_state_dict(first.state_dict())
    assert follow(theirs, first, 30) == follow(ours, second, 30)


@pytest.mark.parametrize("name, options", CASES)
def test_a_schedule_made_again_at_an_epoch(name, options):
    results = []
    for module in (torch, rushlight):
        optimizer = made(module)
        kind = getattr(module.optim.lr_scheduler, name)
        follow(optimizer, kind(optimizer, **options), 11)
        again = kind(optimizer, **options, last_epoch=10)
        results.append(follow(optimizer, again, 20))
    assert results[0] == results[1]


@pytest.mark.parametrize("name, options", CASES)
def test_rates_in_tensors(name, options):
    results = []
    for module in (torch, rushlight):
        optimizer = made(module, tensor=True)
        rate = optimizer.param_groups[0]["lr"]
        scheduler = getattr(module.optim.lr_scheduler, name)(optimizer, **options)
        results.append(follow(optimizer, scheduler, 30))
        assert optimizer.param_groups[0]["lr"] is rate
    for a, b in zip(*results, strict=True):
        assert a[0] == pytest.approx(b[0], rel=1e-12)


@pytest.mark.parametrize("name, options", CASES)
def test_the_closed_form(name, options):
    results = []
    for module in (torch, rushlight):
        optimizer = made(module)
        scheduler = getattr(module.optim.lr_scheduler, name)(optimizer, **options)
        rates = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for epoch in (0, 5, 3, 40, 41):
                scheduler.step(epoch)
                rates.append(scheduler.get_last_lr())
        results.append(rates)
    assert results[0] == results[1]


def together(module, optimizer, kind):
    schedulers = module.optim.lr_scheduler
    warm = schedulers.LinearLR(optimizer, start_factor=0.1, total_iters=20)
    fall = schedulers.CosineAnnealingLR(optimizer, T_max=50)
    last = schedulers.ExponentialLR(optimizer, gamma=0.9)
    if kind == "chained":
        return schedulers.ChainedScheduler([warm, fall, last])
    if kind == "nested":
        inner = schedulers.SequentialLR(optimizer, [warm, fall], [10])
        return schedulers.SequentialLR(optimizer, [inner, last], [60])
    return schedulers.SequentialLR(optimizer, [warm, fall, last], [20, 70])


@pytest.mark.parametrize("kind", ["chained", "sequential", "nested"])
def test_several_schedules(kind):
    results, states = [], []
    for module in (torch, rushlight):
        optimizer = made(module)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nested ones warn of their own first steps
            scheduler = together(module, optimizer, kind)
        results.append(follow(optimizer, scheduler))
        states.append(scheduler.state_dict())
    assert results[0] == results[1]
    assert states[0] == states[1]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"patience": 2, "factor": 0.5, "cooldown": 3},
        {"mode": "max", "patience": 1, "threshold": 0.05, "threshold_mode": "abs"},
        {"mode": "max", "patience": 1, "threshold": 0.1},
        {"patience": 1, "min_lr": [0.01, 0.02], "threshold_mode": "abs"},
    ],
)
def test_plateau(options):
    losses = [3.0, 2.0, 2.1, 2.0, 1.99, 1.5, 1.6, 1.7, 1.6, 1.4, 1.41] * 4
    results, states = [], []
    for module in (torch, rushlight):
        optimizer = made(module)
        kind = module.optim.lr_scheduler.ReduceLROnPlateau
        scheduler, rates = kind(optimizer, **options), []
        for loss in losses:
            scheduler.step(module.tensor(loss, dtype=module.float64))
            rates.append(scheduler.get_last_lr())
        results.append(rates)
        states.append(scheduler.state_dict())
    assert results[0] == results[1]
    assert states[0] == states[1]
