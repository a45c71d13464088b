"""gunicorn --config python:lusong_edu.gunicorn_conf, in production; each value can be set in the environment.

Synchronous workers: the proxy in front takes silent and slow connections off them (docs/performance.md), and
no page waits for another's thread. As many pages are made at the same time as there are workers. A socket
that systemd holds is taken over by itself.
"""

import os

from lusong_edu.settings.environment import env

bind = env.str("LUSONG_BIND", default="127.0.0.1:8000")
worker_class = "sync"
workers = env.int("LUSONG_WEB_WORKERS", default=min(2 * (os.cpu_count() or 1) + 1, 7))
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a heartbeat file must not wait for a disk  # nosec B108
graceful_timeout = 20
# A file of 200,000 figures is confirmed in one request, the longest there is (docs/deploy.md).
timeout = 180
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
# Each request is written by the application itself, without addresses and queries.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "lusong_edu.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": False},
    },
}
