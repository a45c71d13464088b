"""Settings every environment shares."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pghistory
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from lusong_edu import embedded

from .administration import UNFOLD as UNFOLD
from .environment import BASE_DIR, data_dir, env

DATA_DIR = data_dir()
SHORTEST_RETENTION_DAYS = 183
DEBUG = False
ROOT_URLCONF = "lusong_edu.urls"
WSGI_APPLICATION = "lusong_edu.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "apps.core.admin_site.LusongAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "lusong_edu.apps.ServedFilesConfig",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "import_export",
    "lusong_edu.apps.ProjectConfig",
    "apps.core",
    "apps.accounts",
    "apps.organisations",
    "apps.plans",
    "apps.collection",
    "apps.reviews",
    "apps.rollups",
    "apps.dashboards",
    "apps.reports",
    "apps.demo",
]

MIDDLEWARE = [
    "lusong_edu.health.middleware.MachineMiddleware",
    "apps.core.requests.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.core.headers.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lusong_edu.health.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "apps.core.middleware.ChosenLanguageMiddleware",
    "apps.core.limits.RequestSizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.core.middleware.NoNullMiddleware",
    "apps.core.room.RoomMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.security.middleware.SecurityLogMiddleware",
    "apps.accounts.security.limiting.RateMiddleware",
    "apps.accounts.security.middleware.ActivityMiddleware",
    "apps.accounts.middleware.PasswordChangeMiddleware",
    "apps.accounts.security.middleware.SecondStepMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.audit.context.AuditContextMiddleware",
    "apps.core.middleware.BusinessDateMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context_processors.business_date",
                "apps.accounts.context_processors.navigation",
                "apps.dashboards.kept.slots.context",
            ]
        },
    }
]


def database_from_environment() -> dict[str, Any]:
    """DATABASE_URL's server, else the embedded one, whose socket is known before it runs."""
    if env.str("DATABASE_URL", default=""):
        return {**env.db("DATABASE_URL"), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return {**embedded.database_settings(DATA_DIR), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def replica_from_environment() -> dict[str, Any] | None:
    """REPLICA_DATABASE_URL's server, given up within seconds; None without one."""
    if not env.str("REPLICA_DATABASE_URL", default=""):
        return None
    found = {**env.db("REPLICA_DATABASE_URL"), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    found["HOST"] = unquote(found["HOST"])  # a socket's folder
    patience = {"connect_timeout": 2, "tcp_user_timeout": 3000, "options": "-c statement_timeout=30000"}
    return found | {"OPTIONS": patience | found.get("OPTIONS", {}), "TEST": {"MIRROR": "default"}}


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis URL: a socket is redis+socket:// with virtual_host instead of db."""
    if redis_url.startswith("unix://"):
        return redis_url.replace("unix://", "redis+socket://", 1).replace("db=", "virtual_host=", 1)
    return redis_url


DATABASES: dict[str, dict[str, Any]] = {"default": database_from_environment()}
# A streaming replica that answers pages of dashboards and reports while it is at most this far behind.
REPLICA_LAG_SECONDS = env.int("LUSONG_REPLICA_LAG_SECONDS", default=10)
if replica := replica_from_environment():
    DATABASES["replica"] = replica
    DATABASE_ROUTERS = ["lusong_edu.replica.router.ReplicaRouter"]
    MIDDLEWARE.append("lusong_edu.replica.middleware.ReplicaMiddleware")
REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url(DATA_DIR)
REDIS_KEY_PREFIX = "lusong"

CACHES = {
    "default": {
        "BACKEND": "lusong_edu.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_KEY_PREFIX,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},
    }
}

REFUSE_DEMO_ACCOUNTS = False

# E-mail is an extra: notices live in the platform. EMAIL_URL=smtp+tls://user:password@host:587
EMAIL_CONFIGURED = bool(env.str("EMAIL_URL", default=""))
if EMAIL_CONFIGURED:
    vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("LUSONG_MAIL_FROM", default="lusong-tracker@localhost")
EMAIL_TIMEOUT = 20
# How people reach the platform (https://tracker.example.gov.cn): links in e-mails about reports.
PUBLIC_URL = env.str("LUSONG_PUBLIC_URL", default="").rstrip("/")
# Group robots: these hosts alone are ever posted to (host, or host:port), within this many seconds.
WEBHOOK_HOSTS = env.list("LUSONG_WEBHOOK_HOSTS", default=["qyapi.weixin.qq.com", "oapi.dingtalk.com"])
WEBHOOK_SECONDS = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS += [
    {"NAME": "apps.accounts.validators.LengthValidator"},
    {"NAME": "apps.accounts.validators.MixedCharactersValidator"},
]
AUTHENTICATION_BACKENDS = ["apps.accounts.security.backends.AccountBackend"]
# A link for a new password, sent by e-mail, works so long.
PASSWORD_RESET_TIMEOUT = 30 * 60
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
# Failures until nobody gets in by the account or from the address. A school's people share an address.
LOGIN_FAILURES = {
    "account": env.int("LUSONG_LOGIN_FAILURES", default=5),
    "address": env.int("LUSONG_LOGIN_FAILURES_OF_ADDRESS", default=50),
}
LOGIN_LOCK_MINUTES = env.int("LUSONG_LOGIN_LOCK_MINUTES", default=15)
SECOND_STEP_FOR_ADMINISTRATORS = env.bool("LUSONG_SECOND_STEP_FOR_ADMINISTRATORS", default=False)
# A minute: logins by address, files in and out by person. Nothing is limited while Redis is away.
RATE_LIMITS = {
    "login": env.int("LUSONG_LOGINS_A_MINUTE", default=300),
    "upload": env.int("LUSONG_UPLOADS_A_MINUTE", default=60),
    "export": env.int("LUSONG_EXPORTS_A_MINUTE", default=60),
}
# Larger than any file that is taken; forms without files are far below.
LARGEST_REQUEST = env.int("LUSONG_LARGEST_REQUEST_MB", default=32) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "apps.core.room.RoomyUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Proxies between the visitor and this server: each appends whom it heard to X-Forwarded-For.
PROXIES = env.int("LUSONG_PROXIES", default=0)
CSRF_FAILURE_VIEW = "apps.core.views.csrf_failure"
SESSION_ENGINE = "apps.accounts.security.sessions"
# A login ends this long after it began, and this long after its last use.
SESSION_COOKIE_AGE = env.int("LUSONG_SESSION_HOURS", default=12) * 60 * 60
SESSION_IDLE_MINUTES = env.int("LUSONG_IDLE_MINUTES", default=30)
# What open pages ask by themselves is no use of them.
SESSION_PASSIVE_VIEWS = frozenset({"dashboards:pulse", "healthz"})
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_SAMESITE = "Lax"
# Plotly makes style elements; scripts are files of this server, and none is made from text.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "frame-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# unfold's templates hold scripts, and its Alpine makes functions from attributes.
ADMINISTRATION_CSP = {"script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"]}
REFUSED_FEATURES = (
    *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
    *("microphone", "midi", "payment", "publickey-credentials-get", "usb", "xr-spatial-tracking"),
)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("LUSONG_STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS: list[Any] = [
    *([BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "lusong_edu.vendor.VendorFinder",
]
# Compressed when they are gathered, which takes its time: not what only tools of developers ask for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br", "woff", "woff2"),
    "map",
)
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/no-direct-media/"
FILE_UPLOAD_PERMISSIONS = 0o640
EVIDENCE_LARGEST = env.int("EVIDENCE_LARGEST_MB", default=10) * 1024 * 1024
# tcp://host:3310 or unix:///run/clamav/clamd.ctl; empty: files are not scanned for viruses.
CLAMD_URL = env.str("CLAMD_URL", default="")
# What happens to a file while the scanner does not answer: refuse, or quarantine until it does.
EVIDENCE_WITHOUT_SCANNER = env.str("EVIDENCE_WITHOUT_SCANNER", default="refuse")
# What was made in the background: how long it may take, and for how many days the file is kept.
JOB_SECONDS = env.int("LUSONG_JOB_SECONDS", default=600)
JOB_FILES_KEPT_DAYS = env.int("LUSONG_JOB_FILES_KEPT_DAYS", default=90)
# LibreOffice, which turns Word into PDF: its program (empty: soffice on PATH), seconds for one file.
SOFFICE = env.str("SOFFICE", default="")
SOFFICE_SECONDS = env.int("LUSONG_SOFFICE_SECONDS", default=120)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

PGHISTORY_APPEND_ONLY = True
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history", related_query_name="history")

# Fingerprints of each day's audit rows: a folder that is copied to where this server cannot write.
AUDIT_DIGEST_DIR = Path(env.str("AUDIT_DIGEST_DIR", default=str(DATA_DIR / "audit")))
# For how long audit and security log are kept; older rows go by prune_audit alone, never by themselves.
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", default=3 * 366)
if AUDIT_RETENTION_DAYS < SHORTEST_RETENTION_DAYS:
    raise ImproperlyConfigured(
        f"Set AUDIT_RETENTION_DAYS to {SHORTEST_RETENTION_DAYS} or more (unset: three years):"
        " the law asks for logs of at least six months."
    )

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A process that large documents have left with more than this ends with its task and is forked anew.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.int("LUSONG_WORKER_MEMORY_MB", default=250) * 1024
# Celery closes database connections before and after each task unless it is told after how many; statements
# that a connection has planned would be planned anew for each acceptance. `tracing` looks at them instead.
CELERY_DB_REUSE_MAX = 2**31
# A process is there when its rehearsal is over, which takes seconds on a busy machine.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 1.0
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,
    "global_keyprefix": f"{REDIS_KEY_PREFIX}:",
    "socket_connect_timeout": 1.0,
    "socket_keepalive": True,
    "max_retries": 0,
    "interval_start": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_ROUTES = {
    "apps.rollups.tasks.*": {"queue": "rollup"},
    "apps.reports.tasks.*": {"queue": "reports"},
}
# Who may read /metrics: machines at these addresses that come directly, and whoever brings the token.
METRICS_ALLOW = env.list("METRICS_ALLOW", default=["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# How long migrate waits for a table that people use before it lets them through and tries again; 0: for ever.
MIGRATE_LOCK_SECONDS = env.float("LUSONG_LOCK_TIMEOUT", default=0.0)
SWEEP_SECONDS = env.float("LUSONG_SWEEP_SECONDS", default=20.0)
CELERY_BEAT_SCHEDULER = "lusong_edu.beat.SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep-stale-results": {
        "task": "apps.rollups.tasks.sweep_stale_results",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "sweep-jobs": {
        "task": "apps.core.tasks.sweep_jobs",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    # A worker says whether it has LibreOffice: pages are made by another process, perhaps on another host.
    "run-report-schedules": {
        "task": "apps.reports.tasks.run_schedules",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 4 * 60},
    },
    "tell-corrections": {
        "task": "apps.reports.tasks.tell_corrections",
        "schedule": crontab(minute="*/2"),
        "options": {"expires": 110},
    },
    "show-office": {
        "task": "apps.reports.tasks.show_office",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "purge-job-files": {
        "task": "apps.core.tasks.purge_job_files",
        "schedule": crontab(hour=3, minute=40),
    },
    "nightly-rebuild": {
        "task": "apps.rollups.tasks.nightly_rebuild",
        "schedule": crontab(hour=2, minute=30),
    },
    # Days that were missed are made up for; the fingerprints of a day are taken once.
    "digest-audit": {
        "task": "apps.core.tasks.digest_audit",
        "schedule": crontab(hour="1-23/6", minute=40),
    },
    "clear-sessions": {
        "task": "apps.core.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=50),
    },
    # In the first night of a new version: until then an earlier one may run beside it, which reads no other.
    "seal-second-steps": {
        "task": "apps.accounts.tasks.seal_second_steps",
        "schedule": crontab(hour=4, minute=0),
    },
    # Every hour, so that a machine that was off at midnight catches up; a period is noted once.
    "watch-periods": {
        "task": "apps.collection.tasks.watch_periods",
        "schedule": crontab(minute=5),
    },
    "scan-waiting-evidence": {
        "task": "apps.collection.tasks.scan_waiting_evidence",
        "schedule": crontab(minute="*/10"),
    },
    # Reminders keep their day by themselves: a run more or less changes nothing.
    "remind": {
        "task": "apps.collection.tasks.remind",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 14 * 60},
    },
    **{
        f"show-life-{queue}": {
            "task": "apps.core.tasks.show_life",
            "args": (queue,),
            "schedule": 60.0,
            "options": {"queue": queue, "expires": 55},
        }
        for queue in ("rollup", "reports", "default")
    },
}

LOG_FORMAT = env.str("LUSONG_LOG_FORMAT", default="line")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "lusong_edu.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
