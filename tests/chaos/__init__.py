"""Kills each part of a running system at each step of the work and looks what is lost: make chaos.

It takes minutes and is not part of the suite. What it shows to be fragile gets a test of its own.
"""
