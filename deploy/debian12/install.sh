#!/usr/bin/env bash
# Installs or upgrades the platform on Debian 12 without Docker: bash install.sh --host tracker.example.gov.cn
# Run as root from an unpacked bundle (no network needed for Python and front-end packages) or a checkout with
# node_modules. Running it again upgrades: the new version stands beside the old one, then takes its place.
set -euo pipefail
# A closed machine's own may keep the platform's account out of what is installed here; secrets are closed below.
umask 022

host='' start=yes mail=none
usage="usage: bash install.sh --host NAME [--email-url URL] [--no-start]"
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --host) host=${2:-}; shift 2 ;;
    --email-url) mail=${2:-}; shift 2 ;;
    --no-start) start=no; shift ;;
    *) fail "$usage" ;;
  esac
done
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
units=$here/deploy/debian12

[ "$(id -u)" = 0 ] || fail "run it as root."
[ -n "$host" ] || fail "$usage"
[[ $host =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] || fail "--host takes one exact host name in small letters, without a wildcard."
. /etc/os-release
[ "${ID:-}" = debian ] && [ "${VERSION_ID:-0}" -ge 12 ] || fail "this script is for Debian 12 or newer; docs/deploy.md says what it does, step by step."
[ -f "$here/manage.py" ] || fail "run it where the bundle was unpacked."
[ -d "$here/node_modules" ] || fail "the front-end packages are missing: use a bundle (make bundle), or run npm ci first."
systemd=no
if [ -d /run/systemd/system ]; then systemd=yes; else start=no; fi

say "Debian's packages"
needed=(python3 python3-venv postgresql postgresql-client redis-server nginx openssl logrotate fontconfig fonts-noto-cjk libreoffice-writer-nogui)
missing=()
for package in "${needed[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  if ! apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/lusong-apt.log 2>&1; then
    apt-get update -qq >>/tmp/lusong-apt.log 2>&1 || true
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >>/tmp/lusong-apt.log 2>&1 ||
      fail "these packages could not be installed: ${missing[*]} (see /tmp/lusong-apt.log); make Debian's mirror or installation medium known to apt, then run this again."
  fi
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed."

say "Account and folders"
getent passwd lusong >/dev/null || useradd --system --home-dir /var/lib/lusong --shell /usr/sbin/nologin lusong
install -d -m 0755 /opt/lusong /opt/lusong/releases
install -d -m 0750 -o lusong -g lusong /var/lib/lusong
install -d -m 0755 -o lusong -g lusong /var/lib/lusong/static
install -d -m 0700 -o lusong -g lusong /var/backups/lusong
install -d -m 0750 -g lusong /etc/lusong
install -d -m 0750 /etc/lusong/tls
# nginx serves the static files and nothing else of the folder.
chmod o+x /var/lib/lusong

say "The new version"
version=$(cat "$here/VERSION" 2>/dev/null || date +%Y%m%d-%H%M%S)
release=/opt/lusong/releases/$version
# The same version again gets a folder of its own: the one that is running stays whole until it is changed over.
while [ -e "$release" ]; do release=$release-again; done
rm -rf "$release.new"
mkdir "$release.new"
(cd "$here" && tar -cf - --exclude=./.git --exclude=./.venv --exclude=./.data --exclude=./wheels --exclude=./debs --exclude=./.env .) | tar -xf - -C "$release.new"
chown -R root:root "$release.new"
chmod -R go-w,a+rX "$release.new"
mv "$release.new" "$release"
python3 -m venv "$release/.venv"
source_of_wheels=()
[ -d "$here/wheels" ] && source_of_wheels=(--no-index --find-links "$here/wheels")
"$release/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
  "${source_of_wheels[@]}" -r "$release/requirements.txt" ||
  fail "the Python packages could not be installed, or are not the files that were pinned: use a bundle made for this processor (make bundle)."
(cd "$release" && .venv/bin/python -m lusong_edu.messages >/dev/null)

say "PostgreSQL"
cluster() { pg_lsclusters -h | awk 'NR == 1 { print $1, $2, $3, $4 }'; }
# Debian's package makes one while it is installed, unless something stood in its way then.
[ -n "$(cluster)" ] || pg_createcluster "$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1)" main >/dev/null ||
  fail "PostgreSQL has no cluster and none could be made; see what pg_createcluster said above."
read -r pg_version pg_name pg_port pg_state <<<"$(cluster)"
[ "$pg_state" = online ] || pg_ctlcluster "$pg_version" "$pg_name" start
as_postgres() { (cd / && runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 -p "$pg_port" "$@"); }
secret() { openssl rand -hex 24; }
if [ ! -f /etc/lusong/owner.env ]; then
  owner=$(secret)
  as_postgres -c "DO \$\$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lusong') THEN CREATE ROLE lusong; END IF; END \$\$" \
    -c "ALTER ROLE lusong LOGIN CREATEDB CREATEROLE PASSWORD '$owner'"
  (umask 077; printf 'DATABASE_URL=postgresql://lusong:%s@127.0.0.1:%s/lusong\nLUSONG_APPLICATION_PASSWORD=%s\n' "$owner" "$pg_port" "$(secret)" >/etc/lusong/owner.env)
fi
if ! as_postgres -At -c "SELECT 1 FROM pg_database WHERE datname = 'lusong'" | grep -q 1; then
  as_postgres -c "CREATE DATABASE lusong OWNER lusong TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
fi

# secure_database sets it on the functions that write the audit, which is no right of an ordinary owner.
as_postgres -c "GRANT SET ON PARAMETER pgtrigger.ignore TO lusong"

say "Redis"
if [ ! -f /etc/redis/lusong.conf ]; then
  (umask 027; sed "s/@PASSWORD@/$(secret)/" "$units/redis.conf" >/etc/redis/lusong.conf)
  chgrp redis /etc/redis/lusong.conf
  grep -q '^include /etc/redis/lusong.conf' /etc/redis/redis.conf || echo 'include /etc/redis/lusong.conf' >>/etc/redis/redis.conf
fi

say "Settings"
if [ ! -f /etc/lusong/lusong.env ]; then
  app_password=$(sed -n 's/^LUSONG_APPLICATION_PASSWORD=//p' /etc/lusong/owner.env)
  redis_password=$(sed -n 's/^requirepass //p' /etc/redis/lusong.conf)
  {
    echo "# Read by the systemd units; owner.env beside it is for migrate, backup and restore alone."
    echo "DJANGO_SETTINGS_MODULE=lusong_edu.settings.production"
    echo "DATABASE_URL=postgresql://lusong_app:$app_password@127.0.0.1:$pg_port/lusong"
    echo "REDIS_URL=redis://:$redis_password@127.0.0.1:6379/0"
    echo "SECRET_KEY=$(openssl rand -hex 48)"
    echo "ALLOWED_HOSTS=$host"
    echo "LUSONG_PROXIES=1"
    echo "LUSONG_DATA_DIR=/var/lib/lusong"
    echo "LUSONG_STATIC_ROOT=/var/lib/lusong/static"
    if [ "$mail" = none ]; then echo "LUSONG_WITHOUT_EMAIL=true"; else echo "EMAIL_URL=$mail"; fi
  } >/etc/lusong/lusong.env
  chown root:lusong /etc/lusong/lusong.env
  chmod 0640 /etc/lusong/lusong.env
fi
# The secrets of second login steps are encrypted with it: without it, people set theirs up anew.
sed -i -e '$a\' /etc/lusong/lusong.env # its last line ends
grep -q '^LUSONG_SECOND_STEP_KEYS' /etc/lusong/lusong.env ||
  echo "LUSONG_SECOND_STEP_KEYS=$(openssl rand -base64 32)" >>/etc/lusong/lusong.env
manage() { # as the owner of the tables, from the new version
  (
    set -a
    . /etc/lusong/lusong.env
    . /etc/lusong/owner.env
    set +a
    cd "$release" && exec runuser -u lusong --preserve-environment -- .venv/bin/python manage.py "$@"
  )
}

say "Static files and tables"
if [ "$systemd" = yes ]; then systemctl restart redis-server; fi
manage collectstatic --noinput --verbosity 0
manage migrate --noinput --verbosity 0
manage secure_database

say "TLS"
if [ ! -f /etc/lusong/tls/certificate.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host" -keyout /etc/lusong/tls/key.pem -out /etc/lusong/tls/certificate.pem 2>/dev/null
  chmod 0600 /etc/lusong/tls/key.pem
  echo "A certificate of its own was made, of which browsers warn: put the bureau's certificate and key into /etc/lusong/tls."
fi

say "nginx, systemd, logs"
sed "s/@HOST@/$host/g" "$units/nginx.conf" >/etc/nginx/sites-available/lusong
install -m 0644 "$units/nginx-proxy.conf" /etc/nginx/lusong-proxy.conf
ln -sfn /etc/nginx/sites-available/lusong /etc/nginx/sites-enabled/lusong
rm -f /etc/nginx/sites-enabled/default
nginx -t -q || fail "nginx does not accept its configuration; nothing was switched over."
install -m 0644 "$units/logrotate" /etc/logrotate.d/lusong
install -D -m 0644 "$units/journald.conf" /etc/systemd/journald.conf.d/lusong.conf
install -m 0644 "$units"/lusong-*.service "$units"/lusong-*.socket "$units"/lusong-*.timer /etc/systemd/system/

say "Switching over"
ln -sfn "$release" /opt/lusong/current.new
mv -T /opt/lusong/current.new /opt/lusong/current
if [ "$start" = yes ]; then
  systemctl daemon-reload
  systemctl enable -q --now postgresql redis-server nginx lusong-web.socket lusong-backup.timer
  systemctl enable -q lusong-web lusong-worker lusong-beat
  systemctl restart lusong-worker lusong-beat lusong-web
  systemctl reload nginx
  for _ in $(seq 60); do
    if python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz?only=serving', timeout=5)" 2>/dev/null; then
      say "Ready: https://$host"
      break
    fi
    sleep 1
  done
  systemctl is-active -q lusong-web || fail "the web server did not start; the reason: journalctl -u lusong-web -n 30"
fi
# The old version, which could read no other, is gone: no secret of a second step stays as it was.
manage seal_second_steps
find /opt/lusong/releases -mindepth 1 -maxdepth 1 -type d ! -path "$release" -printf '%T@ %p\n' | sort -n | head -n -2 | cut -d' ' -f2- | xargs -r rm -rf
cat <<DONE

Next, the first time: load the plan and make the first administrator.
  cd /opt/lusong/current && set -a && . /etc/lusong/lusong.env && set +a
  runuser -u lusong --preserve-environment -- .venv/bin/python manage.py load_plan
  runuser -u lusong --preserve-environment -- .venv/bin/python manage.py first_administrator NAME --name 姓名
The older version is kept in /opt/lusong/releases. Settings: /etc/lusong/lusong.env. Logs: journalctl -u 'lusong-*'.
DONE
