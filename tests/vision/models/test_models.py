"""Models against torchvision's: names, shapes, printed text, initial values, scores."""

import json

import pytest

import rushlight as torch
from rushlight.vision import models
from rushlight.vision.models._weights import CLASSES
from tests.vision.models.make import PATH, WHOLE, layout, numbers

RECORDED = json.loads(PATH.read_text("utf-8"))
QUICK = ("squeezenet1_1", "mobilenet_v3_small")


def slow_but(names, quick):
    return [
        pytest.param(n, marks=() if n in quick else pytest.mark.slow) for n in names
    ]


def test_every_model_is_recorded():
    assert models.list_models() == sorted(RECORDED)


@pytest.mark.parametrize("name", slow_but(RECORDED, ("resnet18", "vit_b_16")))
def test_layout(name):
    with torch.device("meta"):
        model = models.get_model(name)
    expected = RECORDED[name]
    assert layout(model) == {key: expected[key] for key in ("state", "repr")}
    published = {w.meta["num_params"] for w in models.get_model_weights(name)}
    assert sum(p.numel() for p in model.parameters()) in published


@pytest.mark.parametrize("name", slow_but(WHOLE, QUICK))
def test_numbers(name):
    found, expected = numbers(torch, models, name), RECORDED[name]
    assert found["sum"] == pytest.approx(expected["sum"], rel=1e-6, abs=1e-2)
    assert found["size"] == pytest.approx(expected["size"], rel=1e-6)
    assert found["scores"] == pytest.approx(expected["scores"], rel=1e-3, abs=1e-5)


def test_models_learn():
    torch.manual_seed(0)
    model = models.resnet18(num_classes=2)
    model(torch.randn(2, 3, 32, 32)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A file of weights where torch.hub keeps it."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    model = models.squeezenet1_1()
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.save(model.state_dict(), folder / "squeezenet1_1-b8a52dc0.pth")
    return model


def test_weights_are_read_from_their_file(trained):
    enum = models.SqueezeNet1_1_Weights
    state = enum.DEFAULT.get_state_dict()
    assert list(state) == list(trained.state_dict())
    assert torch.equal(state["classifier.1.bias"], trained.classifier[1].bias)
    with pytest.raises(RuntimeError, match="SHA-256 begins with b8a52dc0, got another"):
        models.squeezenet1_1(weights="DEFAULT")


def test_missing_weights_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("rushlight.vision.models._weights.ADDRESS", "")
    enum = models.ResNet18_Weights
    monkeypatch.setattr(enum.DEFAULT.value, "url", "nowhere/resnet18-f37072fd.pth")
    with pytest.raises(RuntimeError) as caught:
        models.resnet18(weights=enum.DEFAULT)
    folder = tmp_path / "hub" / "checkpoints"
    assert "expected to download resnet18-f37072fd.pth" in str(caught.value)
    assert f"Put the file into {folder} by hand." in str(caught.value)


@pytest.mark.parametrize(
    "options, text",
    [
        ({"num_classes": 3}, f"expected {CLASSES}, which the weights were made for"),
        ({"weights": models.VGG11_Weights.DEFAULT}, "a member of ResNet18_Weights"),
        ({"weights": 3}, "weights: expected a member of ResNet18_Weights, its name"),
    ],
)
def test_weights_that_do_not_fit(options, text):
    with pytest.raises((ValueError, TypeError), match=text):
        models.resnet18(**{"weights": "DEFAULT", **options})


@pytest.mark.parametrize("args, options", [((False,), {}), ((), {"pretrained": False})])
def test_the_old_way_to_ask(args, options):
    with (
        pytest.warns(UserWarning, match="deprecated: write weights="),
        pytest.warns(UserWarning, match="weights=None is what this call means"),
    ):
        assert models.mobilenet_v3_small(*args, num_classes=2, **options)


def test_enums():
    enum = models.ResNet50_Weights
    assert repr(enum.DEFAULT) == "ResNet50_Weights.IMAGENET1K_V2"
    assert enum["IMAGENET1K_V1"].url.endswith("/models/resnet50-0676ba61.pth")
    assert enum.DEFAULT.transforms().resize_size == [232]
    assert (
        models.get_weight("ViT_B_16_Weights.DEFAULT") is models.ViT_B_16_Weights.DEFAULT
    )
    with pytest.raises(KeyError, match="names of ImageNet's classes are not part"):
        enum.DEFAULT.meta["categories"]
    with pytest.raises(ValueError, match="got unknown model resnet19"):
        models.get_model("resnet19")


def test_input_transforms():
    found = models.ResNet18_Weights.DEFAULT.transforms()(torch.zeros(3, 300, 400))
    assert found.shape == (3, 224, 224)
    assert found[:, 0, 0].tolist() == pytest.approx(
        [-2.1179, -2.0357, -1.8044], abs=1e-4
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: models.resnet.BasicBlock(3, 3, groups=2),
        lambda: models.resnet.BasicBlock(3, 3, dilation=2),
        lambda: models.ResNet(
            models.resnet.BasicBlock, [1] * 4, replace_stride_with_dilation=[True]
        ),
        lambda: models.SqueezeNet("2_0"),
        lambda: models.MobileNetV2(inverted_residual_setting=[[1, 2]]),
        lambda: models.MobileNetV3([], 3),
        lambda: models.mobilenetv2.InvertedResidual(3, 3, 3, 1),
        lambda: models.VisionTransformer(5, 2, 1, 1, 4, 4),
    ],
)
def test_errors_have_three_parts(call):
    kinds = (ValueError, NotImplementedError, AssertionError)
    with pytest.raises(kinds, match=r": expected .*, got .*\. .*\."):
        call()


def test_dilated_resnets():
    net = models.resnet50(
        replace_stride_with_dilation=[False, True, True], num_classes=3
    )
    assert net.layer4(net.layer3(torch.zeros(1, 512, 4, 4))).shape == (1, 2048, 4, 4)
    assert net.layer4[1].conv2.dilation == (4, 4)
