"""A character LSTM that invents names.

    rushlight run examples/char_lstm.py --names names.txt --steps 2000

Lesson: sequences of different lengths in one batch.  They are padded, the padding is
left out of the loss, and the state is carried while sampling.
"""

import argparse

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

NAMES = """
emma olivia ava isabella sophia mia charlotte amelia harper evelyn abigail emily ella
elizabeth camila luna sofia avery mila aria scarlett penelope layla chloe victoria
madison eleanor grace nora riley zoey hannah hazel lily ellie violet lillian zoe
stella aurora natalie emilia everly leah aubrey willow addison lucy audrey bella nova
brooklyn paisley savannah claire skylar isla genesis naomi elena caroline eliana anna
maya valentina ruby kennedy ivy ariana aaliyah cora madelyn alice kinsley hailey
gabriella allison gianna serenity samantha sarah autumn quinn eva piper sophie sadie
delilah josephine nevaeh adeline arya emery lydia clara vivian madeline peyton julia
noah liam mason jacob william ethan james alexander michael benjamin elijah daniel
aiden logan matthew lucas jackson david oliver jayden joseph gabriel samuel carter
anthony john dylan luke henry andrew isaac christopher joshua wyatt sebastian owen
""".split()


class Model(nn.Module):
    def __init__(self, characters, width=48):
        super().__init__()
        self.embed = nn.Embedding(characters, 16, padding_idx=0)
        self.lstm = nn.LSTM(16, width, num_layers=2, batch_first=True, dropout=0.1)
        self.head = nn.Linear(width, characters)

    def forward(self, x, state=None):
        out, state = self.lstm(self.embed(x), state)
        return self.head(out), state


def sample(model, alphabet, longest=12):
    """One name, character by character: 1 begins and ends it."""
    token, state, name = torch.tensor([[1]]), None, ""
    while len(name) < longest:
        scores, state = model(token, state)
        token = torch.multinomial(scores[:, -1].softmax(-1), 1)
        if token.item() == 1:
            break
        name += alphabet[token.item()]
    return name


parser = argparse.ArgumentParser()
parser.add_argument("--names", help="a file with one name in each line")
parser.add_argument("--steps", type=int, default=120)
args = parser.parse_args()
names = open(args.names).read().split() if args.names else NAMES

torch.manual_seed(0)
alphabet = ["<pad>", "<end>"] + sorted(set("".join(names)))
number = {character: i for i, character in enumerate(alphabet)}
encoded = [torch.tensor([1] + [number[c] for c in name] + [1]) for name in names]
print(f"{len(names)} names, {len(alphabet)} characters")

model = Model(len(alphabet))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
loss_of = nn.CrossEntropyLoss(ignore_index=0)
for step in range(1, args.steps + 1):
    chosen = torch.randint(0, len(encoded), (32,)).tolist()
    batch = pad_sequence([encoded[i] for i in chosen], batch_first=True)
    scores, _ = model(batch[:, :-1])
    loss = loss_of(scores.transpose(1, 2), batch[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step % 20 == 0:
        print(f"step {step}: loss {loss.item():.4f}")

model.eval()
with torch.no_grad():
    for _ in range(5):
        print(sample(model, alphabet))
