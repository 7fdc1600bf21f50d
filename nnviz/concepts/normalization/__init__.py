"""Normalizing inputs."""

from nnviz.concepts.normalization.charts import view
from nnviz.concepts.normalization.lesson import lesson
from nnviz.concepts.normalization.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
