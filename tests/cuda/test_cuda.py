"""What CUDA answers where there is none, and that it agrees with itself where it is."""

import pytest

import rushlight as torch

needs_none = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")


def test_counts_agree():
    assert torch.cuda.is_available() == (torch.cuda.device_count() > 0)


@needs_none
def test_questions_have_answers_and_requests_say_what_is_missing():
    assert torch.cuda.memory_allocated() == torch.cuda.memory_reserved() == 0
    torch.cuda.empty_cache()
    torch.cuda.manual_seed_all(3)
    for ask in (
        torch.cuda.current_device,
        torch.cuda.synchronize,
        torch.cuda.get_device_name,
        lambda: torch.ones(2).cuda(),
        lambda: torch.nn.Linear(1, 1).to("cuda"),
    ):
        with pytest.raises(RuntimeError, match=r"Install rushlight\[cuda\]"):
            ask()


@needs_none
def test_the_device_context_of_scripts_without_a_gpu():
    with torch.cuda.device(None):
        assert torch.ones(1).device.type == "cpu"


def test_cuda_types_do_not_know_cpu_tensors():
    assert not isinstance(torch.ones(1), torch.cuda.FloatTensor)
    assert repr(torch.cuda.LongTensor) == "<class 'torch.cuda.LongTensor'>"


@needs_none
def test_a_compiled_function_may_ask_for_cuda():
    @torch.compile(fullgraph=True)
    def double(x):
        return x.cuda() if torch.cuda.is_available() else 2 * x

    torch.cuda._has_cupy.cache_clear()
    assert double(torch.ones(2)).tolist() == [2.0, 2.0]
