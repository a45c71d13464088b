"""People at work on the running system, through its web server, as a browser would send it."""

from __future__ import annotations

from typing import Any

import lxml.html
import requests
from django.conf import settings
from django.test import Client

SECONDS = 20


class Person:
    """A signed-in user who opens pages and sends their forms."""

    def __init__(self, user: Any, home: str) -> None:
        client = Client()
        client.force_login(user)
        self.home = home
        self.session = requests.Session()
        self.session.headers["User-Agent"] = client.session.get("agent", "")
        for name in (settings.SESSION_COOKIE_NAME,):
            self.session.cookies.set(name, client.cookies[name].value)

    def open(self, path: str) -> lxml.html.HtmlElement:
        answer = self.session.get(self.home + path, timeout=SECONDS)
        answer.raise_for_status()
        return lxml.html.fromstring(answer.content, base_url=answer.url)

    def fetch(self, path: str) -> bytes:
        answer = self.session.get(self.home + path, timeout=SECONDS)
        answer.raise_for_status()
        return bytes(answer.content)

    def form(self, path: str, where: str = "//main//form[@method='post']") -> dict[str, str]:
        """The fields of a page's form as they stand, with its CSRF token."""
        found = self.open(path).xpath(where)
        return dict(found[-1].form_values())

    def send(self, path: str, fields: dict[str, str], **files: Any) -> bool:
        """Send a form; True when the platform said that it is done (it leads on to another page)."""
        answer = self.session.post(
            self.home + path,
            data=fields,
            files=files or None,
            headers={"Referer": self.home + path},
            allow_redirects=False,
            timeout=SECONDS,
        )
        self.last = answer
        return answer.status_code == 302
