"""One page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from apps.plans.models import AnnualPlan


@login_required
def minimal(request: HttpRequest) -> HttpResponse:
    """Say which plan there is."""
    return HttpResponse(f"{request.user}: {AnnualPlan.objects.values_list('title', flat=True).first()}")


urlpatterns = [path("minimal/", minimal)]
