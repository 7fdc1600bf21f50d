"""Dropout: units flicker out in training, all of them answer at test."""

from nnviz.concepts.dropout.charts import view
from nnviz.concepts.dropout.lesson import lesson
from nnviz.concepts.dropout.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
