"""Chasing: due dates and extensions, reminders, notices, what leaves the building, and supervision orders."""
