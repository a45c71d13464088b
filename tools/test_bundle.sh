#!/usr/bin/env bash
# Unpacks a bundle and brings it up with the network switched off, on Debian's PostgreSQL and Redis: packages, static
# files, tables, plan, and a login page that answers with its style sheet.
set -euo pipefail
bundle=$(realpath "${1:?usage: tools/test_bundle.sh dist/lusong-….tar.gz}")
(cd "$(dirname "$bundle")" && sha256sum --quiet -c "$(basename "$bundle").sha256")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar -xzf "$bundle" -C "$folder" --strip-components=1
cd "$folder"
sha256sum --quiet -c SHA256SUMS

cat >without_network.sh <<'INNER'
set -euo pipefail
if python3 -c 'import socket; socket.create_connection(("1.1.1.1", 443), 2)' 2>/dev/null; then
  echo "error: the network is still there" >&2
  exit 1
fi
ip link set lo up
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CERT
export PIP_CONFIG_FILE=/dev/null
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --no-index --find-links wheels -r requirements.txt
.venv/bin/python -m pip check --disable-pip-version-check
.venv/bin/python -m lusong_edu.messages >/dev/null

servers=$(mktemp -d /tmp/lusong-bundle-XXXXXX)
postgres=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
stop() {
  [ -z "${web:-}" ] || kill "$web" 2>/dev/null || true
  as_postgres "$postgres/pg_ctl" -D "$servers/database" -m immediate stop >/dev/null 2>&1 || true
  redis-cli -s "$servers/redis.sock" shutdown nosave >/dev/null 2>&1 || true
  rm -rf "$servers"
}
trap stop EXIT
[ "$(id -u)" != 0 ] || chown postgres "$servers"
chmod 755 "$servers"
as_postgres "$postgres/initdb" -D "$servers/database" -U lusong -E UTF8 --locale=C.UTF-8 -A trust >/dev/null
as_postgres "$postgres/pg_ctl" -D "$servers/database" -l "$servers/log" -w -o "-c listen_addresses= -c unix_socket_directories=$servers" start >/dev/null
as_postgres "$postgres/createdb" -h "$servers" -U lusong lusong
redis-server --port 0 --unixsocket "$servers/redis.sock" --daemonize yes --save "" --dir "$servers" --logfile /dev/null >/dev/null

export DJANGO_SETTINGS_MODULE=lusong_edu.settings.production LUSONG_DATA_DIR=$PWD/data LUSONG_WITHOUT_EMAIL=true
export DATABASE_URL="postgresql:///lusong?host=$servers&user=lusong" REDIS_URL=unix://$servers/redis.sock?db=0
export LUSONG_SECOND_STEP_KEYS=$(openssl rand -base64 32)
export ALLOWED_HOSTS=test.invalid SECRET_KEY=only-for-this-test-only-for-this-test-only-for-this-test
.venv/bin/python manage.py collectstatic --noinput | tail -1
.venv/bin/python manage.py migrate --noinput --verbosity 0
.venv/bin/python manage.py load_plan --verbosity 0
.venv/bin/gunicorn lusong_edu.wsgi --config python:lusong_edu.gunicorn_conf --bind 127.0.0.1:8000 --workers 1 --log-level error &
web=$!
.venv/bin/python - <<'PY'
import re, time, urllib.request

def ask(path):
    headers = {"Host": "test.invalid", "X-Forwarded-Proto": "https"}
    with urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8000" + path, headers=headers), timeout=30) as answer:
        return answer.status, answer.read().decode()

for attempt in range(120):
    try:
        page = ask("/login/")[1]
        break
    except OSError:
        time.sleep(0.5)
sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)
scripts = re.findall(r'src="(/static/[^"]+\.js)"', page)
assert sheets and "登录" in page, page[:500]
for path in (*sheets, *scripts):
    status, text = ask(path)
    assert status == 200 and text, path
print(f"login page answers, {len(sheets)} style sheets and {len(scripts)} scripts with it")
import django; django.setup()
from apps.plans.models import AnnualPlan, Indicator
plan = AnnualPlan.objects.get()
print(f"plan {plan.year} loaded: {Indicator.objects.count()} indicators")
PY
echo "brought up without network"
INNER
if [ "$(id -u)" = 0 ]; then chmod 755 .; unshare --net bash without_network.sh; else unshare --user --map-root-user --net bash without_network.sh; fi
