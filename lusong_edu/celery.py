"""The Celery application: queues rollup, reports and default."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lusong_edu.settings.local")

app = Celery("lusong_edu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

QUEUES = ("rollup", "reports", "default")
