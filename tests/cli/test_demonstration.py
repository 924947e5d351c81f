"""The parts of the demo: drawn garments, pictures as text, who answers, the page."""

import io
import time

import numpy as np
import pytest
from rich.console import Console
from rich.text import Text

import rushlight as torch
from rushlight.cli.demonstration import work
from rushlight.cli.demonstration.data import DrawnGarments, answering
from rushlight.cli.demonstration.garments import CLASSES, draw
from rushlight.cli.demonstration.page import Page
from rushlight.cli.demonstration.pictures import as_text, side_by_side
from rushlight.vision.datasets import FashionMNIST
from rushlight.vision.transforms import ToTensor
from tests.vision.datasets.server import Server

# -- garments --------------------------------------------------------------------------


def test_drawn_pictures_are_the_seeds():
    images, labels = draw(200, seed=3)
    again, _ = draw(200, seed=3)
    others, _ = draw(200, seed=4)
    assert (images.shape, images.dtype) == ((200, 28, 28), np.uint8)
    assert np.array_equal(images, again)
    assert not np.array_equal(images, others)
    assert set(labels) == set(range(10))
    assert CLASSES == tuple(FashionMNIST.classes)


def test_every_picture_shows_something_on_black():
    images, _ = draw(500, seed=0)
    bright = (images > 40).mean((1, 2))
    assert bright.min() > 0.02
    assert bright.max() < 0.95
    assert len({image.tobytes() for image in images}) == 500


def test_classes_look_different():
    images, labels = draw(2000, seed=0)
    means = np.stack([images[labels == k].mean(0).ravel() for k in range(10)])
    apart = np.abs(means[:, None] - means[None]).mean(2) + 100 * np.eye(10)
    assert apart.min() > 2


@pytest.mark.slow
def test_the_network_learns_most_of_them_and_not_all():
    torch.manual_seed(0)
    model = work.build()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    train = DrawnGarments(20_000, [0, 0], ToTensor())
    test = DrawnGarments(4_000, [0, 1], ToTensor())
    with work.one_thread():
        for _ in range(5):
            work.train(model, optimizer, train, lambda: None)
        share = work.accuracy(work.answers(model, test), test)
    assert 0.85 < share < 0.95


def test_drawn_garments_are_a_dataset():
    data = DrawnGarments(5, seed=0, transform=ToTensor())
    image, label = data[2]
    assert image.shape == (1, 28, 28)
    assert label == data.targets[2]
    assert "Split" not in repr(data)


# -- pictures --------------------------------------------------------------------------


def test_brightness_is_kept():
    picture = np.zeros((28, 28), np.uint8)
    picture[:, 14:] = 255
    lines = as_text(picture, colours=False)
    assert [line.plain for line in lines] == [" " * 12 + "@" * 12] * 12
    lines = as_text(picture, colours=True)
    assert len(lines) == 9
    colours = [span.style.color.triplet.red for span in lines[0].spans]
    assert colours == [0] * 9 + [255] * 9


def test_beside_each_other():
    blocks = [[Text("ab"), Text("cd")], [Text("ef"), Text("gh")]]
    captions = [[Text("long")], [Text("")]]
    lines = side_by_side(blocks, captions)
    assert [line.plain for line in lines] == ["ab  ef", "cd  gh", "lo    "]


# -- data ------------------------------------------------------------------------------


def test_who_answers():
    server = Server()
    try:
        server.files["/there"] = b""
        dead = "http://127.0.0.1:9/"
        urls = [dead, f"{server.url}/there", f"{server.url}/gone", "nonsense:"]
        assert answering(urls, seconds=5) == urls[1:3]
        assert answering([], seconds=5) == []
    finally:
        server.close()


def test_nobody_is_waited_for_longer_than_said(monkeypatch):
    from rushlight.cli.demonstration import data

    monkeypatch.setattr(data, "_ask", lambda url, seconds, heard: time.sleep(0.5))
    start = time.monotonic()
    assert answering(["a", "b"], seconds=0.05) == []
    assert time.monotonic() - start < 0.4


# -- page ------------------------------------------------------------------------------


def test_stages_are_numbered_and_timed(capsys):
    page = Page(plain=True)
    with page.stage("One"):
        page.say("a word " * 30)
    with page.stage("Two"), page.progress(3) as step:
        step()
    text = capsys.readouterr().out
    assert "\n1. One\n   a word" in text
    assert "\n2. Two\n" in text
    assert max(map(len, text.splitlines())) <= page.console.width
    assert [title for title, _ in page.seconds] == ["One", "Two"]


def test_a_terminal_gets_colours_and_a_bar(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    page = Page(plain=False)
    out = io.StringIO()
    page.console = Console(file=out, force_terminal=True, width=80)
    with page.stage("One"), page.progress(2) as step:
        step()
        step()
    assert "100 %" in out.getvalue()
    assert "\x1b[1m1. One" in out.getvalue()


def test_a_terminal_without_the_characters_is_plain(monkeypatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    page = Page(plain=False)
    assert page.plain
    assert not page.colours
