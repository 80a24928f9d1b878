#!/usr/bin/env bash
# Front-end parts from npm, copied un-hashed: MapLibre finds its worker beside itself by a fixed name.
set -euo pipefail
cd "$(dirname "$0")/.."
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
vendor=src/tenglong/web/static/vendor
version() { node -p "require('./node_modules/$1/package.json').version"; }
place() { # package, name, files…
  local package=$1 name=$2 target
  shift 2
  target="$vendor/$name/$(version "$package")"
  rm -rf "${vendor:?}/$name"
  mkdir -p "$target"
  for file in "$@"; do cp -R "node_modules/$package/$file" "$target/"; done
}
place htmx.org htmx dist/htmx.min.js LICENSE
place maplibre-gl maplibre-gl dist/maplibre-gl.mjs dist/maplibre-gl-worker.mjs dist/maplibre-gl.css LICENSE.txt
place echarts echarts dist/echarts.esm.min.mjs LICENSE NOTICE
place @fontsource-variable/noto-sans-sc noto-sans-sc wght.css files LICENSE
du -sh "$vendor" | cut -f1 | sed 's/^/前端资源：/'
