#!/usr/bin/env bash
# Makes the virtual environment, also where Debian split venv and ensurepip off into python3-venv.
set -euo pipefail
venv=$1
python=${PYTHON:-python3}

say() { echo "error: $*" >&2; exit 1; }

command -v "$python" >/dev/null || say "no $python on this machine; install Python 3.11 or newer (apt install python3 python3-venv)."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  say "$("$python" --version) is too old; install Python 3.11 or newer and run: make PYTHON=python3.11 run."

echo "Creating $venv with $("$python" --version) ..."
if "$python" -c 'import venv, ensurepip' 2>/dev/null && "$python" -m venv --clear "$venv" 2>/dev/null; then
  exit 0
fi
# Without ensurepip: an empty environment, filled by the machine's own pip or virtualenv.
if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --clear --without-pip "$venv" 2>/dev/null &&
  "$python" -m pip --python "$venv/bin/python" install --quiet pip; then
  exit 0
fi
if "$python" -m virtualenv --clear --quiet "$venv" 2>/dev/null; then
  exit 0
fi
rm -rf "$venv"
say "this Python cannot make virtual environments; run: apt install python3-venv."
