"""Policy gradient on a home-made game: balance a stick.

Lesson: no labels.  Actions are drawn from the network's own distribution, and the
log-probability of each is pushed by the return that followed it (REINFORCE).
"""

import math

import torch
from torch import nn, optim
from torch.distributions import Categorical


class Balance:
    """A stick on a cart: push left or right; it ends when the stick leans too far."""

    def reset(self):
        self.state = (torch.rand(4) * 0.1 - 0.05).tolist()
        self.steps = 0
        return torch.tensor(self.state)

    def step(self, action):
        x, speed, angle, spin = self.state
        force = 10.0 if action == 1 else -10.0
        sine, cosine = math.sin(angle), math.cos(angle)
        push = (force + 0.05 * spin**2 * sine) / 1.1
        turn = (9.8 * sine - cosine * push) / (0.5 * (4 / 3 - 0.1 * cosine**2 / 1.1))
        drive = push - 0.05 * turn * cosine / 1.1
        x, speed = x + 0.02 * speed, speed + 0.02 * drive
        angle, spin = angle + 0.02 * spin, spin + 0.02 * turn
        self.state = [x, speed, angle, spin]
        self.steps += 1
        over = abs(x) > 2.4 or abs(angle) > 0.21 or self.steps >= 200
        return torch.tensor(self.state), 1.0, over


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 32)
        self.action = nn.Linear(32, 2)

    def forward(self, x):
        return self.action(torch.tanh(self.hidden(x)))


def play(policy, game):
    state, over, logs, rewards = game.reset(), False, [], []
    while not over:
        chances = Categorical(logits=policy(state))
        action = chances.sample()
        logs.append(chances.log_prob(action))
        state, reward, over = game.step(action.item())
        rewards.append(reward)
    return logs, rewards


def returns_of(rewards, discount=0.99):
    found, later = [], 0.0
    for reward in reversed(rewards):
        later = reward + discount * later
        found.insert(0, later)
    found = torch.tensor(found)
    return (found - found.mean()) / (found.std() + 1e-6)


torch.manual_seed(0)
policy, game = Policy(), Balance()
optimizer = optim.Adam(policy.parameters(), lr=1e-2)
lengths = []
for episode in range(1, 31):
    logs, rewards = play(policy, game)
    loss = -(torch.stack(logs) * returns_of(rewards)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    lengths.append(len(rewards))
    if episode % 5 == 0:
        mean = sum(lengths[-5:]) / 5
        print(f"episode {episode}: {mean:.1f} steps, loss {loss.item():.4f}")
