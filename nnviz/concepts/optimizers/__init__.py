"""Optimizers: seven of them, each at its best rate."""

from nnviz.concepts.optimizers.charts import view
from nnviz.concepts.optimizers.lesson import lesson
from nnviz.concepts.optimizers.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
