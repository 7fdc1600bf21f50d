"""Batch size: the room of question 49."""

from nnviz.concepts.batch_size.charts import view
from nnviz.concepts.batch_size.lesson import lesson
from nnviz.concepts.batch_size.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
