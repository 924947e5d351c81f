"""Settings are kept; jit, onnx, accelerator and hub answer truthfully."""

import pytest

import rushlight
from rushlight import accelerator, hub, jit, onnx


def test_precision():
    assert rushlight.get_float32_matmul_precision() == "highest"
    rushlight.set_float32_matmul_precision("medium")
    assert rushlight.get_float32_matmul_precision() == "medium"
    with pytest.warns(UserWarning, match="expected one of"):
        rushlight.set_float32_matmul_precision("low")
    rushlight.set_float32_matmul_precision("highest")


def test_determinism():
    rushlight.set_deterministic_debug_mode("warn")
    assert rushlight.get_deterministic_debug_mode() == 1
    assert rushlight.are_deterministic_algorithms_enabled()
    rushlight.use_deterministic_algorithms(True)
    assert rushlight.get_deterministic_debug_mode() == 2
    rushlight.set_deterministic_debug_mode(0)
    assert not rushlight.is_deterministic_algorithms_warn_only_enabled()
    with pytest.raises(RuntimeError, match="0, 1 or 2"):
        rushlight.set_deterministic_debug_mode(3)


def test_cudnn_flags_return():
    flags = rushlight.backends.cudnn
    with flags.flags(benchmark=True):
        assert flags.benchmark
    assert not flags.benchmark


@pytest.mark.skipif(accelerator.is_available(), reason="there is one")
def test_no_accelerator():
    assert accelerator.current_accelerator() is None
    assert accelerator.device_count() == 0
    with pytest.raises(RuntimeError, match="cannot access accelerator"):
        accelerator.set_device_index(0)
    with accelerator.device_index(None):
        pass


def test_scripted_code_is_the_code():
    @jit.script
    def f(x):
        return x + 1

    assert f(1) == 2
    assert not jit.is_scripting()
    assert jit.wait(jit.fork(f, 2)) == 3
    with pytest.raises(NotImplementedError, match="TorchScript"):
        jit.trace(f, 1)


def test_nothing_is_exported():
    assert not onnx.is_in_onnx_export()
    with pytest.raises(NotImplementedError, match="state_dict"):
        onnx.export(None, (), "model.onnx")


def test_hub_reads_a_file(tmp_path):
    weights = {"w": rushlight.ones(2)}
    rushlight.save(weights, tmp_path / "model-0123.pth")
    url = (tmp_path / "model-0123.pth").as_uri()
    found = hub.load_state_dict_from_url(url, tmp_path / "kept", progress=False)
    assert found["w"].tolist() == [1.0, 1.0]
    with pytest.raises(RuntimeError, match="invalid hash value"):
        hub.load_state_dict_from_url(
            url, tmp_path / "other", progress=False, check_hash=True
        )
    assert not list((tmp_path / "other").iterdir())
    with pytest.raises(NotImplementedError, match="downloaded and run"):
        hub.load("owner/repository", "model")
