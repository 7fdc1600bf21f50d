"""Backpropagation and the chain rule: the room of questions 6 and 7."""

from nnviz.concepts.backprop.charts import view
from nnviz.concepts.backprop.lesson import lesson
from nnviz.concepts.backprop.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
