"""Long work in the background: asked for once, followed by a bar, cancelled, tried again, kept a while."""
