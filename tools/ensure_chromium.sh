#!/usr/bin/env bash
# The browser tests need Chromium and Chinese fonts; installs them where it may, else says what to do.
set -euo pipefail

browser() {
  if [ -n "${CHROMIUM_PATH:-}" ]; then
    [ -x "$CHROMIUM_PATH" ]
    return
  fi
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return
  done
  return 1
}
chinese() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }

browser && chinese && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
fi
packages=(fontconfig fonts-noto-cjk)
browser || packages+=(chromium)
if command -v apt-get >/dev/null && [ "${as_root[0]:-}" != false ]; then
  echo "Installing ${packages[*]} for the browser tests ..."
  { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null || true
fi
if ! browser; then
  echo "error: the browser tests need Chromium; run: apt install chromium, or set CHROMIUM_PATH to a Chrome or Chromium." >&2
  exit 1
fi
if ! chinese; then
  echo "error: the browser tests need a Chinese font; run: apt install fontconfig fonts-noto-cjk." >&2
  exit 1
fi
