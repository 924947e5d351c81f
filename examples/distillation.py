"""Knowledge distillation: a small network learns from a large one's doubts.

Lesson: the teacher runs without gradients in evaluation mode; softened scores carry
more than labels do, and KLDivLoss takes log-probabilities.
"""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
centers = torch.randn(5, 10)
labels = torch.randint(0, 5, (600,))
x = centers[labels] + 1.2 * torch.randn(600, 10)
train_x, train_y, test_x, test_y = x[:400], labels[:400], x[400:], labels[400:]


def accuracy(model):
    model.eval()
    with torch.inference_mode():
        return (model(test_x).argmax(1) == test_y).float().mean().item()


def fit(model, loss_of, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(epochs):
        model.train()
        for rows in torch.randperm(len(train_x)).split(50):
            loss = loss_of(model(train_x[rows]), rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return loss.item()


teacher = nn.Sequential(
    nn.Linear(10, 64),
    nn.ReLU(),
    nn.Dropout(0.3),
    nn.Linear(64, 64),
    nn.ReLU(),
    nn.Linear(64, 5),
)
small = nn.Sequential(nn.Linear(10, 6), nn.ReLU(), nn.Linear(6, 5))
student = copy.deepcopy(small)

loss = fit(teacher, lambda scores, rows: F.cross_entropy(scores, train_y[rows]), 6)
print(f"teacher: loss {loss:.4f}, right {accuracy(teacher):.3f}")
loss = fit(small, lambda scores, rows: F.cross_entropy(scores, train_y[rows]), 4)
print(f"alone:   loss {loss:.4f}, right {accuracy(small):.3f}")

teacher.eval().requires_grad_(False)
temperature = 3.0
soften = nn.KLDivLoss(reduction="batchmean")


def distilled(scores, rows):
    wanted = F.softmax(teacher(train_x[rows]) / temperature, dim=1)
    found = F.log_softmax(scores / temperature, dim=1)
    hard = F.cross_entropy(scores, train_y[rows], label_smoothing=0.1)
    return 0.7 * temperature**2 * soften(found, wanted) + 0.3 * hard


loss = fit(student, distilled, 4)
print(f"student: loss {loss:.4f}, right {accuracy(student):.3f}")
