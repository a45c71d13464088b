"""What the bureau's rules say about the facts of one return, and how often each was right."""
