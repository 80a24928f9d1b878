#!/usr/bin/env bash
# The offline archive: wheels of the program (with built assets) and of every locked dependency, installer, checksums.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
version=$($python -c 'import importlib.metadata as m; print(m.version("tenglong"))')
name="tenglong-$version-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)-$($python -c 'import sys; print("py%d%d" % sys.version_info[:2])')"
test -d src/tenglong/web/static/vendor/maplibre-gl || { echo "前端资源还没有，请先运行 make assets" >&2; exit 1; }
rm -rf "dist/$name" "dist/$name.tar.gz" build
mkdir -p "dist/$name/wheels"
$python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "dist/$name/wheels" .
$python -m pip download --quiet --disable-pip-version-check --only-binary=:all: --no-deps \
  --dest "dist/$name/wheels" -r requirements.txt
grep '^psycopg' requirements-dev.txt | $python -m pip download --quiet --disable-pip-version-check --only-binary=:all: --no-deps \
  --dest "dist/$name/wheels" -r /dev/stdin
cp requirements.txt scripts/install.sh LICENSE NOTICE README.md README.zh-CN.md "dist/$name/"
echo "$version" >"dist/$name/VERSION"
(cd "dist/$name" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
tar -C dist --sort=name --owner=0 --group=0 --numeric-owner -czf "dist/$name.tar.gz" "$name"
rm -rf "dist/$name" build
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
ls -lh "dist/$name.tar.gz"
