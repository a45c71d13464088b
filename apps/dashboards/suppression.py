"""Small numbers: who may see which figure. The rule is the roll-ups' own, because explanations keep it too."""

from apps.rollups.suppression import Viewer, hidden_parts, hides_total, is_small, viewer_of

__all__ = ["Viewer", "hidden_parts", "hides_total", "is_small", "viewer_of"]
