"""How the processes of one test run share a Redis server."""

import re
from urllib.parse import urlsplit, urlunsplit


def with_redis_number(url: str, worker: str) -> str:
    """The URL with a database number of the worker's own: gw0 → 1, gw1 → 2, no xdist → 0 (of 64)."""
    digits = re.sub(r"\D", "", worker)
    number = (int(digits) + 1) % 64 if digits else 0
    if url.startswith("unix://"):
        return re.sub(r"db=\d+", f"db={number}", url)
    return urlunsplit(urlsplit(url)._replace(path=f"/{number % 16}"))
