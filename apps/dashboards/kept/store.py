"""Where kept pages lie: in this process, and for all processes in the shared cache."""

from __future__ import annotations

import zlib
from collections import OrderedDict

from django.core.cache import cache

SECONDS = 30 * 60
MOST = 100

_near: OrderedDict[str, str] = OrderedDict()


def get(key: str) -> str | None:
    if (html := _near.get(key)) is not None:
        _near.move_to_end(key)
        return html
    packed = cache.get(f"page:{key}")
    if packed is None:
        return None
    return _put_near(key, zlib.decompress(packed).decode())


def put(key: str, html: str) -> None:
    cache.set(f"page:{key}", zlib.compress(html.encode(), 1), SECONDS)
    _put_near(key, html)


def forget() -> None:
    """Forget what this process keeps; the shared cache is left alone."""
    _near.clear()


def _put_near(key: str, html: str) -> str:
    """A key names its content for good, so that nothing here can be out of date."""
    _near[key] = html
    while len(_near) > MOST:
        _near.popitem(last=False)
    return html
