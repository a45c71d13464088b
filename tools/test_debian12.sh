#!/usr/bin/env bash
# Installs a bundle in a clean Debian 12 (debootstrap) as on a new machine, and lets it answer. Needs root and a mirror.
# usage: tools/test_debian12.sh dist/lusong-….tar.gz [folder for the Debian root, kept when given]
set -euo pipefail
bundle=$(realpath "${1:?usage: tools/test_debian12.sh BUNDLE [FOLDER]}")
root=${2:-}
[ "$(id -u)" = 0 ] || { echo "error: run it as root." >&2; exit 1; }
mirror=${MIRROR:-http://deb.debian.org/debian}
keep=yes
if [ -z "$root" ]; then keep=no; root=$(mktemp -d /var/tmp/lusong-debian-XXXXXX); fi
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
stop() {
  in_root sh -c 'pkill -F /run/gunicorn-test.pid; redis-cli shutdown nosave; pg_ctlcluster 15 main stop -m fast; nginx -s stop' >/dev/null 2>&1 || true
  for place in dev/shm dev/pts proc; do mountpoint -q "$root/$place" && umount --lazy "$root/$place"; done
  [ "$keep" = yes ] || rm -rf "$root"
}
trap stop EXIT

[ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >/dev/null
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # packages start no service: there is no systemd here
chmod +x "$root/usr/sbin/policy-rc.d"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev/pts" || mount -t devpts devpts "$root/dev/pts"
mkdir -p "$root/dev/shm" && { mountpoint -q "$root/dev/shm" || mount -t tmpfs tmpfs "$root/dev/shm"; }
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/hosts "$root/etc/hosts"
rm -rf "$root/root/bundle" && mkdir "$root/root/bundle"
tar -xzf "$bundle" -C "$root/root/bundle" --strip-components=1

echo "== first installation"
# A machine closed as the national floor for security asks makes files that others cannot read.
in_root bash -c 'umask 027; bash /root/bundle/deploy/debian12/install.sh --host tracker.example.gov.cn'
echo "== the same again, as an upgrade"
in_root bash /root/bundle/deploy/debian12/install.sh --host tracker.example.gov.cn >/dev/null
echo "== nothing is world readable that should not be"
in_root sh -c 'stat -c "%a %U:%G %n" /etc/lusong /etc/lusong/lusong.env /etc/lusong/owner.env /etc/lusong/tls/key.pem /etc/redis/lusong.conf /var/backups/lusong'
echo "== it answers"
in_root sh -c 'redis-server /etc/redis/redis.conf --daemonize yes --dir /var/lib/redis --logfile "" >/dev/null'
in_root bash -c 'set -a; . /etc/lusong/lusong.env; set +a; cd /opt/lusong/current
  runuser -u lusong --preserve-environment -- .venv/bin/gunicorn lusong_edu.wsgi --config python:lusong_edu.gunicorn_conf --pid /tmp/gunicorn-test.pid --daemon
  cp /tmp/gunicorn-test.pid /run/ 2>/dev/null || true
  for _ in $(seq 60); do python3 -c "import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:8000/readyz?only=serving\", timeout=5).read().decode())" 2>/dev/null && break; sleep 1; done
  nginx
  python3 - <<PY
import http.client, ssl
context = ssl._create_unverified_context()
def ask(path, host="tracker.example.gov.cn", encoding="gzip"):
    connection = http.client.HTTPSConnection("127.0.0.1", 443, context=context, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": host, "Accept-Encoding": encoding})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Strict-Transport-Security"), answer.getheader("Content-Encoding"), answer.read()
    except http.client.RemoteDisconnected:
        return "closed"
print("login page:", ask("/login/")[:2])
import re
page = ask("/login/")[3]
import gzip
page = gzip.decompress(page) if page[:2] == b"\x1f\x8b" else page
sheet = re.search(rb"/static/[^\"]+\.css", page).group().decode()
print("style sheet:", sheet, ask(sheet)[0], ask(sheet)[2])
import pathlib
static = pathlib.Path("/var/lib/lusong/static")
kinds = {path.suffix: path for path in static.rglob("*.*") if path.suffix not in (".gz", ".br", ".json")}
print("as they are:", {kind: ask(f"/static/{path.relative_to(static)}", encoding="identity")[0] for kind, path in sorted(kinds.items())})
print("metrics from outside:", ask("/metrics")[0], "another name:", ask("/", host="other.example"))
PY
  set -a; . /etc/lusong/owner.env; set +a
  runuser -u lusong --preserve-environment -- .venv/bin/python manage.py load_plan --verbosity 0 | tail -1
  runuser -u lusong --preserve-environment -- .venv/bin/python manage.py first_administrator guanliyuan --name 示例
  runuser -u lusong --preserve-environment -- .venv/bin/python manage.py backup /var/backups/lusong --verify --keep 14,8,24
  kill "$(cat /tmp/gunicorn-test.pid)"; nginx -s stop'
