"""What a browser says of itself, in words: pure."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The first that occurs counts: Chinese browsers also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS: tuple[tuple[str, str | Promise], ...] = (
    ("wxwork", _("WeCom")),
    ("MicroMessenger", _("WeChat")),
    ("DingTalk", _("DingTalk")),
    ("QIHU", _("360 browser")),
    ("360SE", _("360 browser")),
    ("QQBrowser", _("QQ browser")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: tuple[tuple[str, str | Promise], ...] = (
    ("HarmonyOS", _("HarmonyOS")),
    ("Android", _("Android")),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def words(agent: str) -> str:
    """Return browser and system, such as "Edge · Windows"."""
    found = [_first(agent, BROWSERS), _first(agent, SYSTEMS)]
    return " · ".join(str(word) for word in found if word) or str(_("unknown browser"))


def _first(agent: str, known: tuple[tuple[str, str | Promise], ...]) -> str | Promise | None:
    return next((word for mark, word in known if mark in agent), None)
