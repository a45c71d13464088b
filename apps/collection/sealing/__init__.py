"""The form that gets the seal: what was handed in is kept with its hash, and a paper can be checked."""
