"""Idioms of sequences and rewards, as papers' code has them: all correct."""

import copy

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import descend, quiet

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ---------------------------------------------------------------------------- sequences


@correct
def truncated_backpropagation():
    cell, head = nn.LSTM(2, 4), nn.Linear(4, 1)
    optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()])
    state = None
    for _ in range(5):
        out, state = cell(torch.randn(3, 2, 2), state)
        state = tuple(part.detach() for part in state)
        optimizer.zero_grad()
        head(out).square().mean().backward()
        nn.utils.clip_grad_norm_(cell.parameters(), 0.5)
        optimizer.step()


@correct
def teacher_forcing_that_fades():
    cell, head = nn.GRUCell(1, 4), nn.Linear(4, 1)
    y = torch.randn(5, 3, 1)

    def loss():
        state, last, total = torch.zeros(3, 4), y[0], 0.0
        for step in range(1, 5):
            state = cell(last, state)
            out = head(state)
            total = total + F.mse_loss(out, y[step])
            last = y[step] if step % 2 else out.detach()
        return total / 4

    descend(loss, cell, head)


@correct
def tied_words():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.out = nn.Embedding(9, 4), nn.Linear(4, 9, bias=False)
            self.out.weight = self.words.weight

        def forward(self, words):
            return self.out(self.words(words))

    model, words = Model(), torch.randint(0, 9, (6,))
    descend(lambda: F.cross_entropy(model(words), words), model)
    again = Model()
    again.load_state_dict(model.state_dict())


# ------------------------------------------------------------------- learning by reward


@correct
def policy_gradient_with_a_baseline():
    policy, value = nn.Linear(3, 2), nn.Linear(3, 1)
    optimizer = torch.optim.Adam([*policy.parameters(), *value.parameters()])
    for _ in range(4):
        states, rewards = torch.randn(6, 3), torch.randn(6)
        choice = torch.distributions.Categorical(logits=policy(states))
        action, guess = choice.sample(), value(states).squeeze(-1)
        gain = (rewards - guess).detach()
        loss = -(choice.log_prob(action) * gain).mean() + F.mse_loss(guess, rewards)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@correct
def proximal_policy_optimisation():
    policy = nn.Linear(3, 2)
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.05)
    states, gain = torch.randn(6, 3), torch.randn(6)
    with torch.no_grad():
        old = torch.distributions.Categorical(logits=policy(states))
        action = old.sample()
        before = old.log_prob(action)
    for _ in range(8):
        now = torch.distributions.Categorical(logits=policy(states))
        ratio = (now.log_prob(action) - before).exp()
        cut = ratio.clamp(0.99, 1.01)
        loss = -torch.min(ratio * gain, cut * gain).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@correct
def a_q_network_and_its_target():
    net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    target = copy.deepcopy(net)
    optimizer = torch.optim.RMSprop(net.parameters())
    for step in range(6):
        states, rewards, action = torch.randn(6, 3), torch.randn(6), torch.ones(6, 1)
        value = net(states).gather(1, action.long())
        with torch.no_grad():
            best = target(torch.randn(6, 3)).max(1)[0]
        loss = F.smooth_l1_loss(value, (rewards + 0.9 * best).unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 3 == 2:
            target.load_state_dict(net.state_dict())


@correct
def an_actor_and_a_critic_of_values():
    actor, critic = nn.Linear(3, 1), nn.Linear(4, 1)
    old = copy.deepcopy(critic).requires_grad_(False)
    first = torch.optim.Adam(actor.parameters())
    second = torch.optim.Adam(critic.parameters())
    for _ in range(5):
        states, rewards = torch.randn(6, 3), torch.randn(6, 1)
        with torch.no_grad():
            goal = rewards + 0.9 * old(torch.cat([states, actor(states)], 1))
        second.zero_grad()
        F.mse_loss(critic(torch.cat([states, torch.randn(6, 1)], 1)), goal).backward()
        second.step()
        first.zero_grad()
        (-critic(torch.cat([states, actor(states)], 1)).mean()).backward()
        first.step()
        for slow, fast in zip(old.parameters(), critic.parameters()):
            slow.data.mul_(0.99).add_(fast.data, alpha=0.01)


@correct
def a_temperature_with_its_own_optimizer():
    policy, heat = nn.Linear(3, 2), torch.zeros(1, requires_grad=True)
    first = torch.optim.Adam(policy.parameters())
    second = torch.optim.Adam([heat])
    for _ in range(5):
        choice = torch.distributions.Categorical(logits=policy(torch.randn(6, 3)))
        entropy = choice.entropy().mean()
        first.zero_grad()
        (-heat.exp().detach() * entropy).backward()
        first.step()
        second.zero_grad()
        (heat.exp() * (entropy.detach() - 0.3)).sum().backward()
        second.step()


test_no_guard_speaks = quiet(PROGRAMS)
test_nor_in_doctor = quiet(PROGRAMS, torch.guard.thorough)
