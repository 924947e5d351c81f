"""Published errors of frameworks themselves: programs that show they are not made here.

TrainCheck's are compilers' (autocast that a compiler drops, an optimizer's step whose
compiled form outlives its conditions) and a backend's (in-place operations that write
nothing into tensors of another layout).  Those of F. Tambon et al., Silent Bugs in Deep
Learning Frameworks (2023), stand for the scenarios of that study.
"""

PROGRAMS = []


def absent(program):
    """Enter a program, which asserts that the bug is not there."""
    PROGRAMS.append(program)
    return program


@absent
def autocast_holds_in_compiled_code(torch):
    """lightning-thunder-725."""
    layer = torch.nn.Linear(3, 2)
    compiled = torch.compile(layer)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert compiled(torch.ones(4, 3)).dtype == torch.bfloat16
    assert compiled(torch.ones(4, 3)).dtype == torch.float32


@absent
def a_compiled_step_after_one_without_gradients(torch):
    """pytorch-115607."""
    w = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.Adam([w], lr=0.1)
    step = torch.compile(optimizer.step)
    seen = []
    for gradient in (True, True, False, True, True):
        w.grad = torch.ones(3) if gradient else None
        step()
        seen.append(w.detach().clone())
    moved = [not torch.equal(a, b) for a, b in zip(seen, seen[1:])]
    assert moved == [True, False, True, True]


@absent
def an_encoder_that_is_a_transposed_decoder_learns(torch):
    """E. Simon, The bug that taught me more about PyTorch, 2025."""
    decoder = torch.randn(4, 6)
    encoder = torch.nn.Parameter(decoder.t())
    assert not encoder.is_contiguous()
    before = encoder.detach().clone()
    for kind in (torch.optim.Adam, torch.optim.SGD):
        optimizer = kind([encoder], lr=0.1)
        encoder.grad = torch.ones(6, 4)
        optimizer.step()
        assert not torch.equal(before, encoder)
        before = encoder.detach().clone()


@absent
def a_saved_optimizer_goes_on_where_it_was(torch):
    """Wrong save or reload."""

    def run(w, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            (w**2).sum().backward()
            optimizer.step()

    whole, half = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    run(whole, torch.optim.Adam([whole], lr=0.1), 6)
    first = torch.optim.Adam([half], lr=0.1)
    run(half, first, 3)
    second = torch.optim.Adam([half], lr=0.7)
    second.load_state_dict(first.state_dict())
    run(half, second, 3)
    assert torch.equal(whole, half)


@absent
def weights_of_classes_are_used(torch):
    """Wrong parameter setting."""
    F = torch.nn.functional
    scores, classes = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 0])
    plain, weight = F.cross_entropy(scores, classes), torch.tensor([3.0, 1.0])
    each = F.cross_entropy(scores, classes, weight=weight, reduction="none")
    assert torch.allclose(each, 3 * F.cross_entropy(scores, classes, reduction="none"))
    assert torch.allclose(F.cross_entropy(scores, classes, weight=weight), plain)


@absent
def masks_of_dropout_differ_from_call_to_call(torch):
    """Wrong calculation, in eager and in compiled code."""
    drop, x = torch.nn.Dropout(), torch.ones(4, 64)
    for call in (drop, torch.compile(drop)):
        assert not torch.equal(call(x), call(x))


@absent
def a_list_of_layers_is_part_of_the_model(torch):
    """Wrong structure."""
    layers = torch.nn.ModuleList(torch.nn.Linear(2, 2) for _ in range(3))
    assert len(list(layers.parameters())) == 6
    assert len(layers.state_dict()) == 6


@absent
def broadcast_shapes_are_those_that_are_told(torch):
    """Wrong shape."""
    pool = torch.nn.AdaptiveAvgPool2d((1, None))
    assert pool(torch.zeros(2, 3, 4, 5)).shape == (2, 3, 1, 5)
    assert torch.nn.Flatten(0, 1)(torch.zeros(2, 3, 4)).shape == (6, 4)
