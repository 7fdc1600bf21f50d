"""Ensembles: many networks, one answer, and what their differences are worth."""

from nnviz.concepts.ensembles.charts import view
from nnviz.concepts.ensembles.lesson import lesson
from nnviz.concepts.ensembles.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
