import torch
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split


class Points(Dataset):
    def __init__(self, count):
        self.x = torch.randn(count, 4)
        self.y = (self.x[:, 0] * self.x[:, 1] > 0).long()

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index], self.y[index]


def main():
    torch.manual_seed(1)
    train, test = random_split(Points(200), [160, 40])
    model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
    loss_of = nn.CrossEntropyLoss()
    for make in (optim.SGD, optim.Adam, optim.AdamW):
        options = {"momentum": 0.9} if make is optim.SGD else {"weight_decay": 0.01}
        optimizer = make(model.parameters(), lr=0.01, **options)
        for epoch in range(2):
            total = 0.0
            for x, y in DataLoader(train, batch_size=32, shuffle=True):
                optimizer.zero_grad()
                loss = loss_of(model(x), y)
                loss.backward()
                optimizer.step()
                total += loss.item()
            print(f"{make.__name__} epoch {epoch} loss {total / 5:.4f}")
    whole = TensorDataset(*next(iter(DataLoader(test, batch_size=40))))
    model.eval()
    with torch.no_grad():
        right = sum((model(x).argmax(1) == y).sum() for x, y in DataLoader(whole, 16))
    print(right, len(whole))


if __name__ == "__main__":
    main()
