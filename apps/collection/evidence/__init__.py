"""Files that support a return: what they really are, what they may not hold, how they are kept and shown."""
