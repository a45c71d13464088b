#!/usr/bin/env bash
# Runs pytest, with the arguments given, against a private cluster of Debian's PostgreSQL 15, the oldest supported one.
set -euo pipefail
binaries=${POSTGRES_BINARIES:-/usr/lib/postgresql/15/bin}
if [ ! -x "$binaries/postgres" ]; then
  echo "error: PostgreSQL 15 is not installed; run: apt install postgresql-15 (its own cluster is not touched)." >&2
  exit 1
fi

folder=$(mktemp -d /tmp/lusong-pg15-XXXXXX)
as_user=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses root
  as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  chown nobody "$folder"
fi
server=
stop() {
  if [ -n "$server" ]; then
    "${as_user[@]}" "$binaries/pg_ctl" -D "$folder/data" -m immediate -s stop || true
    wait "$server" || true
  fi
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd_and() { (cd "$folder" && exec env -i PATH="$PATH" LC_ALL=C.UTF-8 "${as_user[@]}" "$@"); }
cd_and "$binaries/initdb" -D "$folder/data" -U lusong -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
cd_and setsid "$binaries/postgres" -D "$folder/data" -c listen_addresses= -c unix_socket_directories="$folder" \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
  "$binaries/pg_isready" -q -h "$folder" && break
  sleep 0.1
done
"$binaries/createdb" -h "$folder" -U lusong lusong || { cat "$folder/log" >&2; exit 1; }

"$binaries/postgres" --version
DATABASE_URL="postgresql://lusong@/lusong?host=$folder" "${PYTHON:-.venv/bin/python}" -m pytest "$@"
