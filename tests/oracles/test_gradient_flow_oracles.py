"""Deep nets and clipping against PyTorch's own modules, optimizer and clipping, one network at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from nnviz.concepts.gradient_flow import network, training
from nnviz.concepts.gradient_flow.network import Setting, Weights

PLAIN = {"depth": 5, "width": 8, "gain": 1.4, "seeds": (0, 1)}
VARIANTS: list[dict[str, Any]] = [
    {},
    {"activation": "sigmoid"},
    {"activation": "tanh", "residual": True},
    {"activation": "leaky", "normalization": "batch"},
    {"activation": "gelu", "normalization": "layer", "residual": True},
    {"activation": "linear", "loss": "squared", "gain": 0.8},
    {"gain": 2.0, "clipping": "norm", "threshold": 0.05, "rate": 0.3},
    {"gain": 2.0, "clipping": "value", "threshold": 0.01, "rate": 0.3},
    {"decay": 0.05, "loss": "squared", "clipping": "norm", "threshold": 0.5},
]
MODULES = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky": nn.LeakyReLU,
    "gelu": nn.GELU,
    "linear": nn.Identity,
}


class Deep(nn.Module):
    """One plain PyTorch network with the weights of the k-th of a batch."""

    def __init__(self, setting: Setting, k: int) -> None:
        super().__init__()
        weights = network.initial(setting)
        self.setting = setting
        matrices = [weights.entry[0, k], *weights.hidden[:, k]]
        self.matrices = nn.ParameterList([matrix.clone() for matrix in matrices])
        self.biases = nn.ParameterList([bias.clone() for bias in weights.bias[:, k, 0]])
        self.out = nn.Linear(setting.width, 1).double()
        self.out.load_state_dict({"weight": weights.out[0, k].T.clone(), "bias": weights.out_bias[0, k, 0].clone()})
        self.norm: nn.Module = nn.Identity()
        if setting.normalization == "batch":
            self.norm = nn.BatchNorm1d(setting.width, affine=False).double()
        elif setting.normalization == "layer":
            self.norm = nn.LayerNorm(setting.width, elementwise_affine=False).double()
        self.activation = MODULES[setting.activation]()

    def forward(self, inputs: Tensor) -> Tensor:
        self.states: list[Tensor] = []
        state = inputs
        for layer, (matrix, bias) in enumerate(zip(self.matrices, self.biases, strict=True)):
            branch = self.activation(self.norm(nn.functional.linear(state, matrix.T)) + bias)
            state = state + branch if self.setting.residual and layer else branch
            state.retain_grad()
            self.states.append(state)
        return self.out(state).squeeze(-1)


def losses(setting: Setting, outputs: Tensor, targets: Tensor) -> Tensor:
    if setting.loss == "squared":
        return nn.functional.mse_loss(outputs, targets) / 2
    return nn.functional.binary_cross_entropy_with_logits(outputs, (targets + 1) / 2)


def steps(setting: Setting, k: int, count: int) -> Iterator[tuple[float, Deep]]:
    """Train one network with torch.optim.SGD and yield its loss and itself before every step."""
    inputs, targets = network.examples(setting.network, setting.depth, setting.seeds)
    module = Deep(setting, k)
    optimizer = torch.optim.SGD(module.parameters(), lr=setting.rate, weight_decay=setting.decay)
    for _ in range(count):
        optimizer.zero_grad()
        loss = losses(setting, module(inputs[0, k]), targets[k])
        loss.backward()
        yield loss.item(), module
        if setting.clipping == "norm":
            clip_grad_norm_(module.parameters(), setting.threshold)
        elif setting.clipping == "value":
            clip_grad_value_(module.parameters(), setting.threshold)
        optimizer.step()


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_training_equals_pytorch_modules_sgd_and_clipping(variant: dict[str, Any]) -> None:
    setting = Setting(**PLAIN | variant)
    record = training.train(setting, 12)
    for k in range(2):
        for step, (loss, module) in enumerate(steps(setting, k, 12)):
            assert record.loss[step, k] == pytest.approx(loss, rel=1e-8)
            examples = network.EXAMPLES**0.5
            for layer, state in enumerate(module.states):
                assert state.grad is not None
                signal = examples * state.grad.norm().item()
                assert record.signal[step, layer, k] == pytest.approx(signal, rel=1e-6)
                assert record.activation[step, layer, k] == pytest.approx(state.norm().item() / examples, rel=1e-6)
                weight = module.matrices[layer].grad
                assert weight is not None
                assert record.gradient[step, layer, k] == pytest.approx(weight.norm().item(), rel=1e-6, abs=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_unrolled_rnn_equals_torch_rnn(activation: str) -> None:
    setting = Setting(network="rnn", depth=9, width=8, activation=activation, gain=1.1, seeds=(0, 1))
    weights = network.initial(setting)
    inputs, targets = network.examples("rnn", 9, setting.seeds)
    found = network.backward(setting, weights, inputs, targets)
    total = network.rolled(setting, found.gradients)
    for k in range(2):
        oracle = nn.RNN(1, 8, nonlinearity=activation).double()
        with torch.no_grad():
            oracle.weight_ih_l0.copy_(weights.entry[0, k].T)
            oracle.weight_hh_l0.copy_(weights.hidden[0, k].T)
            oracle.bias_ih_l0.copy_(weights.bias[0, k, 0])
            oracle.bias_hh_l0.zero_()
        states, _ = oracle(inputs[:, k])  # (L, N, H)
        outputs = states[-1] @ weights.out[0, k, :, 0]
        nn.functional.binary_cross_entropy_with_logits(outputs, (targets[k] + 1) / 2).backward()
        torch.testing.assert_close(found.states[:, k], states.detach(), rtol=1e-10, atol=1e-14)
        torch.testing.assert_close(total.hidden[0, k], oracle.weight_hh_l0.grad.T, rtol=1e-8, atol=1e-14)
        torch.testing.assert_close(total.entry[0, k], oracle.weight_ih_l0.grad.T, rtol=1e-8, atol=1e-14)
        torch.testing.assert_close(total.bias[0, k, 0], oracle.bias_ih_l0.grad, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e6])
@pytest.mark.parametrize("threshold", [1e-3, 1.0, 100.0])
def test_clipping_equals_torch_clip_grad(scale: float, threshold: float) -> None:
    source = torch.Generator().manual_seed(0)
    shapes = ((1, 3, 2, 4), (5, 3, 4, 4), (6, 3, 1, 4), (1, 3, 4, 1), (1, 3, 1, 1))
    tensors = [scale * torch.randn(shape, dtype=torch.float64, generator=source) for shape in shapes]
    by_norm, by_value = (training.clip(Weights(*tensors), kind, threshold) for kind in ("norm", "value"))
    for k in range(3):
        for ours, clip in ((by_norm, clip_grad_norm_), (by_value, clip_grad_value_)):
            leaves = [nn.Parameter(torch.zeros_like(tensor[:, k])) for tensor in tensors]
            for leaf, tensor in zip(leaves, tensors, strict=True):
                leaf.grad = tensor[:, k].clone()
            clip(leaves, threshold)
            for leaf, mine in zip(leaves, ours, strict=True):
                torch.testing.assert_close(mine[:, k], leaf.grad, rtol=1e-12, atol=0)


def test_the_whole_norm_equals_torch() -> None:
    record = training.train(Setting(**PLAIN), 1)
    for k in range(2):
        _, module = next(steps(Setting(**PLAIN), k, 1))
        expected = nn.utils.get_total_norm([p.grad for p in module.parameters() if p.grad is not None])
        np.testing.assert_allclose(record.size[0, k], expected.item(), rtol=1e-10)
