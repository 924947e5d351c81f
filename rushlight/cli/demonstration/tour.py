"""The demo from beginning to end."""

import os

import numpy as np
from rich.table import Table
from rich.text import Text

import rushlight as torch
from rushlight._base.errors import RushlightError, explain
from rushlight.cli import CommandError
from rushlight.cli.demonstration import work
from rushlight.cli.demonstration.data import find
from rushlight.cli.demonstration.page import Page
from rushlight.cli.demonstration.pictures import as_text, side_by_side

BATCH = 64
_EXAMPLES, _MISTAKES = 6, 2


def tour(args):
    """Run every stage and write the page.

    Args:
        args: argparse.Namespace, as `demo` declares it.

    Raises:
        CommandError: where the data is damaged, or the checkpoint cannot be written.
    """
    page = Page(args.plain)
    title = "Rushlight demo: a small network learns to tell ten garments apart"
    page.console.print(Text(title, "bold"))
    with work.one_thread():
        _run(page, args)


def _run(page, args):
    torch.manual_seed(args.seed)
    pictures = _collect(page, args)
    mark = " [stand-in]" if pictures.is_stand_in else ""
    model = _make(page, pictures, mark)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss = _train(page, model, optimizer, pictures, args.epochs, mark)
    path = _save(page, args, model, optimizer, loss, pictures)
    likely = _test(page, path, model, pictures, mark)
    _show(page, likely, pictures, mark)
    _finish(page, args, path, pictures)


def _collect(page, args):
    with page.stage("The pictures"):
        try:
            pictures = find(args.data, args.seed, offline=args.offline)
        except (RushlightError, OSError) as error:
            raise CommandError(str(error)) from error
        if pictures.is_stand_in:
            page.say(
                f"Fashion-MNIST could not be had: {pictures.origin}. So this run uses "
                "a STAND-IN: pictures of the same ten garments that the program has "
                "drawn itself. All figures below are the stand-in's, and say nothing "
                "about Fashion-MNIST.",
                "yellow",
            )
        else:
            page.say(f"Fashion-MNIST, {pictures.origin}.")
        page.say(
            f"{len(pictures.train):,} pictures to learn from, and "
            f"{len(pictures.test):,} others that are kept back for the test. Each is "
            "28 x 28 grey dots with the name of the garment."
        )
    return pictures


def _make(page, pictures, mark):
    with page.stage("The network"):
        model = work.build()
        count = sum(p.numel() for p in model.parameters())
        before = work.accuracy(work.answers(model, pictures.test), pictures.test)
        page.say(
            f"{count:,} adjustable numbers, set at random. It has learned nothing yet: "
            f"it names {before:.1%} of the test pictures correctly{mark}. Guessing "
            f"gives {_chance(pictures):.0%}."
        )
    return model


def _chance(pictures):
    return 1 / len(pictures.test.classes)


def _train(page, model, optimizer, pictures, epochs, mark):
    with page.stage("Learning"):
        page.say(
            "The network looks at 64 pictures at a time, compares its answers with the "
            "true names, and adjusts its numbers a little. The loss says how wrong the "
            "answers are: it should fall."
        )
        batches = -(-len(pictures.train) // BATCH)
        losses = []
        with page.progress(epochs * batches) as step:
            for epoch in range(1, epochs + 1):
                losses.append(work.train(model, optimizer, pictures.train, step))
                bar = ("#" if page.plain else "█") * round(30 * losses[-1] / losses[0])
                page.say(
                    f"pass {epoch} of {epochs}: loss {losses[-1]:.4f}{mark}  {bar}"
                )
    return losses[-1]


def _save(page, args, model, optimizer, loss, pictures):
    with page.stage("Saving"):
        path = os.path.join(args.out, "checkpoint.pt")
        try:
            os.makedirs(args.out, exist_ok=True)
            work.save(path, model, optimizer, args.epochs, loss, pictures.name)
        except OSError as error:
            raise CommandError(
                explain(
                    "demo --out",
                    expected="a folder to write the checkpoint to",
                    got=f"{args.out} ({error.strerror})",
                    do="Name another folder.",
                )
            ) from error
        page.say(
            f"The trained network is in {path} ({os.path.getsize(path) / 1e6:.1f} MB), "
            "with all that is needed to go on training. PyTorch can read the file too."
        )
    return path


def _test(page, path, model, pictures, mark):
    with page.stage("Loading it again, and the test"):
        loaded = work.answers(work.load(path), pictures.test)
        same = torch.equal(loaded, work.answers(model, pictures.test))
        page.say(
            f"A new network was filled from the file. Its answers on all "
            f"{len(pictures.test):,} test pictures are "
            f"{'exactly the same as' if same else 'NOT the same as'} those of the "
            "network that was saved."
        )
        if not same:
            raise CommandError("the network that was loaded answers differently")
        share = work.accuracy(loaded, pictures.test)
        page.say(
            f"It names {share:.1%} of the test pictures correctly{mark}; guessing "
            f"gives {_chance(pictures):.0%}. None of them was used to learn from.",
            "bold green",
        )
        page.put(_by_garment(loaded, pictures, mark))
    return loaded


def _by_garment(likely, pictures, mark):
    """A table of the share of correct answers, best first."""
    guesses, labels = likely.argmax(1).numpy(), pictures.test.targets.numpy()
    rows = []
    for label, name in enumerate(pictures.test.classes):
        said = guesses[labels == label]
        if said.size:
            wrong = np.bincount(said[said != label], minlength=1)
            taken_for = pictures.test.classes[wrong.argmax()] if wrong.any() else "-"
            rows.append((np.mean(said == label), name, taken_for))
    table = Table(box=None, pad_edge=False)
    table.add_column(Text(f"garment{mark}"))
    table.add_column("correct", justify="right")
    table.add_column("else mostly taken for")
    for share, name, taken_for in sorted(rows, reverse=True):
        table.add_row(name, f"{share:.0%}", taken_for)
    return table


def _show(page, likely, pictures, mark):
    with page.stage(f"Some test pictures{mark}"):
        chosen = _examples(likely.argmax(1).numpy(), pictures.test.targets.numpy())
        blocks = [
            as_text(pictures.test.data[place].numpy(), colours=page.colours)
            for place in chosen
        ]
        captions = [_caption(likely[place], pictures, place, page) for place in chosen]
        each = max(page.room_for(len(blocks[0][0]), gap=2), 1)
        for start in range(0, len(blocks), each):
            stop = start + each
            for line in side_by_side(blocks[start:stop], captions[start:stop]):
                page.put(line)


def _examples(guesses, labels):
    """Pictures of different garments as they come, then mistakes."""
    _, first = np.unique(labels[:100], return_index=True)
    wrong = np.flatnonzero(guesses != labels)
    shown = [*np.sort(first)[:_EXAMPLES].tolist(), *wrong.tolist()]
    return list(dict.fromkeys(shown))[: _EXAMPLES + _MISTAKES]


def _caption(likely, pictures, place, page):
    names = pictures.test.classes
    truth, said = int(pictures.test.targets[place]), int(likely.argmax())
    right = truth == said
    sure = f"{likely[said].item():.0%} sure"
    verdict = Text(
        f"{'right' if right else 'WRONG'}, {sure}", "green" if right else "red"
    )
    return [
        Text(f"it is  {names[truth]}"),
        Text(f"answer {names[said]}"),
        verdict,
        Text(""),
    ]


def _finish(page, args, path, pictures):
    console = page.console
    console.print()
    console.print(Text("How long it took", "bold"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for title, seconds in page.seconds:
        table.add_row(title.split("  ")[0], f"{seconds:.1f} s")
    table.add_row("together", f"{sum(s for _, s in page.seconds):.1f} s", style="bold")
    page.put(table)
    console.print()
    console.print(Text("What to do next", "bold"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    for command, what in _next_steps(args, path, pictures):
        table.add_row(command, what)
    page.put(table)


def _next_steps(args, path, pictures):
    if pictures.is_stand_in:
        folder = os.path.join(args.data, "FashionMNIST", "raw")
        what = f"with the real pictures: be online, or put their files into {folder}"
        yield "rushlight demo", what
    yield f"rushlight inspect {path}", "see what is in the checkpoint"
    yield f"rushlight demo --epochs {2 * args.epochs}", "let it learn for longer"
    yield "rushlight run your_script.py", "run a PyTorch script of your own, as it is"
