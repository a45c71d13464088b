"""Real PostgreSQL and Redis from wheels, for a laptop and for tests.

A keeper process owns the servers of one data folder. Whoever needs them holds a lease, a shared file
lock; when the last holder is gone, however it went, the keeper stops the servers and leaves.
"""

from .errors import EmbeddedError
from .lease import Lease, attach
from .places import database_settings, redis_url

__all__ = ["EmbeddedError", "Lease", "attach", "database_settings", "redis_url"]
