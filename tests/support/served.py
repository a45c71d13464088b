"""A browser that is answered by Django's test client: no server, the test's own transaction, any user."""

from contextvars import copy_context

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

HOME = "http://lusong.test"


def serve(context, user) -> None:
    """Answer every request of a browser context as `user` would be answered; other hosts fail."""
    client = Client()
    client.force_login(user)
    here = copy_context()  # Playwright calls from another one, where Django would open another connection

    def ask(request, path):
        if request.method != "POST":
            return client.get(path, follow=True)
        kind = request.headers["content-type"]
        return client.post(path, request.post_data_buffer, content_type=kind, follow=True)

    def answer(route) -> None:
        path = route.request.url.removeprefix(HOME)
        if path == route.request.url:
            route.abort()
        elif path.startswith(settings.STATIC_URL):
            found = finders.find(path.removeprefix(settings.STATIC_URL).partition("?")[0])
            route.fulfill(path=found) if found else route.fulfill(status=404)
        else:
            response = here.run(ask, route.request, path)
            route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)

    context.route("**/*", answer)
