"""What cannot run here is checked by its own schema; what must not run refuses in one sentence."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

from lusong_edu import gunicorn_conf
from lusong_edu.celery import QUEUES
from lusong_edu.celery import refuse_demo_accounts as refuse_in_celery
from lusong_edu.demo_accounts import check_demo_accounts, refuse_demo_accounts
from tests.factories import UserFactory

ROOT = Path(__file__).resolve().parents[2]
ONCE = ("migrate", "backup")
"""Services of docker compose that run to their end."""
GOOD = {
    "DATABASE_URL": "postgresql://lusong:secret@db:5432/lusong",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "k" * 20 + "0123456789" * 4,
    "LUSONG_SECOND_STEP_KEYS": "Zm9yLXRlc3RzLW9ubHktZm9yLXRlc3RzLW9ubHktMzI=",
    "ALLOWED_HOSTS": "tracker.example.gov.cn",
    "LUSONG_WITHOUT_EMAIL": "true",
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
        ("LUSONG_SECOND_STEP_KEYS", ""),
        ("LUSONG_SECOND_STEP_KEYS", "k" * 43 + "="),
        ("LUSONG_SECOND_STEP_KEYS", GOOD["LUSONG_SECOND_STEP_KEYS"] + ",tooshort"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ".gov.cn"),
        ("LUSONG_DEBUG", "1"),
        ("DEBUG", "true"),
        ("DATABASE_URL", "postgresql://lusong@/lusong?host=/srv/data/run/pg"),
        ("REDIS_URL", "unix:///srv/data/run/redis.sock?db=0"),
        ("LUSONG_WITHOUT_EMAIL", ""),
        ("AUDIT_RETENTION_DAYS", "182"),
        ("LUSONG_WEBHOOK_HOSTS", "*"),
        ("LUSONG_WEBHOOK_HOSTS", "localhost:8080"),
        ("LUSONG_WEBHOOK_HOSTS", "10.0.0.1"),
        ("LUSONG_WEBHOOK_HOSTS", "https://qyapi.weixin.qq.com"),
    ],
)
def test_production_refuses_and_names_what_to_set(variable, value):
    done = production_check(GOOD | {"LUSONG_DATA_DIR": "/srv/data"} | {variable: value})
    assert done.returncode != 0
    refusal = done.stderr.strip().splitlines()[-1]
    assert refusal.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert variable in refusal


@pytest.mark.parametrize(
    "more",
    [
        {"EMAIL_URL": "smtp+tls://user:password@mail.example.gov.cn:587", "LUSONG_WITHOUT_EMAIL": ""},
        {"LUSONG_WEBHOOK_HOSTS": "qyapi.weixin.qq.com,robot.example.gov.cn:8443"},
    ],
)
def test_production_accepts_what_it_asks_for(more):
    assert production_check(GOOD | more).stdout.strip() == "started"


def test_compose_file_satisfies_the_compose_specification():
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_compose_service_that_stays_is_checked_and_comes_back():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"web", "worker", "beat", "proxy", "postgres", "redis"} | set(ONCE)
    lasting = {name: service for name, service in services.items() if name not in ONCE}
    assert [services[name]["restart"] for name in ONCE] == ["no", "no"]
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []
    assert [name for name, service in lasting.items() if service["restart"] != "unless-stopped"] == []


def test_worker_in_compose_serves_every_queue():
    command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["worker"]["command"]
    assert command[command.index("-Q") + 1] == ",".join(QUEUES)


def test_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER lusong"]


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


@pytest.mark.slow
def test_production_gathers_every_static_file(tmp_path):
    """Every file that a style sheet names is there, or collectstatic and with it the image would fail."""
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "lusong_edu.settings.production"}
        | GOOD
        | {"LUSONG_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    gathered = {path.name for path in (tmp_path / "static/vendor").rglob("*") if path.suffix == ".gz"}
    assert {name.split(".")[0] for name in gathered} == {"tabler", "plotly-basic"}
    closed = [path for path in (tmp_path / "static").rglob("*") if not path.stat().st_mode & 0o004]
    assert closed == [], "the proxy, another account, serves them"


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


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_no_container_is_root_or_writes_outside_its_volumes():
    for name, service in compose()["services"].items():
        assert service["user"].split(":")[0] not in ("0", "root"), name
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_every_lasting_container_has_limits():
    lasting = {name: one for name, one in compose()["services"].items() if name != "migrate"}
    limits = {name: set(one["deploy"]["resources"]["limits"]) for name, one in lasting.items()}
    assert limits == {name: {"cpus", "memory", "pids"} for name in lasting}


def test_only_the_proxy_is_reached_from_outside_and_no_secret_stands_in_the_file():
    found = compose()
    assert [name for name, service in found["services"].items() if "ports" in service] == ["proxy"]
    assert found["networks"]["back"]["internal"] is True
    assert {name: found["services"][name]["networks"] for name in ("postgres", "redis")} == {
        "postgres": ["back"],
        "redis": ["back"],
    }
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"(?:PASSWORD|SECRET_KEY|DATABASE_URL):", text) == []
    used = {secret for service in found["services"].values() for secret in service.get("secrets", ())}
    assert used == set(found["secrets"])


def test_the_application_does_not_own_its_tables():
    services = compose()["services"]
    assert services["migrate"]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/owner_database_url"
    for name in ("web", "worker", "beat"):
        assert services[name]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/application_database_url"
        assert "owner_database_url" not in services[name]["secrets"]


def test_secrets_are_read_from_files(tmp_path):
    given = dict(GOOD)
    (tmp_path / "key").write_text(given.pop("SECRET_KEY"))
    (tmp_path / "url").write_text(given.pop("DATABASE_URL"))
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "url")}
    assert production_check(given | files).stdout.strip() == "started"


UNITS = sorted((ROOT / "deploy/debian12").glob("lusong-*.service"))
HARDENING = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "CapabilityBoundingSet=",
    "User=lusong",
)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_units_are_closed_in(path):
    lines = path.read_text().splitlines()
    assert [word for word in HARDENING if word not in lines] == []


def test_units_start_what_the_supervisor_starts():
    text = {path.stem: path.read_text() for path in UNITS}
    assert set(text) == {"lusong-web", "lusong-worker", "lusong-beat", "lusong-backup"}
    assert f"-Q {','.join(QUEUES)} " in text["lusong-worker"]
    assert "python:lusong_edu.gunicorn_conf" in text["lusong-web"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_accepts_the_units(tmp_path):
    """The programs are not installed here: in their place stands one that is."""
    for path in (ROOT / "deploy/debian12").glob("lusong-*"):
        here = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(here)
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "lusong-" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine")
@pytest.mark.parametrize("place", ["debian12", "compose"])
def test_nginx_accepts_its_configuration(tmp_path, place):
    made = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x"]
    subprocess.run(["openssl", "req", "-x509", *curve, *made], capture_output=True, check=True)
    text = (ROOT / "deploy" / place / "nginx.conf").read_text()
    for old, new in {
        "/tmp/": f"{tmp_path}/",
        "@HOST@": "tracker.example.gov.cn",
        "/etc/lusong/tls/": f"{tmp_path}/",
        "/run/secrets/tls_certificate": str(tmp_path / "certificate.pem"),
        "/run/secrets/tls_key": str(tmp_path / "key.pem"),
        "/etc/nginx/lusong-proxy.conf": str(ROOT / "deploy/debian12/nginx-proxy.conf"),
        "/var/log/nginx/": f"{tmp_path}/",
        "http://web:8000": "http://127.0.0.1:8000",
    }.items():
        text = text.replace(old, new)
    if place == "debian12":
        text = f"events {{}}\npid {tmp_path}/pid;\nhttp {{ include /etc/nginx/mime.types;\n{text}\n}}"
    (tmp_path / "nginx.conf").write_text(text)
    command = ["nginx", "-t", "-q", "-e", str(tmp_path / "error.log"), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", ["debian12/nginx-proxy.conf", "compose/nginx.conf"])
def test_proxies_wait_as_long_as_a_worker_may_take(path):
    (seconds,) = re.findall(r"proxy_read_timeout (\d+)s;", (ROOT / "deploy" / path).read_text())
    assert int(seconds) >= gunicorn_conf.timeout


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("deploy/*/*.sh"), *ROOT.glob("tools/*.sh")]), ids=lambda path: path.name
)
def test_scripts_are_read_by_bash(path):
    assert subprocess.run(["bash", "-n", str(path)], capture_output=True, check=False).returncode == 0
