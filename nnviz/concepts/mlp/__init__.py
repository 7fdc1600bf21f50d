"""Perceptron against multilayer perceptron: the room of question 4."""

from nnviz.concepts.mlp.charts import view
from nnviz.concepts.mlp.lesson import lesson
from nnviz.concepts.mlp.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
