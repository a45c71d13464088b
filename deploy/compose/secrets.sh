#!/usr/bin/env bash
# Makes secrets/ for docker compose, once: bash deploy/compose/secrets.sh tracker.example.gov.cn (as root)
# Nothing that is there is overwritten. Files belong to the accounts inside the containers, who alone read them.
set -euo pipefail
host=${1:?usage: bash deploy/compose/secrets.sh HOST_NAME}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
umask 077
mkdir -p secrets
chmod 0711 secrets
random() { openssl rand -hex 24; }
keep() { [ -f "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }

keep secret_key "$(openssl rand -hex 48)"
keep second_step_keys "$(openssl rand -base64 32)"
keep owner_password "$(random)"
keep application_password "$(random)"
keep redis_password "$(random)"
keep redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
keep owner_database_url "postgresql://lusong:$(cat secrets/owner_password)@postgres:5432/lusong"
keep application_database_url "postgresql://lusong_app:$(cat secrets/application_password)@postgres:5432/lusong"
if [ ! -f secrets/tls_certificate.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host" -keyout secrets/tls_key.pem -out secrets/tls_certificate.pem 2>/dev/null
  echo "A certificate of its own was made, of which browsers warn: replace secrets/tls_certificate.pem and tls_key.pem."
fi
if [ "$(id -u)" = 0 ]; then
  chown 10001:10001 secrets/secret_key secrets/second_step_keys secrets/application_password secrets/*_url
  chown 999:999 secrets/owner_password secrets/redis_password
  chown 101:101 secrets/tls_*.pem
else
  echo "note: run it as root, so that the files belong to the accounts inside the containers."
fi
