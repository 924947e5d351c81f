"""More expressions, as in cases.py: grids and drawings, colours, warps."""

UTILS = [
    "U.make_grid(tensor(5, 3, 4, 2))",
    "U.make_grid(tensor(5, 1, 4, 2, dtype='float32'), 2, 1, pad_value=0.5)",
    "U.make_grid(tensor(4, 2))",
    "U.make_grid(tensor(3, 4, 2))",
    "U.make_grid(tensor(1, 3, 4, 2))",
    "U.make_grid([tensor(3, 4, 2)] * 3, nrow=2, padding=0)",
    "U.make_grid(tensor(3, 3, 4, 2, dtype='float32'), normalize=True)",
    "U.make_grid(tensor(3, 1, 4, 2, dtype='float32'), 8, 2, True, None, True)",
    "U.make_grid(tensor(2, 3, 2, 2, dtype='float32'), 1, 2, True, (0.2, 0.9))",
    "U.make_grid(tensor(2, 3, 2, 2, dtype='float32'), 1, 2, True, [0.2, 0.9])",
    "U.make_grid('x')",
    "U.make_grid([3])",
    "U.draw_bounding_boxes(tensor(3, 9, 9), boxes(2))",
    "U.draw_bounding_boxes(tensor(1, 9, 9), boxes(2), None, 'red')",
    "U.draw_bounding_boxes(tensor(3, 9, 9), boxes(2), None, 'red', True, 2)",
    "U.draw_bounding_boxes(tensor(3, 9, 9), boxes(1), None, [(1, 2, 30)])",
    "U.draw_bounding_boxes(tensor(3, 9, 9), boxes(1).flip(1))",
    "U.draw_bounding_boxes(tensor(2, 9, 9), boxes(1))",
    "U.draw_bounding_boxes(tensor(3, 9, 9), boxes(1), ['a', 'b'])",
    "U.draw_bounding_boxes(tensor(3, 9, 9), boxes(1), colors=[])",
    "U.draw_bounding_boxes(image('L'), boxes(1))",
    "U.draw_segmentation_masks(tensor(3, 4, 4), tensor(2, 4, 4) > 99)",
    "U.draw_segmentation_masks(tensor(3, 4, 4), tensor(4, 4) > 99, 0.3, '#102030')",
    "U.draw_segmentation_masks(tensor(3, 4, 4, dtype='float32'), tensor(4, 4) > 99)",
    "U.draw_segmentation_masks(tensor(3, 4, 4), tensor(4, 4))",
    "U.draw_segmentation_masks(tensor(3, 4, 4), tensor(2, 4, 5) > 9)",
]

_KINDS = ["image('RGB', 9, 7)", "image('L', 9, 7)"]
_TENSORS = ["tensor(3, 9, 7)", "tensor(1, 9, 7)", "tensor(2, 3, 9, 7, dtype='float32')"]
_ALL = [*_KINDS, *_TENSORS]

COLOURS = [
    *[
        f"F.{call.format(image)}"
        for image in [*_ALL, "tensor(2, 9, 7)"]
        for call in (
            "adjust_brightness({}, 1.4)",
            "adjust_brightness({}, 0)",
            "adjust_contrast({}, 0.7)",
            "adjust_contrast({}, 2.5)",
            "adjust_saturation({}, 1.7)",
            "adjust_saturation({}, 0.0)",
            "adjust_hue({}, 0.2)",
            "adjust_hue({}, -0.37)",
            "adjust_gamma({}, 2.2)",
            "adjust_gamma({}, 0.4, 0.8)",
            "adjust_sharpness({}, 0.3)",
            "adjust_sharpness({}, 2)",
            "rgb_to_grayscale({})",
            "rgb_to_grayscale({}, 3)",
            "invert({})",
            "autocontrast({})",
            "equalize({})",
            "posterize({}, 3)",
            "solarize({}, 100)",
            "gaussian_blur({}, 3)",
            "gaussian_blur({}, [5, 3], [0.7, 1.4])",
        )
    ],
    "F.solarize(tensor(3, 2, 2, dtype='float32'), 0.4)",
    "F.to_grayscale(image('RGB'), 3)",
    "F.to_grayscale(tensor(3, 2, 2))",
    "F.rgb_to_grayscale(image('L'), 2)",
    "F.adjust_hue(image('L'), 0.6)",
    "F.adjust_gamma(image('L'), -1)",
    "F.posterize(image('L'), 9)",
    "F.gaussian_blur(image('L'), 4)",
    "F.gaussian_blur(image('L'), 3, -1.0)",
    "F.gaussian_blur(image('L'), 'a')",
    "F.adjust_sharpness(tensor(3, 2, 7), 2)",
    "F.autocontrast(torch.full((1, 3, 3), 0.5))",
    "F.equalize(torch.full((1, 3, 3), 7, dtype=torch.uint8))",
    "F.adjust_hue(image('RGBA'), 0.1)",
    "F.adjust_brightness(3, 1)",
    "F.erase(tensor(2, 4, 5), 1, 2, 2, 2, torch.tensor(9))",
    "F.erase(tensor(2, 4, 5, dtype='float32'), 1, 2, 9, 9, torch.zeros(1))",
    "F.erase(image('L'), 1, 2, 2, 2, 0)",
    *[
        f"seeded(T.{text}, {image})"
        for image in _ALL
        for text in (
            "ColorJitter(0.4, 0.3, 0.5, 0.2)",
            "ColorJitter((0.5, 1.5), hue=(-0.1, 0.3))",
            "Grayscale(3)",
            "RandomGrayscale(0.5)",
            "RandomInvert()",
            "RandomPosterize(4)",
            "RandomAdjustSharpness(1.5)",
            "RandomAutocontrast()",
            "GaussianBlur(3, (0.2, 1.0))",
        )
    ],
    *[f"seeded(T.RandomEqualize(), {image})" for image in _ALL[:4]],
    *[f"seeded(T.RandomSolarize(80), {image})" for image in _ALL[:4]],
    *[
        f"seeded(T.RandomErasing({text}), {image})"
        for image in _TENSORS
        for text in (
            "",
            "1.0",
            "0.9, value='random'",
            "1, (0.1, 0.9), (0.1, 9), value=7",
            "1, value=[1, 2, 3]",
        )
        if not ("random" in text and "float" not in image)
    ],
    *[
        f"repr(T.{text})"
        for text in (
            "ColorJitter(0.4, (0.3, 2), 0, 0.1)",
            "ColorJitter()",
            "Grayscale()",
            "RandomGrayscale()",
            "RandomInvert()",
            "RandomPosterize(3)",
            "RandomSolarize(9, 0.1)",
            "RandomAdjustSharpness(2)",
            "RandomAutocontrast()",
            "RandomEqualize()",
            "GaussianBlur(3)",
            "GaussianBlur((3, 5), 0.3)",
            "RandomErasing()",
            "LinearTransformation(torch.eye(2), torch.ones(2))",
        )
    ],
    "T.ColorJitter(-1)",
    "T.ColorJitter(hue=0.7)",
    "T.ColorJitter('a')",
    "T.ColorJitter((2, 1))",
    "T.GaussianBlur(2)",
    "T.GaussianBlur(3, 0)",
    "T.GaussianBlur(3, (2, 1))",
    "T.GaussianBlur(3, 'abc')",
    "T.RandomErasing(2)",
    "T.RandomErasing(value='a')",
    "T.RandomErasing(value=None)",
    "T.RandomErasing(scale=3)",
    "T.RandomErasing(scale=(-1, 1))",
    "T.RandomErasing(1, value=[1, 2])(tensor(3, 9, 9))",
    "T.LinearTransformation(torch.eye(8), torch.ones(8))(torch.ones(2, 2, 2))",
    "T.LinearTransformation(torch.eye(8), torch.ones(7))",
    "T.LinearTransformation(torch.ones(8, 7), torch.ones(8))",
    "T.LinearTransformation(torch.eye(8), torch.ones(8))(torch.ones(1, 2, 2))",
]

WARPS = [
    *[
        f"F.rotate({image}, {angle}, T.InterpolationMode.{mode}{more})"
        for image in _ALL
        for angle in (30, -90, 12.5)
        for mode in ("NEAREST", "BILINEAR")
        for more in ("", ", expand=True, fill=9", ", center=(1, 2)")
    ],
    "F.rotate(image('RGB'), 20, T.InterpolationMode.BICUBIC, fill=(1, 2, 3))",
    "F.rotate(tensor(3, 5, 4), 20, T.InterpolationMode.BICUBIC)",
    "F.rotate(tensor(3, 5, 4), 20, fill=[1, 2, 3])",
    "F.rotate(tensor(3, 5, 4), 20, fill=[1, 2])",
    "F.rotate(image('RGB'), 20, fill=[1, 2])",
    "F.rotate(image('L'), 'a')",
    "F.rotate(image('L'), 3, center=3)",
    "F.rotate(image('L'), 3, 'nearest')",
    *[
        f"F.affine({image}, {values}, T.InterpolationMode.{mode}{more})"
        for image in _ALL
        for values in ("20, [1, -2], 0.8, [10, 5]", "-45, (0, 0), 1.5, 7.0")
        for mode in ("NEAREST", "BILINEAR")
        for more in ("", ", fill=5, center=[2, 2]")
    ],
    "F.affine(image('L'), 'a', [0, 0], 1, 0)",
    "F.affine(image('L'), 1, 0, 1, 0)",
    "F.affine(image('L'), 1, [0], 1, 0)",
    "F.affine(image('L'), 1, [0, 0], 0, 0)",
    "F.affine(image('L'), 1, [0, 0], 1, 'a')",
    "F.affine(image('L'), 1, [0, 0], 1, [1, 2, 3])",
    *[
        f"F.perspective({image}, [[0, 0], [6, 0], [6, 8], [0, 8]], "
        f"[[1, 0], [5, 1], [6, 7], [0, 6]], T.InterpolationMode.{mode}{more})"
        for image in _ALL
        for mode in ("NEAREST", "BILINEAR")
        for more in ("", ", fill=5")
        # Sums half way between two integers round as their last bits happen to be.
        if not (mode == "BILINEAR" and "tensor" in image)
    ],
    "F.perspective(image('L'), [[0, 0]], [[0, 0]])",
    *[
        f"F.elastic_transform({image}, (torch.arange(126.0) % 17 / 40 - 0.2)"
        ".reshape(1, 9, 7, 2))"
        for image in _ALL
    ],
    "F.elastic_transform(image('L'), 3)",
    "F.elastic_transform(image('L'), torch.zeros(1, 2, 2, 2))",
    *[f"F.five_crop({image}, (3, 2))" for image in _ALL[:3]],
    "F.ten_crop(image('RGB'), 3)",
    "F.ten_crop(tensor(3, 5, 4), (3, 2), vertical_flip=True)",
    "F.five_crop(image('L'), 9)",
    "F.five_crop(image('L'), (1, 2, 3))",
    *[
        f"seeded(T.{text}, {image})"
        for image in _ALL
        for text in (
            "RandomRotation(40)",
            "RandomRotation((10, 80), 2, expand=False, fill=3)",
            "RandomAffine(30, (0.1, 0.3), (0.5, 2), 10)",
            "RandomAffine((-3, 5), shear=(1, 20, -5, 9), fill=4, center=(1, 1))",
            "RandomPerspective()",
            "RandomPerspective(0.9, 1.0, 0, 7)",
            "RandomResizedCrop(5)",
            "RandomResizedCrop((4, 6), (0.5, 0.7), (0.1, 0.2))",
            "RandomResizedCrop(4, (0.9, 1), (5, 9))",
            "RandomChoice([T.Pad(1), T.CenterCrop(4)], p=[0.3, 0.7])",
            "RandomOrder([T.Pad(1), T.CenterCrop(6), T.RandomHorizontalFlip()])",
            "TenCrop(3)",
        )
    ],
    "seeded(T.ElasticTransform(5.0, 1.0), tensor(3, 20, 21, dtype='float32'))",
    *[
        f"repr(T.{text})"
        for text in (
            "RandomRotation(30)",
            "RandomRotation((3, 4), 2, True, (1, 2), (1, 2, 3))",
            "RandomAffine(30)",
            "RandomAffine((1, 2), (0, 1), (1, 2), 3, 2, 9, (1, 2))",
            "RandomPerspective(p=0.2)",
            "ElasticTransform(3.0)",
            "RandomResizedCrop(5)",
            "RandomResizedCrop((4, 6), (0.5, 0.7), (0.123456, 2), 3)",
            "FiveCrop(3)",
            "TenCrop((3, 4))",
            "RandomChoice([T.Pad(1)])",
            "RandomChoice([T.Pad(1)], [1])",
            "RandomOrder([T.Pad(1), T.ToTensor()])",
            "RandAugment()",
            "AutoAugment(T.AutoAugmentPolicy.CIFAR10)",
            "TrivialAugmentWide(fill=3)",
        )
    ],
    "T.RandomRotation(-1)",
    "T.RandomRotation((1, 2, 3))",
    "T.RandomRotation('ab')",
    "T.RandomRotation(3, fill={})",
    "T.RandomRotation(3, center=3)",
    "T.RandomAffine(3, (2, 0))",
    "T.RandomAffine(3, scale=(0, 1))",
    "T.RandomAffine(3, 4)",
    "T.RandomAffine(3, shear=(1, 2, 3))",
    "T.RandomResizedCrop(3, 4)",
    "T.RandomResizedCrop((3, 4, 5))",
    "T.RandomChoice(3)",
    "T.RandomChoice([3], 3)",
    *[
        f"seeded(T.{text}, {image}, seed={seed}, times=6)"
        for image in _ALL[:4]
        for text in (
            "RandAugment()",
            "RandAugment(3, 20, 31, T.InterpolationMode.BILINEAR, 7)",
            "TrivialAugmentWide()",
            "AutoAugment()",
            "AutoAugment(T.AutoAugmentPolicy.CIFAR10)",
            "AutoAugment(T.AutoAugmentPolicy.SVHN, fill=100)",
        )
        for seed in (1, 2)
        if not ("BILINEAR" in text and "tensor" in image)
    ],
    "T.AutoAugment('imagenet')",
    *[
        f"seeded(T.AugMix({text}), {image}, times=3)"
        for image in _ALL[:4]
        for text in (
            "interpolation=T.InterpolationMode.NEAREST",
            "5, 2, 2, 0.7, False, T.InterpolationMode.NEAREST, 9",
        )
    ],
    "repr(T.AugMix())",
    "T.AugMix(11)",
]
