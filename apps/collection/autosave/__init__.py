"""The form while it is being filled: each fact saved by itself, and how long it took."""
