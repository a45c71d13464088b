"""The worker fixture runs real tasks on the test's own Redis number."""

import pytest
from django.conf import settings
from django.core.cache import cache

from lusong_edu.celery import app

pytestmark = pytest.mark.worker


def test_worker_answers_and_comes_back_after_kill(celery_worker_process):
    assert app.control.ping(timeout=20, limit=1) != []
    celery_worker_process.kill()
    celery_worker_process.start()
    assert app.control.ping(timeout=20, limit=1) != []


def test_cache_is_this_workers_own():
    cache.set("key", "value", 10)
    assert cache.get("key") == "value"
    assert settings.REDIS_KEY_PREFIX.startswith("lusong-test-")
