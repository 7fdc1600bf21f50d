"""Build your own network."""

from nnviz.concepts.playground.charts import view
from nnviz.concepts.playground.lesson import lesson
from nnviz.concepts.playground.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
