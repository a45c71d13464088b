"""A laptop: embedded servers, a secret key of its own, no stack traces unless asked for."""

from lusong_edu.secrets import encryption_keys, local_encryption_key, local_secret_key

from .base import *  # noqa: F403
from .base import DATA_DIR, STATIC_ROOT
from .environment import env

DEBUG = env.bool("LUSONG_DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key(DATA_DIR)
SECOND_STEP_KEYS = encryption_keys(
    "LUSONG_SECOND_STEP_KEYS",
    env.str("LUSONG_SECOND_STEP_KEYS", default="") or local_encryption_key(DATA_DIR),
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
