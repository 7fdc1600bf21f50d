"""shap_lime."""

from nnviz.ui.page import show

show("shap-lime")
