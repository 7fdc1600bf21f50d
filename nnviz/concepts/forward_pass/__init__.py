"""Forward propagation: the room of question 5."""

from nnviz.concepts.forward_pass.charts import view
from nnviz.concepts.forward_pass.lesson import lesson
from nnviz.concepts.forward_pass.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
