"""Tables in people's files: reading them, typed columns, all-or-nothing imports through services."""
