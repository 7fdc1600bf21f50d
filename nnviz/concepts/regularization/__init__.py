"""Regularization: the diamond, the circle, and exact zeros."""

from nnviz.concepts.regularization.charts import view
from nnviz.concepts.regularization.lesson import lesson
from nnviz.concepts.regularization.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
