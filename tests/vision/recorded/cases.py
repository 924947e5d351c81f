"""Expressions whose values were recorded from torchvision, and how values are kept.

An expression uses `torch`, `T` (transforms), `F` (transforms.functional), `D`
(datasets), `U` (utils) and the inputs below.  Where it raises, the type that user code
catches is recorded.
"""

import hashlib
import random

import numpy as np

# Exceptions that torchvision's users may catch; the first that fits is kept.
CAUGHT = (
    NotImplementedError,
    RuntimeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)


class Inputs:
    """Small inputs, the same wherever they are made."""

    def __init__(self, torch):
        self.torch = torch

    def array(self, *shape, dtype="uint8"):
        size = int(np.prod(shape))
        numbers = (np.arange(size) * 37 + size) % 256
        if dtype.startswith("float"):
            numbers = numbers / 200
        return numbers.astype(dtype).reshape(shape)

    def tensor(self, *shape, dtype="uint8"):
        wide = "float32" if "float" in dtype else "int64"
        made = self.torch.from_numpy(self.array(*shape, dtype=wide))
        return made.to(getattr(self.torch, dtype))

    def image(self, mode, height=5, width=4):
        from PIL import Image

        depth = {"RGB": (3,), "RGBA": (4,), "LA": (2,)}.get(mode, ())
        if mode in ("I", "F", "I;16"):
            dtype = {"I": "int32", "F": "float32", "I;16": "uint16"}[mode]
            return Image.fromarray(self.array(height, width, dtype=dtype))
        if mode in ("1", "CMYK", "YCbCr", "HSV"):
            return self.image("L" if mode == "1" else "RGB", height, width).convert(
                mode
            )
        if mode == "P":
            image = self.image("L", height, width).convert("P")
            image.putpalette([n // 3 for n in range(768)])
            return image
        return Image.fromarray(self.array(height, width, *depth))

    def boxes(self, count):
        return self.torch.tensor([[1, 2, 5, 6], [0, 0, 8, 8]][:count])

    def seeded(self, transform, image, seed=0, times=4):
        self.torch.manual_seed(seed)
        random.seed(seed)
        return [transform(image) for _ in range(times)], self.torch.rand(1)


def names(torch, transforms, datasets, utils):
    """What an expression may use."""
    inputs = Inputs(torch)
    return {
        "torch": torch,
        "T": transforms,
        "F": transforms.functional,
        "D": datasets,
        "U": utils,
        "np": np,
        "array": inputs.array,
        "tensor": inputs.tensor,
        "image": inputs.image,
        "seeded": inputs.seeded,
        "boxes": inputs.boxes,
        "random": random,
    }


def answer(expression, namespace):
    """The value of an expression, or the type of its exception, as JSON holds it."""
    try:
        return kept(eval(expression, dict(namespace)))
    except CAUGHT as error:
        return {"raises": next(k.__name__ for k in CAUGHT if isinstance(error, k))}


def kept(value):
    """A value as JSON holds it."""
    if hasattr(value, "getbands"):
        pixels = np.asarray(value)
        return {"image": value.mode, "size": list(value.size), "data": _flat(pixels)}
    if hasattr(value, "stride"):
        array = value.double().numpy() if value.is_floating_point() else value.numpy()
        return {
            "tensor": str(value.dtype),
            "shape": list(value.shape),
            "data": _flat(array),
        }
    if isinstance(value, (list, tuple)):
        return [kept(item) for item in value]
    return value


def _flat(array):
    return array.reshape(-1).tolist()


def brief(value):
    """What `kept` gives, with a few figures in the place of many numbers."""
    if isinstance(value, list):
        return [brief(item) for item in value]
    if not isinstance(value, dict) or "data" not in value:
        return value
    numbers = np.array(value["data"])
    if numbers.dtype.kind == "f":
        ramp = np.linspace(-1, 1, len(numbers))
        sums = numbers.sum(), (numbers**2).sum(), (numbers * ramp).sum()
        return {**value, "data": [round(float(number), 6) for number in sums]}
    digest = hashlib.sha256(",".join(map(str, numbers.tolist())).encode())
    return {**value, "data": digest.hexdigest()[:16]}


# ---------------------------------------------------------------------- the expressions

_MODES = ["L", "1", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "I", "I;16", "F"]
_GREYS = ["image('L')", "tensor(1, 5, 4)", "tensor(1, 5, 4, dtype='float32')"]
_BOTH = [*_GREYS, "image('RGB')", "tensor(2, 3, 5, 4)"]

FUNCTIONS = [
    *[f"F.to_tensor(image({mode!r}))" for mode in _MODES],
    *[f"F.pil_to_tensor(image({mode!r}))" for mode in _MODES],
    "F.to_tensor(array(16, 16))",
    "F.to_tensor(array(3, 2, 3))",
    "F.to_tensor(array(3, 2, dtype='float32'))",
    "F.to_tensor(array(3, 2, dtype='float64'))",
    "F.to_tensor(array(3, 2, 1, dtype='int64'))",
    "F.to_tensor(array(3))",
    "F.to_tensor(array(1, 2, 3, 4))",
    "F.to_tensor([1])",
    "F.pil_to_tensor(array(2, 2))",
    "F.to_pil_image(tensor(5, 4))",
    "F.to_pil_image(tensor(1, 5, 4, dtype='int32'))",
    "F.to_pil_image(tensor(1, 5, 4, dtype='int16'))",
    "F.to_pil_image(tensor(1, 5, 4, dtype='float32'), 'F')",
    "F.to_pil_image(tensor(3, 5, 4, dtype='float64'))",
    "F.to_pil_image(tensor(2, 5, 4))",
    "F.to_pil_image(tensor(4, 5, 4), 'CMYK')",
    "F.to_pil_image(tensor(3, 5, 4), 'HSV')",
    "F.to_pil_image(array(5, 4, 3))",
    "F.to_pil_image(tensor(5, 5, 4))",
    "F.to_pil_image(tensor(1, 5, 4), 'RGB')",
    "F.to_pil_image(tensor(1, 5, 4, dtype='int64'))",
    "F.to_pil_image(tensor(1, 1, 5, 4))",
    "F.to_pil_image(3)",
    *[
        f"F.convert_image_dtype(tensor(3, 2, dtype={a!r}), torch.{b})"
        for a in ("uint8", "int16", "int64", "float32", "float64", "float16")
        for b in ("uint8", "int8", "int32", "int64", "float32", "float64", "bfloat16")
        if not (a == "float16" and b in ("int32", "int64"))  # overflows to inf
    ],
    "F.convert_image_dtype(3)",
    "F.normalize(tensor(3, 2, 2, dtype='float32'), (.1, .2, .3), (.4, .5, .6))",
    "F.normalize(tensor(2, 1, 2, 2, dtype='float64'), [.1], [.4])",
    "F.normalize(tensor(2, 2, 2, dtype='float16'), .5, .25)",
    "F.normalize(tensor(2, 2, 2), [.5], [.5])",
    "F.normalize(tensor(2, 2, dtype='float32'), [.5], [.5])",
    "F.normalize(tensor(1, 2, 2, dtype='float32'), [.5], [0.])",
    "F.normalize(tensor(2, 2, 2, dtype='float32'), [.5] * 3, [.5] * 3)",
    "F.normalize(image('L'), [.5], [.5])",
    *[f"F.hflip({image})" for image in _BOTH],
    *[f"F.vflip({image})" for image in _BOTH],
    "F.hflip(array(2, 2))",
    "F.hflip(tensor(4))",
    *[
        f"F.crop({image}, {box})"
        for image in _BOTH
        for box in ("1, 1, 2, 3", "-1, 2, 3, 4", "9, 9, 2, 2")
    ],
    *[
        f"F.center_crop({image}, {size})"
        for image in _BOTH
        for size in ("3", "(3,)", "(2, 7)", "[8, 8]", "(5, 4)")
    ],
    *[
        f"F.pad({image}, {padding}, padding_mode={mode!r})"
        for image in _BOTH
        for padding in ("1", "[1, 2]", "(1, 0, 2, 1)", "(-1, 1)")
        for mode in ("constant", "edge", "reflect", "symmetric")
        if not (mode == "symmetric" and padding == "(-1, 1)" and "tensor" in image)
    ],
    "F.pad(image('RGB'), 1, (1, 2, 3))",
    "F.pad(image('P'), 1, 3)",
    "F.pad(image('F'), 1, 0.5)",
    "F.pad(tensor(1, 2, 2, dtype='float32'), 1, 0.5)",
    "F.pad(tensor(1, 2, 2), 1, (1, 2))",
    "F.pad(image('RGB'), 1, (1, 2))",
    "F.pad(image('L'), 'a')",
    "F.pad(image('L'), 1, padding_mode='wrap')",
    "F.pad(image('L'), [1, 2, 3])",
    "F.pad(tensor(1, 2, 2), 3, padding_mode='reflect')",
    "F.pad(tensor(1, 2, 2), 3, padding_mode='symmetric')",
    *[
        f"F.resize({image}, {size}, T.InterpolationMode.{mode})"
        for image in ("image('L')", "image('RGB')", "image('F')")
        for size in ("3", "(7, 6)")
        for mode in "NEAREST NEAREST_EXACT BILINEAR BICUBIC BOX HAMMING LANCZOS".split()
    ],
    *[
        f"F.resize(tensor(2, 5, 4, dtype={dtype!r}), {size}, "
        f"T.InterpolationMode.{mode}, antialias={antialias})"
        for dtype in ("float32", "float64", "uint8")
        for size in ("[3]", "(7, 6)")
        for mode in ("NEAREST", "NEAREST_EXACT", "BILINEAR", "BICUBIC")
        for antialias in (True, False)
        # A sum half way between two integers rounds as its last bit happens to be.
        if not (dtype == "uint8" and mode == "BILINEAR" and not antialias)
    ],
    "F.resize(image('L'), 3, max_size=4)",
    "F.resize(image('L'), 3, max_size=3)",
    "F.resize(image('L'), (3, 3), max_size=4)",
    "F.resize(image('L'), [1, 2, 3])",
    "F.resize(image('L'), 2.5)",
    "F.resize(image('L'), 3, 'bilinear')",
    "F.resize(image('L'), 3, 17)",
    "F.resize(tensor(1, 5, 4), 3, T.InterpolationMode.BOX)",
    "F.resize(tensor(1, 5, 4), 3, T.InterpolationMode.LANCZOS)",
    "F.resize(tensor(5, 4), [3])",
    "F.resized_crop(image('L'), 1, 1, 3, 2, (4, 4))",
    "F.get_dimensions(image('RGB'))",
    "F.get_dimensions(tensor(5, 4))",
    "F.get_image_size(image('RGB'))",
    "F.get_image_size(tensor(3, 5, 4))",
    "F.get_image_num_channels(image('LA'))",
    "F.get_image_num_channels(tensor(7, 3, 5, 4))",
    "F.get_dimensions(array(2, 2))",
    "F.get_dimensions(tensor(2))",
]

TRANSFORMS = [
    "T.ToTensor()(image('RGB'))",
    "T.PILToTensor()(image('RGB'))",
    "T.ToPILImage('RGB')(tensor(3, 2, 2))",
    "T.ConvertImageDtype(torch.float64)(tensor(3, 2))",
    "T.Normalize([.5], [.25])(tensor(1, 2, 2, dtype='float32'))",
    "T.Resize(3)(image('L'))",
    "T.Resize((6, 7), 3)(image('L'))",
    "T.CenterCrop((3, 2))(tensor(5, 4))",
    "T.Pad((1, 2), 3)(image('L'))",
    "T.Compose([T.Resize(6), T.CenterCrop(4), T.ToTensor()])(image('RGB'))",
    "T.Lambda(lambda x: x + 1)(1)",
    "seeded(T.RandomCrop(3), image('L'))",
    "seeded(T.RandomCrop((2, 4), padding=2, fill=9), image('L'))",
    "seeded(T.RandomCrop(6, pad_if_needed=True, padding_mode='edge'), image('RGB'))",
    "seeded(T.RandomCrop((5, 4)), image('L'))",
    "seeded(T.RandomCrop(3), tensor(2, 5, 4))",
    "seeded(T.RandomCrop(6), image('L'))",
    "seeded(T.RandomHorizontalFlip(), image('L'), times=8)",
    "seeded(T.RandomVerticalFlip(0.3), tensor(1, 5, 4), times=8)",
    "seeded(T.RandomApply([T.Pad(1)], 0.4), image('L'), times=8)",
    "seeded(T.Compose([T.RandomCrop(4, 1), T.RandomHorizontalFlip()]), image('L'))",
    "[seeded(lambda i: D.FakeData(9, (3, 2, 4), 5, random_offset=7)[i], 3, times=1)]",
    "D.FakeData(2, (1, 2, 2))[2]",
    *[
        f"repr({text})"
        for text in (
            "T.ToTensor()",
            "T.PILToTensor()",
            "T.ToPILImage()",
            "T.ToPILImage('L')",
            "T.ConvertImageDtype(torch.float32)",
            "T.Normalize((0.286,), [0.353])",
            "T.Resize(3)",
            "T.Resize([3, 4], 3, antialias=None)",
            "T.Resize(3, max_size=9)",
            "T.CenterCrop(3)",
            "T.CenterCrop([3, 4])",
            "T.Pad((1, 2), (3, 4, 5), 'edge')",
            "T.Lambda(abs)",
            "T.RandomApply([T.Pad(1), T.ToTensor()], 0.3)",
            "T.RandomCrop(3, padding=4)",
            "T.RandomHorizontalFlip()",
            "T.RandomVerticalFlip(p=0.25)",
            "T.Compose([T.CenterCrop(3), T.Compose([T.ToTensor()])])",
            "D.FakeData(3, transform=T.ToTensor(), target_transform=T.Pad(1))",
        )
    ],
    "T.Lambda(3)",
    "T.Resize(1.5)",
    "T.Resize([1, 2, 3])",
    "T.CenterCrop([1, 2, 3])",
    "T.Pad('a')",
    "T.Pad(1, 'a')",
    "T.Pad(1, 0, 'wrap')",
    "T.RandomCrop([1, 2, 3])",
    "D.VisionDataset('x', transforms=1, transform=2)",
    "len(D.VisionDataset('x'))",
    "D.VisionDataset('x')[0]",
    *[
        f"issubclass(T.{name}, torch.nn.Module)"
        for name in "Normalize Resize CenterCrop Pad RandomCrop ToTensor Lambda".split()
    ],
]
