"""Activation functions: the room of question 15."""

from nnviz.concepts.activations.charts import view
from nnviz.concepts.activations.lesson import lesson
from nnviz.concepts.activations.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
