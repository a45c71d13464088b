#!/usr/bin/env bash
# Unpacks a bundle and installs its Python and front-end packages with the network switched off.
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
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CERT
export PIP_CONFIG_FILE=/dev/null
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --no-index --find-links wheels -r requirements.txt
.venv/bin/python -m pip check --disable-pip-version-check
.venv/bin/python -m lusong_edu.messages >/dev/null
export DJANGO_SETTINGS_MODULE=lusong_edu.settings.production LUSONG_DATA_DIR=$PWD/data LUSONG_WITHOUT_EMAIL=true
export DATABASE_URL=postgresql://none@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 ALLOWED_HOSTS=test.invalid
export SECRET_KEY=only-for-this-test-only-for-this-test-only-for-this-test
.venv/bin/python manage.py collectstatic --noinput | tail -1
.venv/bin/python -c 'import django; django.setup(); import lusong_edu.urls, lusong_edu.celery; print("installed without network")'
INNER
if [ "$(id -u)" = 0 ]; then exec unshare --net bash without_network.sh; fi
exec unshare --user --map-root-user --net bash without_network.sh
