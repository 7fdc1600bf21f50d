"""The first experiment, on the home page: it needs NumPy alone."""

from nnviz.concepts.home.charts import view
from nnviz.concepts.home.lesson import lesson
from nnviz.concepts.home.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
