"""The perceptron learning rule: the room of question 3."""

from nnviz.concepts.perceptron.charts import view
from nnviz.concepts.perceptron.lesson import lesson
from nnviz.concepts.perceptron.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
