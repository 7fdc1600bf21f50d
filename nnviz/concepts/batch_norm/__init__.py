"""Batch normalization."""

from nnviz.concepts.batch_norm.charts import view
from nnviz.concepts.batch_norm.lesson import lesson
from nnviz.concepts.batch_norm.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
