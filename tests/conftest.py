"""One PostgreSQL and Redis per run, a database for every xdist worker, a real Celery and Chromium."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from django.utils.translation.reloader import translation_file_changed

from apps.dashboards.kept import pages as kept
from lusong_edu import embedded
from lusong_edu.messages import compile_messages
from lusong_edu.settings import environment
from tests.support import databases, schema, under_way
from tests.support.browser import chromium_arguments, chromium_path, watch
from tests.support.celery_worker import CeleryWorker
from tests.support.office import require_office

RESULTS = Path("test-results")


def pytest_configure(config: pytest.Config) -> None:
    """Starts what the run shares, in the controlling process; the servers end with it, even by kill -9."""
    under_way.follow()
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    compile_messages()
    translation_file_changed(None, Path("django.mo"))  # what was read before compiling is forgotten
    databases.begin_run()
    services = environment.embedded_services()
    if services:
        data = settings.DATA_DIR
        os.environ["LUSONG_TEST_DIR"] = str(data)
        lease = embedded.attach(data, services, throw_away=True, linger=0.2)
        config.add_cleanup(lease.close_and_wait)
    else:
        config.add_cleanup(databases.drop_all)


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_tables() -> Iterator[None]:
    """A test that commits is cleaned up by TRUNCATE, which triggers of kept tables refuse to everybody."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call" and report.failed and "page" in getattr(item, "funcargs", {}):
        RESULTS.mkdir(exist_ok=True)
        report.sections.append(("requests", under_way.told()))
        item.funcargs["page"].screenshot(path=RESULTS / f"{item.name}.png", full_page=True)
    return report


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Each test begins with an empty cache and no message waiting, in this worker's own Redis database."""
    cache.clear()
    kept.forget()
    return


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker
) -> None:
    """The test database is a copy of one that is migrated already."""
    with django_db_blocker.unblock():
        schema.provide()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """At the end, whoever still holds the test database (a server's thread) is cut off first."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def celery_worker_process(transactional_db: None, tmp_path: Path) -> Iterator[CeleryWorker]:
    """A real Celery worker on the test database: `.kill()` it, `.start()` it again, read its `.log`."""
    worker = CeleryWorker(tmp_path / "celery.log")
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture(scope="session")
def office() -> None:
    """LibreOffice and a reader of its PDF files; without them the test fails."""
    require_office()


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """The system's Chromium."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop running, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=chromium_arguments())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, live_server) -> Iterator:
    """A Chinese browser page on the live server; a script error or a request elsewhere fails the test."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 800},
    )
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints = watch(opened, live_server.url)
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def login_page(page, live_server) -> Callable:
    """Signs a user in to the page without the login form: login_page(user)."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return sign_in
