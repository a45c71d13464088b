"""Runs the whole system on one machine: python -m lusong_edu.supervisor."""
