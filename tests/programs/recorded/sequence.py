"""A character model: embedding, LSTM, clipped gradients, sampling from saved weights."""

import io

import torch
from torch import nn

torch.manual_seed(1)
text = "the quick brown fox jumps over the lazy dog. " * 8
letters = sorted(set(text))
codes = torch.tensor([letters.index(c) for c in text])


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(len(letters), 12)
        self.net = nn.LSTM(12, 24, 2, batch_first=True, dropout=0.1)
        self.norm = nn.LayerNorm(24)
        self.head = nn.Linear(24, len(letters))

    def forward(self, x, state=None):
        y, state = self.net(self.table(x), state)
        return self.head(self.norm(y)), state


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.02, eps=1e-4)
for step in range(12):
    start = torch.randint(0, len(codes) - 33, (8,))
    x = torch.stack([codes[s : s + 32] for s in start])
    y = torch.stack([codes[s + 1 : s + 33] for s in start])
    logits, _ = model(x)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    if step % 4 == 3:
        print(f"step {step}: loss {loss.item():.3f}, gradient norm {norm:.3f}")
file = io.BytesIO()
torch.save(model.state_dict(), file)
file.seek(0)
again = Model()
print(again.load_state_dict(torch.load(file)))
again.eval()
with torch.inference_mode():
    x, state, out = codes[None, :5], None, []
    for _ in range(12):
        logits, state = again(x, state)
        x = logits[:, -1:].argmax(-1)
        out.append(letters[x.item()])
print(repr("".join(out)))
