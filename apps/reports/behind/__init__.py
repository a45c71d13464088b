"""What a release shows to be behind: per office, as a circular (通报) and as supervision orders (督办单)."""
