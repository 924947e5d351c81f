"""Graph convolution: find communities from two labelled nodes each.

Lesson: a graph network is a matrix product with the normalised adjacency, and a mask
chooses the nodes that count in the loss.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(3)
nodes, communities = 60, 3
label = torch.arange(nodes) % communities

# Friends are likely within a community, rare between two.
likely = torch.where(label[:, None] == label[None, :], 0.30, 0.03)
edges = (torch.rand(nodes, nodes) < likely).triu(1)
adjacency = (edges | edges.T).float() + torch.eye(nodes)
degree = adjacency.sum(1)
normal = adjacency / torch.sqrt(degree[:, None] * degree[None, :])
print(f"{int(edges.sum())} edges, mean degree {degree.mean().item():.2f}")


class GraphConvolution(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(before, after))
        self.bias = nn.Parameter(torch.zeros(after))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, graph, x):
        return graph @ (x @ self.weight) + self.bias

    def extra_repr(self):
        return f"{self.weight.shape[0]}, {self.weight.shape[1]}"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = GraphConvolution(nodes, 16)
        self.two = GraphConvolution(16, communities)

    def forward(self, graph, x):
        x = F.dropout(F.relu(self.one(graph, x)), 0.3, self.training)
        return F.log_softmax(self.two(graph, x), dim=1)


known = torch.zeros(nodes, dtype=torch.bool)
known[:6] = True
model = Net()
print(model)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
features = torch.eye(nodes)
for epoch in range(1, 61):
    model.train()
    optimizer.zero_grad()
    loss = F.nll_loss(model(normal, features)[known], label[known])
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        model.eval()
        with torch.no_grad():
            guess = model(normal, features).argmax(1)
        right = (guess == label)[~known].float().mean()
        print(f"epoch {epoch}: loss {loss.item():.4f}, others right {right.item():.3f}")
