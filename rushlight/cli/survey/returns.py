"""Functions and methods of torch's that always give one tensor."""

_CREATE = """
    arange as_tensor empty empty_like eye from_numpy full full_like linspace
    logspace ones ones_like rand rand_like randint randint_like randn randn_like
    randperm scalar_tensor tensor zeros zeros_like
""".split()

_BOTH = """
    abs add all any argmax argmin bmm ceil clamp clone cos cumsum detach diag div
    einsum erf exp flatten floor gather index_select isfinite isinf isnan log log1p
    log2 logsumexp masked_fill masked_select matmul mean mm mul multiply neg norm
    outer permute pow prod reciprocal relu reshape roll round rsqrt scatter sigmoid
    sign sin softmax log_softmax sqrt square squeeze sub sum swapaxes t tan tanh
    tile transpose tril triu trunc unsqueeze where
""".split()

_FUNCTIONS = "bernoulli cat concat hstack multinomial normal stack vstack".split()

_METHODS = """
    add_ bernoulli_ bool byte clamp_ contiguous copy_ cpu cuda detach_ div_ double
    expand expand_as fill_ float half int long masked_fill_ mul_ normal_ random_
    relu_ repeat requires_grad_ short sub_ to type_as unfold uniform_ view view_as
    zero_
""".split()

_FUNCTIONAL = """
    binary_cross_entropy binary_cross_entropy_with_logits conv1d conv2d
    cross_entropy dropout elu embedding gelu l1_loss layer_norm leaky_relu linear
    log_softmax mse_loss nll_loss normalize one_hot pad relu
    scaled_dot_product_attention sigmoid silu smooth_l1_loss softmax softplus tanh
""".split()

TENSOR_FUNCTIONS = {
    *(f"torch.{name}" for name in [*_CREATE, *_BOTH, *_FUNCTIONS]),
    *(f"torch.nn.functional.{name}" for name in _FUNCTIONAL),
    "torch.Tensor",
    "torch.nn.Parameter",
    "torch.nn.parameter.Parameter",
}
TENSOR_METHODS = {*_BOTH, *_METHODS}
