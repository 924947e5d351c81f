"""`rushlight demo`: from the command line to the page, without a network."""

import re

import pytest

import rushlight as torch
from rushlight.cli import main
from rushlight.cli.demonstration import data, work
from rushlight.vision.datasets import FashionMNIST
from tests.cli.running import rushlight
from tests.vision.datasets.server import Server
from tests.vision.pictures import packed, write


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    """Few pictures, a folder of its own, and no address that leaves this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(data, "DRAWN", {"train": 640, "test": 300})
    monkeypatch.setattr(FashionMNIST, "mirrors", [])
    return tmp_path


def said(capsys, *options):
    assert main(["demo", "--plain", "--epochs", "2", *options]) == 0
    return capsys.readouterr().out


def test_a_stand_in_is_called_one_everywhere(capsys):
    text = said(capsys)
    assert "Fashion-MNIST could not be had" in text
    assert "All figures below are the stand-in's" in " ".join(text.split())
    assert "640 pictures to learn from" in text
    for line in text.splitlines():
        if re.search(r"loss \d|\d% of the test|^ *garment ", line):
            assert "[stand-in]" in line


def test_what_is_shown(capsys, small):
    text = " ".join(said(capsys, "--out", "kept").split())
    losses = [float(n) for n in re.findall(r"pass \d of 2: loss ([\d.]+)", text)]
    assert losses[0] > losses[1] > 0
    share = float(re.search(r"It names ([\d.]+)% of the test", text)[1])
    assert share > 30
    assert "guessing gives 10%" in text
    assert "exactly the same as those of the network that was saved" in text
    assert "The trained network is in kept/checkpoint.pt" in text
    assert text.count("it is ") == 8
    assert text.count("WRONG, ") >= 2
    assert "rushlight inspect kept/checkpoint.pt" in text
    assert re.search(r"Learning [\d.]+ s .* together [\d.]+ s", text)
    checkpoint = torch.load(small / "kept" / "checkpoint.pt", weights_only=True)
    assert checkpoint["epoch"] == 2
    assert f"{checkpoint['loss']:.4f}" == f"{losses[1]:.4f}"
    work.build().load_state_dict(checkpoint["model_state_dict"])


def test_a_seed_gives_the_same_page(capsys):
    def figures(text):
        return re.sub(r"\d+\.\d s\b", "", text)

    first = figures(said(capsys, "--seed", "-5"))
    assert figures(said(capsys, "--seed", "-5")) == first
    assert figures(said(capsys, "--seed", "6")) != first


def test_real_pictures_from_the_data_folder(capsys, small):
    write(small / "mine", size=28)
    text = said(capsys, "--data", "mine")
    assert "Fashion-MNIST, read from the folder mine." in text
    assert "stand-in" not in text.lower()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


def test_real_pictures_from_a_mirror(capsys, small, server, monkeypatch):
    import hashlib

    files = packed(size=28)
    server.files = {f"/{name}": content for name, content in files.items()}
    resources = [(n, hashlib.md5(content).hexdigest()) for n, content in files.items()]
    monkeypatch.setattr(FashionMNIST, "resources", resources)
    monkeypatch.setattr(FashionMNIST, "mirrors", [f"{server.url}/"])
    text = said(capsys)
    assert "Fashion-MNIST, downloaded into the folder data." in text
    assert len(list((small / "data" / "FashionMNIST" / "raw").iterdir())) == 8


def test_a_mirror_that_has_something_else(capsys, server, monkeypatch):
    server.files = {f"/{name}": b"nonsense" for name in packed()}
    monkeypatch.setattr(FashionMNIST, "mirrors", [f"{server.url}/"])
    text = " ".join(said(capsys).split())
    assert "what came is not the file" in text
    assert "STAND-IN" in text


def test_no_download_is_tried_offline(capsys, server, monkeypatch):
    monkeypatch.setattr(FashionMNIST, "mirrors", [f"{server.url}/"])
    assert "no download was tried (--offline)" in said(capsys, "--offline")
    assert server.asked == []


def failure(capsys, *options):
    assert main(["demo", "--plain", "--offline", "--epochs", "1", *options]) == 2
    return capsys.readouterr().err


def test_options_that_make_no_sense(capsys):
    assert "expected --epochs of at least 1" in failure(capsys, "--epochs", "0")
    assert "at most 64 bits" in failure(capsys, "--seed", str(2**64))


def test_damaged_data(capsys, small):
    path = write(small / "data", size=28) / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:100])
    assert "Delete it and download it again" in failure(capsys)


def test_a_folder_that_cannot_be_made(capsys, small):
    (small / "file").write_text("in the way")
    assert "Name another folder." in failure(capsys, "--out", "file/x")


@pytest.mark.slow
def test_in_a_process_without_a_terminal(small):
    done = rushlight(small, "demo", "--offline", "--epochs", "1")
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    assert "20,000 pictures to learn from" in done.stdout
