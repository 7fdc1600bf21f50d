"""Adversarial attacks and defences (Q41)."""

from nnviz.concepts.adversarial.charts import view
from nnviz.concepts.adversarial.lesson import lesson
from nnviz.concepts.adversarial.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
