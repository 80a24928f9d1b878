#!/usr/bin/env bash
# Node ≥ 20, only for fetching front-end parts; the running program does not need it.
set -euo pipefail
if ! command -v npm >/dev/null; then
  echo "找不到 npm。请安装 Node.js 20 或更新版本；没有网络的机器请改用离线包（make bundle 的产物）" >&2
  exit 1
fi
node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || {
  echo "Node $(node --version) 太旧，需要 20 或更新版本" >&2
  exit 1
}
