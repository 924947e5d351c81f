"""Expressions on transforms.v2 whose values were recorded from torchvision.

`V` is transforms.v2; the other names are those of tests/vision/recorded/cases.py.
"""

_TRANSFORMS = [
    "Normalize([.5], [.5])",
    "Resize(4, V.InterpolationMode.NEAREST)",
    "CenterCrop(3)",
    "Pad(1)",
    "RandomCrop(3)",
    "RandomCrop((3, 4), 2)",
    "RandomHorizontalFlip()",
    "RandomVerticalFlip(.2)",
    "RandomRotation(30)",
    "RandomAffine(30, (.1, .2))",
    "RandomPerspective(interpolation=V.InterpolationMode.NEAREST)",
    "Grayscale()",
    "RandomGrayscale(.3)",
    "RandomErasing(1.0)",
    "RandomInvert()",
    "RandomPosterize(3)",
    "RandomEqualize()",
    "FiveCrop(3)",
    "ColorJitter(.4, .3)",
    "RandomResizedCrop(5, interpolation=V.InterpolationMode.NEAREST)",
    "GaussianBlur(3)",
    "RandomApply([V.Pad(1)], 0.6)",
    "RandomOrder([V.Pad(1), V.CenterCrop(4), V.RandomHorizontalFlip()])",
    "RandomChoice([V.Pad(1), V.CenterCrop(4)], [1, 2])",
    "Compose([V.RandomCrop(4), V.RandomHorizontalFlip()])",
]

CASES = [
    *[
        f"seeded(V.{text}, {image})"
        for text in _TRANSFORMS
        for image in ("image('RGB', 9, 7)", "tensor(3, 9, 7)")
        if not ("Erasing" in text and "image" in image)
    ],
    *[f"repr(V.{text})" for text in _TRANSFORMS],
    "repr(V.Resize(3)), repr(V.Resize(3, 2)), repr(V.Resize(3, 'nearest'))",
    "V.Resize(3, interpolation='nearest')(tensor(1, 5, 4))",
    "repr(V.Resize((3, 4), max_size=None))",
    "repr(V.Pad((1, 2), 3, 'edge'))",
    "repr(V.GaussianBlur(3, 0.5))",
    "repr(V.ToImage()), repr(V.ToDtype(torch.float32, True)), repr(V.Identity())",
    "repr(V.Lambda(abs)), repr(V.Lambda(abs, int, float))",
    "V.ToDtype(torch.float32, scale=True)(tensor(3, 2, 2))",
    "V.ToDtype(torch.float32)(tensor(3, 2, 2))",
    "V.Pad(1)((tensor(1, 2, 2), 3, tensor(2)))",
    "V.Pad(1)(tensor(1, 2, 2), {'label': 3})[0]",
    "V.Compose([V.Pad(1), V.ToDtype(torch.float64, True)])(tensor(1, 2, 2), 5)",
    "V.Pad(1)([image('L'), tensor(2), 4])[1:]",
    "V.functional.horizontal_flip(tensor(1, 2, 3))",
    "V.functional.to_dtype(tensor(1, 2, 3), torch.float32, True)",
    "V.Compose([])",
    "V.Compose(3)",
    "V.RandomApply([V.Identity()], 2)",
    "V.RandomChoice([V.Identity()], [1, 2])",
    "V.Normalize([.5], [.5])(image('L'))",
]
