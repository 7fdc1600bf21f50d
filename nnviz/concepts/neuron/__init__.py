"""A neuron, and many: the room of questions 1 and 2."""

from nnviz.concepts.neuron.charts import view
from nnviz.concepts.neuron.lesson import lesson
from nnviz.concepts.neuron.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
