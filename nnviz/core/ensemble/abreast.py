"""K copies of a module on K batches at once: a convolutional network as one of K times the channels, others by vmap.

vmap gathers and scatters all values around every convolution. Kept side by side through the whole network, channels of
K copies need only grouped convolutions, and take a third of the time.
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn import functional

State = dict[str, Tensor]
NEAR = torch.channels_last  # all channels of a pixel beside each other: PyTorch pools eight times as fast
BY_CHANNEL = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d)
BY_ELEMENT = (nn.ReLU, nn.Tanh, nn.Sigmoid, nn.GELU, nn.LeakyReLU, nn.ELU, nn.SiLU, nn.Softplus, nn.Identity)


def outputs_abreast(module: nn.Module, state: State, inputs: Tensor) -> Tensor:
    """Return what K copies answer, each to its own batch; differentiable.

    Args:
        module: the architecture.
        state: its parameters by name, each (K, …).
        inputs: (K, B, …); images are (K, B, channels, height, width).

    Returns:
        (K, B, …).
    """
    if not convolutional(module) or inputs.ndim != 5:
        outputs: Tensor = vmap(lambda own, x: functional_call(module, own, (x,)))(state, inputs)
        return outputs
    count = len(inputs)
    values = inputs.transpose(0, 1).flatten(1, 2).contiguous(memory_format=NEAR)  # (B, K · channels, height, width)
    for name, layer in module.named_children():
        if isinstance(layer, nn.Conv2d):
            values = _convolved(layer, state[f"{name}.weight"], state.get(f"{name}.bias"), values)
        elif isinstance(layer, nn.Flatten):
            values = values.contiguous().unflatten(1, (count, -1)).flatten(2).transpose(0, 1)  # (K, B, features)
        elif isinstance(layer, nn.Linear):
            values = _mapped(state[f"{name}.weight"], state.get(f"{name}.bias"), values)
        else:
            values = layer(values)
    return values


def convolutional(module: nn.Module) -> bool:
    """Say whether a module is convolutions and what goes by channel, then Flatten, then what ends in (K, B, features)."""
    layers = list(module) if isinstance(module, nn.Sequential) else []
    middle = next((place for place, layer in enumerate(layers) if type(layer) is nn.Flatten), len(layers))
    before, flat, after = layers[:middle], layers[middle : middle + 1], layers[middle + 1 :]
    return (
        any(isinstance(layer, nn.Flatten) and layer.start_dim == 1 and layer.end_dim == -1 for layer in flat)
        and all(type(layer) in (nn.Conv2d, *BY_CHANNEL, *BY_ELEMENT) for layer in before)
        and all(layer.padding_mode == "zeros" for layer in before if isinstance(layer, nn.Conv2d))
        and all(type(layer) in (nn.Linear, *BY_ELEMENT) for layer in after)
    )


def _convolved(layer: nn.Conv2d, weight: Tensor, bias: Tensor | None, values: Tensor) -> Tensor:
    groups = len(weight) * layer.groups
    shifts = None if bias is None else bias.flatten()
    return functional.conv2d(values, weight.flatten(0, 1), shifts, layer.stride, layer.padding, layer.dilation, groups)


def _mapped(weight: Tensor, bias: Tensor | None, values: Tensor) -> Tensor:
    return values @ weight.mT if bias is None else torch.baddbmm(bias[:, None], values, weight.mT)
