"""Complexity and generalization: bias, variance and the second descent."""

from nnviz.concepts.capacity.charts import view
from nnviz.concepts.capacity.lesson import lesson
from nnviz.concepts.capacity.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
