"""Early stopping: where training should have ended, and where the rule ends it."""

from nnviz.concepts.early_stopping.charts import view
from nnviz.concepts.early_stopping.lesson import lesson
from nnviz.concepts.early_stopping.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
