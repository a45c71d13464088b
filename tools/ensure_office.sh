#!/usr/bin/env bash
# The tests of PDF files need LibreOffice Writer and poppler's reader; installs them where it may, else says what to do.
set -euo pipefail

office() { command -v "${SOFFICE:-soffice}" >/dev/null; }
reader() { command -v pdftotext >/dev/null; }

office && reader && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
fi
packages=()
office || packages+=(libreoffice-writer-nogui fonts-liberation)
reader || packages+=(poppler-utils)
if command -v apt-get >/dev/null && [ "${as_root[0]:-}" != false ]; then
  echo "Installing ${packages[*]} for the tests of PDF files ..."
  { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null || true
fi
if ! office; then
  echo "error: the tests of PDF files need LibreOffice; run: apt install libreoffice-writer-nogui, or set SOFFICE to its soffice." >&2
  exit 1
fi
if ! reader; then
  echo "error: the tests of PDF files need pdftotext; run: apt install poppler-utils." >&2
  exit 1
fi
