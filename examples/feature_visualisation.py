"""What a unit of a network looks for: gradient ascent on the picture.

Lesson: an input can be optimised like a weight; a forward hook reads what is inside.
"""

import torch
from torch import nn

torch.manual_seed(4)
net = nn.Sequential(
    nn.Conv2d(3, 8, 5, padding=2),
    nn.ReLU(),
    nn.AvgPool2d(2),
    nn.Conv2d(8, 12, 3, padding=1),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(2),
)
for parameter in net.parameters():
    parameter.requires_grad = False

seen = {}
handle = net[3].register_forward_hook(
    lambda module, inputs, output: seen.update(activation=output)
)


def total_variation(image):
    across = (image[..., :, 1:] - image[..., :, :-1]).abs().mean()
    return across + (image[..., 1:, :] - image[..., :-1, :]).abs().mean()


for unit in (0, 7):
    image = (0.1 * torch.randn(1, 3, 16, 16)).requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.1)
    for step in range(1, 31):
        optimizer.zero_grad()
        net(image)
        excitement = seen["activation"][0, unit].mean()
        (0.1 * total_variation(image) - excitement).backward()
        image.grad /= image.grad.norm() + 1e-8
        optimizer.step()
        with torch.no_grad():
            image.clamp_(-1, 1)
        if step % 10 == 0:
            print(f"unit {unit}, step {step}: excitement {excitement.item():.4f}")
    colours = image.detach().mean(dim=(0, 2, 3))
    print("mean colour", [f"{value:+.3f}" for value in colours.tolist()])
handle.remove()

# Which parts of a picture decide?  The gradient of one output says so.
image = torch.randn(1, 3, 16, 16, requires_grad=True)
(saliency,) = torch.autograd.grad(net(image)[0, 3].sum(), image)
rows = saliency.abs().amax(1)[0].unfold(0, 4, 4).unfold(1, 4, 4).mean((2, 3))
print(rows)
