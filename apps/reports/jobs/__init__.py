"""Reports made in the background: which there are, who may have them, and a person's list of them."""
