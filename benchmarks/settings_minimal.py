"""The least that a page for people who are logged in can be: session, user, one query."""

from lusong_edu.settings.production import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls_minimal"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
