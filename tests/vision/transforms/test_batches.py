"""A batch at once gives what row by row gives, bit for bit, draws included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rushlight as torch
from rushlight.utils.data import DataLoader, Subset, default_collate
from rushlight.vision import transforms as T
from rushlight.vision.datasets import FashionMNIST, VisionDataset
from rushlight.vision.transforms.batches import transform_batch
from tests.vision.pictures import small


class Garments(FashionMNIST):
    """A dataset without files, which counts the items that it is asked for."""

    def __init__(self, count=7, size=6, transform=None, target_transform=None):
        VisionDataset.__init__(
            self, transform=transform, target_transform=target_transform
        )
        images, labels = small(count, size)
        self.data, self.targets = torch.from_numpy(images), torch.tensor(labels).long()
        self.asked = 0

    def __repr__(self):
        return "Garments"

    __getbatch__ = FashionMNIST.__getbatch__
    _has_batches = FashionMNIST._has_batches

    def __getitem__(self, index):
        self.asked += 1
        return super().__getitem__(index)


def both(transform, indices, target_transform=None, **sizes):
    """What the two ways give, and the number that is drawn next."""
    data = Garments(transform=transform, target_transform=target_transform, **sizes)
    results = []
    for way in (data.__getbatch__, lambda i: default_collate([data[k] for k in i])):
        torch.manual_seed(3)
        try:
            made = way(indices)
        except (RuntimeError, TypeError, ValueError, IndexError) as error:
            made = type(error), str(error)
        results.append((made, torch.rand(1).item()))
        if len(results) == 1:
            at_once = data.asked == 0
    return *results, at_once


def assert_same(first, second):
    (made, following), (wanted, follows) = first, second
    assert following == follows, "the two ways draw different numbers"
    assert type(made) is type(wanted)
    if isinstance(wanted, tuple):
        assert made == wanted
        return
    for ours, theirs in zip(made, wanted, strict=True):
        assert ours.dtype == theirs.dtype
        assert ours.is_contiguous() and theirs.is_contiguous()
        assert torch.equal(ours, theirs)


def crops(name):
    sizes = st.one_of(
        st.integers(1, 8), st.tuples(st.integers(1, 8), st.integers(1, 8))
    )
    if name == "CenterCrop":
        return st.builds(T.CenterCrop, sizes)
    return st.builds(
        T.RandomCrop,
        sizes,
        padding=st.sampled_from([None, 1, (1, 2), [0, 1, 2, 3]]),
        pad_if_needed=st.booleans(),
        fill=st.sampled_from([0, 7]),
        padding_mode=st.sampled_from(["constant", "edge", "reflect", "symmetric"]),
    )


ANYWHERE = st.one_of(
    crops("CenterCrop"),
    crops("RandomCrop"),
    st.builds(T.RandomHorizontalFlip, st.sampled_from([0.0, 0.5, 1.0])),
    st.builds(T.RandomVerticalFlip, st.sampled_from([0.3, 0.7])),
    st.builds(
        T.Pad,
        st.integers(0, 2),
        st.sampled_from([0, 3, 2.5, [4]]),
        st.sampled_from(["constant", "edge", "reflect", "symmetric"]),
    ),
    st.just(T.Lambda(lambda x: x)),
)
ON_PICTURES = st.one_of(ANYWHERE, st.builds(T.Resize, st.integers(2, 9)))
ON_TENSORS = st.one_of(
    ANYWHERE,
    st.builds(T.Normalize, st.just([0.3]), st.just([0.6]), st.booleans()),
    st.sampled_from([torch.float32, torch.float64, torch.uint8, torch.int16]).map(
        T.ConvertImageDtype
    ),
    st.just(T.Lambda(lambda x: x * torch.rand(1))),
    st.just(T.Resize(4)),
)
STACKS = st.builds(
    lambda before, make, after: T.Compose([*before, make, T.Compose(after)]),
    st.lists(ON_PICTURES, max_size=3),
    st.sampled_from([T.ToTensor(), T.PILToTensor()]),
    st.lists(ON_TENSORS, max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(stack=STACKS, indices=st.lists(st.integers(-7, 6), min_size=1, max_size=6))
def test_any_stack(stack, indices):
    at_once, row_by_row, _ = both(stack, indices)
    assert_same(at_once, row_by_row)


AT_ONCE = {
    "to tensor": [T.ToTensor()],
    "normalized": [T.ToTensor(), T.Normalize([0.2], [0.3])],
    "bytes": [T.PILToTensor(), T.ConvertImageDtype(torch.float32)],
    "cut": [T.CenterCrop(4), T.ToTensor(), T.CenterCrop((3, 2))],
    "larger": [T.Pad(1, 5), T.Resize(9), T.ToTensor()],
    "augmented": [T.RandomCrop(6, 2), T.RandomHorizontalFlip(), T.ToTensor()],
    "twice": [T.RandomCrop(5), T.ToTensor(), T.RandomVerticalFlip(), T.RandomCrop(3)],
    "user's last": [T.ToTensor(), T.Lambda(lambda x: x + torch.rand(1))],
    "user's middle": [T.ToTensor(), lambda x: x.view(-1), T.Lambda(lambda x: x[:5])],
}


@pytest.mark.parametrize("stack", AT_ONCE.values(), ids=AT_ONCE)
def test_what_goes_at_once_does(stack):
    first, second, at_once = both(T.Compose(stack), [0, 5, 2])
    assert_same(first, second)
    assert at_once


class Brighter(T.ToTensor):
    def __call__(self, pic):
        return super().__call__(pic) + 1


class Inverting(T.Compose):
    def __call__(self, img):
        return 1 - super().__call__(img)


def hooked():
    normalize = T.Normalize([0.5], [0.5])
    normalize.register_forward_hook(lambda module, args, out: out + 1)
    return [T.ToTensor(), normalize]


def replaced():
    normalize = T.Normalize([0.5], [0.5])
    normalize.forward = lambda x: x * 3
    return [T.ToTensor(), normalize]


ROW_BY_ROW = {
    "a subclass": Brighter(),
    "a subclass of Compose": Inverting([T.ToTensor()]),
    "a function": lambda image: T.functional.to_tensor(image),
    "a function before": T.Compose([T.Lambda(lambda image: image), T.ToTensor()]),
    "draws, then a function": T.Compose(
        [T.RandomHorizontalFlip(), T.ToTensor(), T.Lambda(lambda x: x * torch.rand(1))]
    ),
    "a hook": T.Compose(hooked()),
    "a replaced method": T.Compose(replaced()),
    "an image back again": T.Compose([T.ToTensor(), T.ToPILImage(), T.PILToTensor()]),
    "none": None,
    "an error": T.Compose([T.RandomCrop(9), T.ToTensor()]),
    "a wrong order": T.Compose([T.Normalize([0.1], [0.1]), T.ToTensor()]),
    "channels that do not fit": T.Compose([T.ToTensor(), T.Normalize([0.1] * 3, 1)]),
}


@pytest.mark.parametrize("transform", ROW_BY_ROW.values(), ids=ROW_BY_ROW)
def test_what_must_go_row_by_row_does(transform):
    assert_same(*both(transform, [0, 5, 2])[:2])


@pytest.mark.parametrize("of_target", [lambda y: y + 1, lambda y: torch.rand(2)])
@pytest.mark.parametrize("name", ["normalized", "augmented", "user's last"])
def test_targets_are_transformed_in_turn(name, of_target):
    first, second, at_once = both(T.Compose(AT_ONCE[name]), [0, 5, 2], of_target)
    assert_same(first, second)
    assert at_once == (name != "augmented")


def test_the_loader_fetches_batches():
    data = Garments(transform=T.ToTensor())
    (images, labels), (rest, _) = DataLoader(data, batch_size=4)
    assert (images.shape, rest.shape) == ((4, 1, 6, 6), (3, 1, 6, 6))
    assert labels.tolist() == data.targets[:4].tolist()
    assert len(list(DataLoader(Subset(data, [1, 3]), batch_size=2))) == 1
    assert data.asked == 0


def test_a_batch_is_not_the_dataset():
    data = Garments(transform=T.PILToTensor())
    images, labels = data.__getbatch__([0, 1])
    images.zero_()
    labels.zero_()
    assert data.data.any()
    assert data.targets.any()


@pytest.mark.parametrize(
    "indices", [[0, 99], [1.5], [True, False], [[0, 1]], ["a"]], ids=str
)
def test_odd_indices_go_row_by_row(indices):
    data = Garments(transform=T.ToTensor())
    with pytest.raises((IndexError, TypeError, ValueError, RuntimeError)):
        data.__getbatch__(indices)
    assert data.asked


@pytest.mark.parametrize("change", ["float", "colour", "short"])
def test_changed_data_goes_row_by_row(change):
    data = Garments(transform=T.ToTensor())
    if change == "float":
        data.data = data.data.float()
        with pytest.raises(TypeError, match="a grey picture: expected dtype uint8"):
            data.__getbatch__([0, 1])
        return
    if change == "short":
        data.targets = data.targets.to(torch.int16)
    if change == "colour":
        data.transform = lambda image: 0
    labels = data.__getbatch__([0, 1])[1]
    assert labels.dtype == torch.int64
    assert data.asked == 2


def test_a_transform_of_the_users_may_say_how_it_takes_a_batch():
    class Doubled:
        draws = False

        def __call__(self, x):
            return x * 2

        def batch(self, images, draws):
            return images * 2

    first, second, at_once = both(T.Compose([T.ToTensor(), Doubled()]), [0, 3])
    assert_same(first, second)
    assert at_once


def test_nothing_is_drawn_where_there_is_one_place():
    torch.manual_seed(0)
    transform_batch(
        T.Compose([T.RandomCrop(4), T.ToTensor()]), np.zeros((3, 4, 4), "u1")
    )
    drawn = torch.rand(1)
    torch.manual_seed(0)
    assert drawn == torch.rand(1)
