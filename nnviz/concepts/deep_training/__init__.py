"""Why deep nets are hard."""

from nnviz.concepts.deep_training.charts import view
from nnviz.concepts.deep_training.lesson import lesson
from nnviz.concepts.deep_training.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
