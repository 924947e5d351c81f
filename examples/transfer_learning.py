"""Transfer learning with torchvision: keep the body, train a new head.

    rushlight run examples/transfer_learning.py --folder pictures --weights DEFAULT

Lesson: freeze with requires_grad, replace the last layer, give the optimizer only what
is trained, and keep a frozen body in evaluation mode: its norms stay as they are.
"""

import argparse
import io

import torch
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, models, transforms, utils

parser = argparse.ArgumentParser()
parser.add_argument("--folder", help="pictures, in one folder for each class")
parser.add_argument("--weights", help="DEFAULT downloads trained weights")
args = parser.parse_args()

torch.manual_seed(0)
training = transforms.Compose(
    [
        transforms.RandomResizedCrop(64, scale=(0.5, 1.0)),
        transforms.RandomHorizontalFlip(),
        transforms.ColorJitter(0.2, 0.2, 0.2),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
)
if args.folder:
    data = datasets.ImageFolder(args.folder, training)
    classes = len(data.classes)
else:
    data, classes = datasets.FakeData(48, (3, 80, 80), 3, training), 3
print(data)
train, test = random_split(data, [0.75, 0.25])
images, labels = next(iter(DataLoader(train, batch_size=8)))
grid = utils.make_grid(images, nrow=4, normalize=True)
utils.save_image(grid, io.BytesIO(), format="png")
print("grid", tuple(grid.shape), "labels", labels.tolist())

model = models.resnet18(weights=args.weights)
for parameter in model.parameters():
    parameter.requires_grad = False
model.fc = nn.Linear(model.fc.in_features, classes)
trained = [name for name, p in model.named_parameters() if p.requires_grad]
print("trained:", trained)

optimizer = torch.optim.SGD(model.fc.parameters(), lr=0.01, momentum=0.9)
criterion = nn.CrossEntropyLoss()
model.eval()
for epoch in range(2):
    total = 0.0
    for images, labels in DataLoader(train, batch_size=12, shuffle=True):
        loss = criterion(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
    print(f"epoch {epoch}: loss {total / len(train):.4f}")
with torch.no_grad():
    images, labels = next(iter(DataLoader(test, batch_size=len(test))))
    print(f"test loss {criterion(model(images), labels).item():.4f}")
