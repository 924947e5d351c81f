"""A small GPT: train on characters, save, resume, and write.

    rushlight run examples/gpt.py --text tinyshakespeare.txt --steps 2000 --out gpt.pt
    rushlight run examples/gpt.py --resume gpt.pt --steps 0 --write 500

Lesson: a decoder block by hand, with causal attention, tied weights, parameter groups
with and without weight decay, and sampling with temperature and top-k.
"""

import argparse
import math
from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F

TEXT = """The wind was a torrent of darkness among the gusty trees,
The moon was a ghostly galleon tossed upon cloudy seas,
The road was a ribbon of moonlight over the purple moor,
And the highwayman came riding, riding, riding,
The highwayman came riding, up to the old inn door.
He had a French cocked hat on his forehead, a bunch of lace at his chin,
A coat of the claret velvet, and breeches of brown doe-skin.
They fitted with never a wrinkle; his boots were up to the thigh.
And he rode with a jewelled twinkle, his pistol butts a-twinkle,
His rapier hilt a-twinkle, under the jewelled sky.
"""


@dataclass
class Config:
    characters: int
    block: int = 32
    layers: int = 2
    heads: int = 4
    width: int = 32
    dropout: float = 0.1


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads = c.heads
        self.qkv = nn.Linear(c.width, 3 * c.width, bias=False)
        self.out = nn.Linear(c.width, c.width, bias=False)
        self.dropout = nn.Dropout(c.dropout)
        self.register_buffer("mask", torch.tril(torch.ones(c.block, c.block)).bool())

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).split(C, dim=2)
        q, k, v = (
            part.view(B, T, self.heads, C // self.heads).transpose(1, 2)
            for part in (q, k, v)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))
        scores = scores.masked_fill(~self.mask[:T, :T], float("-inf"))
        y = self.dropout(F.softmax(scores, dim=-1)) @ v
        return self.out(y.transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(c.width), Attention(c)
        self.norm2 = nn.LayerNorm(c.width)
        self.mlp = nn.Sequential(
            nn.Linear(c.width, 4 * c.width),
            nn.GELU(),
            nn.Linear(4 * c.width, c.width),
            nn.Dropout(c.dropout),
        )

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.characters, config.width)
        self.places = nn.Embedding(config.block, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.characters, bias=False)
        self.apply(self._init)
        self.head.weight = self.tokens.weight

    def _init(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)

    def forward(self, x, targets=None):
        places = torch.arange(x.size(1), device=x.device)
        h = self.tokens(x) + self.places(places)
        for block in self.blocks:
            h = block(h)
        scores = self.head(self.norm(h))
        if targets is None:
            return scores, None
        return scores, F.cross_entropy(
            scores.view(-1, scores.size(-1)), targets.view(-1)
        )

    @torch.no_grad()
    def write(self, x, count, temperature=0.8, top_k=10):
        for _ in range(count):
            scores, _ = self(x[:, -self.config.block :])
            scores = scores[:, -1] / temperature
            least = torch.topk(scores, top_k).values[:, -1:]
            scores[scores < least] = float("-inf")
            token = torch.multinomial(F.softmax(scores, dim=-1), num_samples=1)
            x = torch.cat([x, token], dim=1)
        return x


def groups_of(model, decay):
    """Matrices are decayed, biases and norms are not."""
    decayed = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    return [
        {"params": decayed, "weight_decay": decay},
        {"params": others, "weight_decay": 0.0},
    ]


def rate_at(step, warmup=10, last=100, high=1e-2, low=1e-3):
    if step < warmup:
        return high * (step + 1) / warmup
    share = min(1.0, (step - warmup) / (last - warmup))
    return low + 0.5 * (1 + math.cos(math.pi * share)) * (high - low)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--text")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--out")
    parser.add_argument("--resume")
    parser.add_argument("--write", type=int, default=60)
    args = parser.parse_args()
    torch.manual_seed(1337)
    text = open(args.text).read() if args.text else TEXT
    alphabet = sorted(set(text))
    number = {c: i for i, c in enumerate(alphabet)}
    data = torch.tensor([number[c] for c in text])

    first, config = 0, Config(characters=len(alphabet))
    saved = torch.load(args.resume) if args.resume else None
    if saved:
        alphabet, config, first = (
            saved["alphabet"],
            Config(**saved["config"]),
            saved["step"],
        )
    model = GPT(config)
    optimizer = torch.optim.AdamW(groups_of(model, 0.1), lr=1e-2, betas=(0.9, 0.95))
    if saved:
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
    print(f"{sum(p.numel() for p in model.parameters())} parameters")

    for step in range(first, first + args.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step)
        starts = torch.randint(len(data) - config.block - 1, (16,))
        x = torch.stack([data[i : i + config.block] for i in starts])
        y = torch.stack([data[i + 1 : i + 1 + config.block] for i in starts])
        _, loss = model(x, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 10 == 9:
            print(f"step {step + 1}: loss {loss.item():.4f}, norm {norm.item():.3f}")
    if args.out:
        torch.save(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "config": asdict(config),
                "alphabet": alphabet,
                "step": first + args.steps,
            },
            args.out,
        )
    model.eval()
    written = model.write(torch.tensor([[number["T"]]]), args.write)
    print("".join(alphabet[i] for i in written[0].tolist()))


if __name__ == "__main__":
    main()
