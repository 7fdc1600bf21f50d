"""Momentum: a heavy ball in a ravine."""

from nnviz.concepts.momentum.charts import view
from nnviz.concepts.momentum.lesson import lesson
from nnviz.concepts.momentum.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
