"""Targets, what they start from and what stands beside them."""
