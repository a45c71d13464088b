"""What cannot run here is checked by its own schema; what must not run refuses in one sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

from lusong_edu.celery import refuse_demo_accounts as refuse_in_celery
from lusong_edu.demo_accounts import check_demo_accounts, refuse_demo_accounts
from tests.factories import UserFactory

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DATABASE_URL": "postgresql://lusong:secret@db:5432/lusong",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "k" * 20 + "0123456789" * 4,
    "ALLOWED_HOSTS": "tracker.example.gov.cn",
}


def production_check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; settings.DEBUG; print('started')"],
        cwd=ROOT,
        env=clean | {"DJANGO_SETTINGS_MODULE": "lusong_edu.settings.production"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_when_everything_is_named():
    assert production_check(GOOD).stdout.strip() == "started"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "django-insecure-" + "x" * 60),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ".gov.cn"),
        ("LUSONG_DEBUG", "1"),
        ("DEBUG", "true"),
    ],
)
def test_production_refuses_and_names_what_to_set(variable, value):
    done = production_check(GOOD | {variable: value})
    assert done.returncode != 0
    refusal = done.stderr.strip().splitlines()[-1]
    assert refusal.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert variable in refusal


def test_compose_file_satisfies_the_compose_specification():
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_compose_service_that_stays_is_checked_and_comes_back():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    lasting = {name: service for name, service in services.items() if name != "migrate"}
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []
    assert [name for name, service in lasting.items() if service["restart"] != "unless-stopped"] == []


def test_worker_in_compose_serves_every_queue():
    from lusong_edu.celery import QUEUES

    command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["worker"]["command"]
    assert command[command.index("-Q") + 1] == ",".join(QUEUES)


def test_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER lusong"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-embedded.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_and_direct_ones_give_their_reason(name):
    direct, needed = (ROOT / name).read_text().split("# What those need.")
    for line in [*direct.splitlines(), *needed.splitlines()]:
        if line and not line.startswith("#"):
            assert re.match(r"^[A-Za-z0-9_.-]+==[^ ]+", line), line
    without_reason = [
        line for line in direct.splitlines() if line and not line.startswith("#") and "  # " not in line
    ]
    assert without_reason == []


@pytest.mark.django_db
def test_production_refuses_active_demo_accounts(settings):
    settings.REFUSE_DEMO_ACCOUNTS = True
    assert (check_demo_accounts(), refuse_demo_accounts()) == ([], None)
    demo = UserFactory(role="administrator", is_demo=True)
    with pytest.raises(ImproperlyConfigured, match=r"^1 demonstration accounts with a public password"):
        refuse_demo_accounts()
    with pytest.raises(SystemExit, match=r"^error: 1 demonstration accounts"):
        refuse_in_celery()
    assert [error.id for error in check_demo_accounts()] == ["lusong.E001"]
    demo.is_active = False
    demo.save()
    assert check_demo_accounts() == []


def test_image_is_built_without_a_database():
    done = subprocess.run(
        [sys.executable, "-c", "import lusong_edu.wsgi; print('started')"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "lusong_edu.settings.production"}
        | GOOD
        | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "started", done.stderr
