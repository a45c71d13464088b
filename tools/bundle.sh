#!/usr/bin/env bash
# Makes dist/lusong-VERSION.tar.gz: everything a machine without internet needs, with its checksums.
# Holds the committed files, Python wheels, the front-end packages, and, where apt is there, the Chinese fonts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=${PYTHON:-.venv/bin/python}
platform=${BUNDLE_PLATFORM:-}   # for example manylinux_2_28_aarch64 for ARM64; empty: this machine's
version=$(git log -1 --format=%cd-%h --date=format:%Y%m%d)
name=lusong-$version${platform:+-${platform##*_}}
folder=dist/$name

[ -d node_modules/@tabler ] || { echo "error: run make install first: the front-end packages are missing." >&2; exit 1; }
[ -z "$(git status --porcelain --untracked-files=no)" ] || echo "note: changes that are not committed stay out of the bundle."
rm -rf "$folder"
mkdir -p "$folder"
git archive --format=tar HEAD | tar -xf - -C "$folder"
echo "$version" >"$folder/VERSION"

echo "Python wheels ..."
# Without conditions: Debian 12 has Python 3.11.2, which needs what a newer 3.11 does not.
sed 's/ ; [^\\]*/ /' requirements.txt >"$folder/requirements.bundle"
for_platform=()
if [ -n "$platform" ]; then
  for_platform=(--platform "$platform" --platform "manylinux2014_${platform##manylinux_*_*_}" --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none)
fi
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: "${for_platform[@]}" \
  -r "$folder/requirements.bundle" --dest "$folder/wheels"
rm "$folder/requirements.bundle"

echo "Front-end packages ..."
mkdir "$folder/node_modules"
for package in @tabler/core plotly.js-basic-dist-min; do
  mkdir -p "$folder/node_modules/$package"
  cp -R "node_modules/$package/package.json" "$folder/node_modules/$package/"
  if [ -d "node_modules/$package/dist" ]; then cp -R "node_modules/$package/dist" "$folder/node_modules/$package/"; else cp -R "node_modules/$package/." "$folder/node_modules/$package/"; fi
done

if [ "${BUNDLE_FONTS:-yes}" = yes ] && command -v apt-get >/dev/null; then
  echo "Fonts ..."
  mkdir "$folder/debs"
  (cd "$folder/debs" && apt-get download -qq fonts-noto-cjk 2>/dev/null) || rmdir "$folder/debs" ||
    echo "note: the fonts could not be fetched; take fonts-noto-cjk from Debian's medium."
fi

(cd "$folder" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
tar -czf "dist/$name.tar.gz" --owner=0 --group=0 --numeric-owner -C dist "$name"
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
rm -rf "$folder"
echo "dist/$name.tar.gz ($(du -h "dist/$name.tar.gz" | cut -f1))"
