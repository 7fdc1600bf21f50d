"""Count floating-point operations with PyTorch's own formulas, in this thread alone."""

from collections.abc import Callable
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class _Counter(TorchDispatchMode):
    """Adds up what the operations under it cost.

    PyTorch's `FlopCounterMode` counts the same, but hooks every module of the process: a network that another thread
    trains meanwhile fails in its backward pass.
    """

    total = 0

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run an operation and add its cost."""
        del types
        result = operation(*args, **(kwargs or {}))
        formula = flop_registry.get(operation._overloadpacket)
        if formula:
            self.total += formula(*args, **(kwargs or {}), out_val=result)
        return result


def flops(action: Callable[[], object]) -> int:
    """Return the floating-point operations of an action's matrix products and convolutions."""
    with _Counter() as counter:  # type: ignore[no-untyped-call]
        action()
    return int(counter.total)
