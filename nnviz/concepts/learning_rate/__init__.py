"""The learning rate."""

from nnviz.concepts.learning_rate.charts import view
from nnviz.concepts.learning_rate.lesson import lesson
from nnviz.concepts.learning_rate.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
