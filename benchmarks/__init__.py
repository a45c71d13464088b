"""Measurements of the product against floors that run beside them: `make bench`. Never part of the tests."""
