"""Measurements: each is one command that prints a table and ratios measured in one run."""
