"""Adversarial attacks and defences (Q41)."""

from nnviz.ui.page import show

show("adversarial")
