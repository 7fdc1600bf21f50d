"""Loss functions: the room of questions 8 and 9."""

from nnviz.concepts.losses.charts import view
from nnviz.concepts.losses.lesson import lesson
from nnviz.concepts.losses.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
