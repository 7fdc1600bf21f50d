"""SHAP and LIME (Q44)."""

from nnviz.concepts.shap_lime.charts import view
from nnviz.concepts.shap_lime.lesson import lesson
from nnviz.concepts.shap_lime.model import Params, run

__all__ = ["Params", "lesson", "run", "view"]
