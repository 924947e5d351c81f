"""rushlight.special: older names are the functions that they were elsewhere."""

import rushlight
from rushlight import special


def test_every_name_is_there():
    for name in special.__all__:
        assert callable(getattr(special, name)), name


def test_older_names():
    x = rushlight.tensor([0.3, 2.0])
    pairs = {"expit": "sigmoid", "gammaln": "lgamma", "psi": "digamma", "erf": "erf"}
    for name, older in pairs.items():
        found, expected = getattr(special, name)(x), getattr(rushlight, older)(x)
        assert found.tolist() == expected.tolist()
    assert special.softmax(x, 0).sum().item() == 1
    assert special.log_softmax(x, 0).tolist() == x.log_softmax(0).tolist()
