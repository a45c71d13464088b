"""A server: refuses to start on anything meant for a laptop, in one sentence that names what to set."""

import re

from django.core.exceptions import ImproperlyConfigured

from lusong_edu.embedded.places import places
from lusong_edu.secrets import encryption_keys

from .base import *  # noqa: F403
from .base import DATA_DIR, EMAIL_CONFIGURED, LOGGING, STORAGES, WEBHOOK_HOSTS
from .environment import env

HOST = re.compile(r"(?!localhost)[a-z0-9-]+(\.[a-z0-9-]*[a-z][a-z0-9-]*)+(:\d+)?")
"""A host's name; no address, no wildcard, no scheme."""


def required(variable: str, example: str) -> str:
    """The variable's value, or a refusal that says how to set it."""
    if value := env.str(variable, default=""):
        return value
    raise ImproperlyConfigured(
        f"Set {variable} (for example {example}): production never uses a built-in one."
    )


required("DATABASE_URL", "postgresql://lusong:password@db:5432/lusong")
required("REDIS_URL", "redis://redis:6379/0")
if any(str(places(DATA_DIR).sockets) in env.str(name) for name in ("DATABASE_URL", "REDIS_URL")):
    raise ImproperlyConfigured(
        "Set DATABASE_URL and REDIS_URL to servers of their own: those embedded in LUSONG_DATA_DIR end with "
        "the program that uses them."
    )
if env.str("REPLICA_DATABASE_URL", default="") == env.str("DATABASE_URL"):
    raise ImproperlyConfigured(
        "Set REPLICA_DATABASE_URL to a streaming replica of DATABASE_URL's server, or leave it unset: "
        "this is the server itself."
    )
if not EMAIL_CONFIGURED and not env.bool("LUSONG_WITHOUT_EMAIL", default=False):
    raise ImproperlyConfigured(
        "Set EMAIL_URL (for example smtp+tls://user:password@mail.example.gov.cn:587), or "
        "LUSONG_WITHOUT_EMAIL=true when notices are to stay in the platform."
    )
if not all(HOST.fullmatch(host) for host in WEBHOOK_HOSTS):
    raise ImproperlyConfigured(
        "Set LUSONG_WEBHOOK_HOSTS to exact host names (host or host:port, comma-separated), or leave it "
        "unset for 企业微信 and 钉钉: production posts nowhere else."
    )

SECRET_KEY = required("SECRET_KEY", "the output of: openssl rand -base64 48")
if len(SECRET_KEY) < 40 or SECRET_KEY.startswith(("change", "django-insecure")):
    raise ImproperlyConfigured("Set SECRET_KEY to at least 40 random characters: this one can be guessed.")
SECOND_STEP_KEYS = encryption_keys(
    "LUSONG_SECOND_STEP_KEYS", env.str("LUSONG_SECOND_STEP_KEYS", default=""), not_this=SECRET_KEY
)

ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS", "tracker.example.gov.cn").split(",")]
if any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the exact host names: production accepts no wildcard.")

if env.bool("LUSONG_DEBUG", default=False) or env.bool("DEBUG", default=False):
    raise ImproperlyConfigured(
        "Unset LUSONG_DEBUG and DEBUG: production never shows stack traces to a visitor."
    )

MIGRATE_LOCK_SECONDS = env.float("LUSONG_LOCK_TIMEOUT", default=3.0)
DEBUG = False
LOGGING["handlers"]["console"]["formatter"] = env.str("LUSONG_LOG_FORMAT", default="json")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS])
STORAGES = {
    **STORAGES,
    # Read by the proxy's account, other than what people upload.
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# The proxy that ends TLS; more, where it stands behind another. Wrong, everybody has the proxy's address.
PROXIES = env.int("LUSONG_PROXIES", default=1)
SECOND_STEP_FOR_ADMINISTRATORS = env.bool("LUSONG_SECOND_STEP_FOR_ADMINISTRATORS", default=True)
REFUSE_DEMO_ACCOUNTS = not env.bool("LUSONG_ALLOW_DEMO_ACCOUNTS", default=False)
