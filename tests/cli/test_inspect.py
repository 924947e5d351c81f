"""`rushlight inspect`: what it shows of each kind of file, and what it refuses."""

import collections
import pickle
import struct

import pytest

import rushlight
from rushlight.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def inspect(capsys, *argv):
    """What `rushlight inspect` prints, without blanks at its ends."""
    assert main(["inspect", *argv]) == 0
    return capsys.readouterr().out


TABLE = """\

  name            shape   dtype      size  value
  --------------  ------  -------  ------  -----------------
  epoch                                    int 5
  model                                    OrderedDict of 4
    0.weight      8 x 40  float32  1.2 KB
    0.bias        8       float16    16 B
    steps         ()      int64       8 B
    tied          8 x 40  float32  1.2 KB
  opt                                      dict of 2
    state                                  dict of 1
      0                                    dict of 1
        m         0 x 3   float32     0 B
    param_groups                           list of 1
      0                                    dict of 2
        betas                              tuple (0.9, 0.99)
        params                             list [0, 1]
  text                                     str 'two\\nlines'
  none                                     None
  empty                                    dict of 0

  4 tensors, 329 elements, 1,304 bytes (1.3 KB); 1 more show the same memory as another
"""


def test_a_checkpoint(capsys):
    weight = rushlight.zeros(8, 40)
    state = collections.OrderedDict()
    state["0.weight"] = weight
    state["0.bias"] = rushlight.zeros(8, dtype=rushlight.float16)
    state["steps"] = rushlight.tensor(3)
    state["tied"] = weight
    moments = {0: {"m": rushlight.zeros(0, 3)}}
    groups = [{"betas": (0.9, 0.99), "params": [0, 1]}]
    whole = {"epoch": 5, "model": state}
    whole["opt"] = {"state": moments, "param_groups": groups}
    whole |= {"text": "two\nlines", "none": None, "empty": {}}
    rushlight.save(whole, "a.pt")
    heading, _, rest = inspect(capsys, "a.pt").partition("\n")
    assert heading.startswith("a.pt: torch zip file, ")
    assert rest == TABLE


def test_several_files_and_what_is_in_no_container(capsys):
    rushlight.save(rushlight.ones(3, dtype=rushlight.bfloat16), "tensor.pt")
    rushlight.save(list(range(99)), "list.pt")
    first, second = inspect(capsys, "tensor.pt", "list.pt").split("\n\nlist.pt:")
    assert "  (whole)  3      bfloat16   6 B\n" in first
    assert first.endswith("  1 tensor, 3 elements, 6 bytes (6 B)")
    (line,) = [line for line in second.splitlines() if "(whole)" in line]
    assert line.endswith("list [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1...")
    assert second.endswith("  0 tensors, 0 elements, 0 bytes (0 B)\n")


def test_safetensors(capsys):
    from rushlight.serialization import save_file

    tensors = {"b": rushlight.ones(3, 2), "a.b": rushlight.zeros(2).bfloat16()}
    save_file(tensors, "s.safetensors", metadata={"format": "pt"})
    said = inspect(capsys, "s.safetensors")
    assert said.startswith("s.safetensors: safetensors file, ")
    assert "    format                             str 'pt'\n" in said
    assert "  a.b           2      bfloat16   4 B\n" in said
    assert said.endswith("  2 tensors, 8 elements, 28 bytes (28 B)\n")


def test_a_list_that_holds_itself_ends(capsys):
    held = [rushlight.ones(1)]
    held.append(held)
    from rushlight.cli.survey.checkpoint import table

    open("x", "w").close()
    assert "1 tensor, 1 elements" in table("x", "made up", held)


class Bomb:
    """What would run if a file could have its way."""

    def __reduce__(self):
        return print, ("boom",)


def _files():
    """{name: (content, what the answer says)} of files that are refused."""
    header = struct.pack("<Q", 2) + b"{"
    return {
        "missing.pt": (None, "'missing.pt' (No such file"),
        "empty.pt": (b"", "inspect empty.pt: "),
        "text.pt": (b"import os", "inspect text.pt: load(): expected"),
        "bomb.pt": (pickle.dumps(Bomb()), "inspect bomb.pt: load(): expected"),
        "cut.pt": (b"PK\x03\x04 and no more", "inspect cut.pt: load(): expected"),
        "cut.safetensors": (header, "inspect cut.safetensors: load(): expected"),
    }


@pytest.mark.parametrize("name", _files())
def test_another_file_is_refused(name, folder, capsys):
    content, says = _files()[name]
    if content is not None:
        (folder / name).write_bytes(content)
    assert main(["inspect", name]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("rushlight: ")
    assert says in said.err
    assert "boom" not in said.out
