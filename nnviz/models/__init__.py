"""Networks that two or more pages use."""
