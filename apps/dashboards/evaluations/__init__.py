"""Pages of the national evaluations."""
