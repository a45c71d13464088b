"""A plan's records as tables for people's files."""
