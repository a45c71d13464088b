"""The test suite: its own servers in a throw-away folder, shared by the pytest processes of one run."""

import os
import tempfile
from pathlib import Path

from lusong_edu import embedded

from .base import *  # noqa: F403
from .base import CELERY_BROKER_TRANSPORT_OPTIONS, STORAGES, broker_url
from .environment import env
from .test_servers import with_redis_number

DATA_DIR = Path(
    env.str("LUSONG_TEST_DIR", default=f"{tempfile.gettempdir()}/lusong-test-{os.getuid()}-{os.getpid()}")
)
WORKER = env.str("PYTEST_XDIST_WORKER", default="master")

SECRET_KEY = "for-tests-only"  # no secret  # nosec B105
SECOND_STEP_KEYS = ["Zm9yLXRlc3RzLW9ubHktZm9yLXRlc3RzLW9ubHktMzI="]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
DATABASES = {
    "default": env.db("DATABASE_URL")
    if env.str("DATABASE_URL", default="")
    else embedded.database_settings(DATA_DIR)
}
if test_database := env.str("LUSONG_TEST_DATABASE", default=""):  # a Celery worker that a test started
    DATABASES["default"]["NAME"] = test_database
REDIS_URL = with_redis_number(env.str("REDIS_URL", default="") or embedded.redis_url(DATA_DIR), WORKER)
REDIS_KEY_PREFIX = f"lusong-test-{WORKER}"
CACHES = {
    "default": {
        "BACKEND": "lusong_edu.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_KEY_PREFIX,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},
    }
}
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "global_keyprefix": f"{REDIS_KEY_PREFIX}:",
}
RATE_LIMITS = dict.fromkeys(("login", "upload", "export"), 10_000)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = DATA_DIR / f"media-{WORKER}"
AUDIT_DIGEST_DIR = DATA_DIR / f"audit-{WORKER}"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
