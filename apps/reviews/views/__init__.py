from apps.reviews.views.bulk import bulk
from apps.reviews.views.first_pass import first_pass
from apps.reviews.views.letter import letter
from apps.reviews.views.queue import queue
from apps.reviews.views.review import review

__all__ = ["bulk", "first_pass", "letter", "queue", "review"]
