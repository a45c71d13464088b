"""What an audit row says of the request that made it: actor, page, address and the request's number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware

from apps.core.requests import origin


class AuditContextMiddleware(HistoryMiddleware):
    """pghistory's, with the visitor's address and the request's number."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        here = origin()
        return {**super().get_context(request), "address": here.address, "request": here.number}
