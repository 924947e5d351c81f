"""Tag words by a bidirectional LSTM over packed sequences.

Lesson: packing lets the LSTM skip padding; lengths come back with the padded result,
and the loss ignores what was padded.
"""

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence


def sentence():
    """Random digits, tagged: is one larger than the one before, or than the next?"""
    length = int(torch.randint(3, 12, ()))
    words = torch.randint(1, 10, (length,))
    before = torch.cat([torch.zeros(1, dtype=torch.long), words[:-1]])
    after = torch.cat([words[1:], torch.zeros(1, dtype=torch.long)])
    return words, (words > before).long() + 2 * (words > after).long()


class Tagger(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.embed = nn.Embedding(10, 8, padding_idx=0)
        self.lstm = nn.LSTM(8, width, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * width, 4)

    def forward(self, words, lengths):
        packed = pack_padded_sequence(
            self.embed(words), lengths, batch_first=True, enforce_sorted=False
        )
        out, _ = self.lstm(packed)
        out, _ = pad_packed_sequence(out, batch_first=True)
        return self.head(out)


torch.manual_seed(0)
data = [sentence() for _ in range(320)]
model = Tagger()
optimizer = torch.optim.Adamax(model.parameters(), lr=0.02)
criterion = nn.CrossEntropyLoss(ignore_index=-1)
for epoch in range(4):
    for start in range(0, 256, 32):
        words, tags = zip(*data[start : start + 32])
        lengths = torch.tensor([len(row) for row in words])
        words = pad_sequence(words, batch_first=True)
        tags = pad_sequence(tags, batch_first=True, padding_value=-1)
        scores = model(words, lengths)
        loss = criterion(scores.view(-1, 4), tags.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    words, tags = zip(*data[256:])
    lengths = torch.tensor([len(row) for row in words])
    with torch.no_grad():
        guess = model(pad_sequence(words, batch_first=True), lengths).argmax(2)
    tags = pad_sequence(tags, batch_first=True, padding_value=-1)
    right = (guess == tags)[tags >= 0].float().mean().item()
    print(f"epoch {epoch}: loss {loss.item():.4f}, right {right:.3f}")
