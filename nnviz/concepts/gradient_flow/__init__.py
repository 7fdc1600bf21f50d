"""Vanishing and exploding gradients."""

from nnviz.concepts.gradient_flow.charts import view
from nnviz.concepts.gradient_flow.lesson import lesson
from nnviz.concepts.gradient_flow.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
