"""Pictures in files."""

import pytest

import rushlight as torch
from rushlight.vision import io
from rushlight.vision.io import ImageReadMode

PICTURE = (torch.arange(3 * 4 * 5, dtype=torch.uint8) * 4).reshape(3, 4, 5)


@pytest.mark.parametrize("channels", [1, 3])
def test_png_leads_back(channels, tmp_path):
    io.write_png(PICTURE[:channels], tmp_path / "a.png", compression_level=9)
    assert torch.equal(io.read_image(tmp_path / "a.png"), PICTURE[:channels])
    assert torch.equal(io.decode_png(io.encode_png(PICTURE)), PICTURE)


def test_jpeg_is_near(tmp_path):
    smooth = torch.linspace(0, 255, 256).to(torch.uint8).reshape(1, 16, 16)
    io.write_jpeg(smooth, str(tmp_path / "a.jpg"), quality=95)
    found = io.read_image(str(tmp_path / "a.jpg"))
    assert (found.int() - smooth.int()).abs().max() < 9
    assert [d.shape for d in io.decode_jpeg(io.encode_jpeg([smooth]))] == [(1, 16, 16)]


@pytest.mark.parametrize(
    "mode, channels",
    [("gray", 1), ("GRAY_ALPHA", 2), ("RGB", 3), (ImageReadMode.RGBA, 4)],
)
def test_modes(mode, channels, tmp_path):
    io.write_png(PICTURE, tmp_path / "a.png")
    assert io.read_image(tmp_path / "a.png", mode).shape == (channels, 4, 5)
    assert ImageReadMode.RGBA is ImageReadMode.RGB_ALPHA


def test_palettes_sixteen_bits_and_turned_pictures(tmp_path):
    import numpy as np
    from PIL import Image

    Image.new("P", (3, 2)).save(tmp_path / "p.png")
    assert io.read_image(tmp_path / "p.png").shape == (3, 2, 3)
    Image.fromarray(np.full((2, 3), 40000, np.uint16)).save(tmp_path / "w.png")
    found = io.read_image(tmp_path / "w.png")
    assert (found.dtype, found.tolist()[0][0][0]) == (torch.uint16, 40000)
    turned = Image.new("L", (3, 2))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "t.jpg", exif=exif)
    assert io.read_image(tmp_path / "t.jpg").shape == (1, 2, 3)
    assert io.read_image(tmp_path / "t.jpg", apply_exif_orientation=True).shape == (
        1,
        3,
        2,
    )


def test_files_of_bytes(tmp_path):
    data = torch.tensor([1, 2, 3], dtype=torch.uint8)
    io.write_file(tmp_path / "a", data)
    assert torch.equal(io.read_file(tmp_path / "a"), data)


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: io.read_image("no/file"), "No such file or directory"),
        (lambda: io.write_file("no/folder/file", PICTURE.view(-1)), "a place that can"),
        (lambda: io.write_file("a", PICTURE), "a file's bytes, .N,., uint8, got "),
        (lambda: io.decode_image(PICTURE.view(-1)), "60 bytes that are none"),
        (lambda: io.decode_jpeg(io.encode_png(PICTURE)), "of the format JPEG"),
        (lambda: io.encode_png(PICTURE.float()), "got .3, 4, 5., torch.float32"),
        (lambda: io.encode_png(PICTURE, 10), "a number between 0 and 9, got 10"),
        (lambda: io.encode_jpeg([3]), "got <class 'int'>"),
    ],
)
def test_errors(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()
    with pytest.raises(ValueError, match="quality: expected a number between 1 and"):
        io.encode_jpeg(PICTURE, 0)
