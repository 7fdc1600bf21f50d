"""Weight initialization."""

from nnviz.concepts.initialization.charts import view
from nnviz.concepts.initialization.lesson import lesson
from nnviz.concepts.initialization.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
