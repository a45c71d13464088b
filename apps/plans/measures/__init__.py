"""Measures 举措: how far each is, its steps, and the closing of it by a second pair of eyes."""
