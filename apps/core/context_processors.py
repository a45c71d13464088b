from __future__ import annotations

from django.http import HttpRequest


def business_date(request: HttpRequest) -> dict[str, object]:
    """Give templates `business_date` and `business_clock_fixed` as the middleware read them."""
    return {
        "business_date": getattr(request, "business_date", None),
        "business_clock_fixed": getattr(request, "business_clock_fixed", False),
    }
