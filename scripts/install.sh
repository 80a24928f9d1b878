#!/usr/bin/env bash
# Installs from this folder alone: no network, no root. `--prefix DIR` (default ~/tenglong), `--rollback` to the previous version.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prefix=$HOME/tenglong
python=${PYTHON:-python3}
rollback=0
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=$2; shift 2 ;;
    --rollback) rollback=1; shift ;;
    *) echo "用法：install.sh [--prefix 目录] [--rollback]" >&2; exit 2 ;;
  esac
done
mkdir -p "$prefix/releases"
if [ $rollback -eq 1 ]; then
  previous=$(cat "$prefix/previous" 2>/dev/null || true)
  [ -n "$previous" ] && [ -d "$prefix/releases/$previous" ] || { echo "没有可以退回的版本" >&2; exit 1; }
  basename "$(readlink "$prefix/current")" >"$prefix/previous"
  ln -sfn "releases/$previous" "$prefix/current"
  echo "已退回 $previous；数据库若已升级，请用升级前的备份恢复（backups/before-migrate-*.tar.gz）"
  exit 0
fi
(cd "$here" && sha256sum --quiet --check SHA256SUMS) || { echo "安装包不完整，请重新拷贝" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本" >&2; exit 1; }
release=$(cat "$here/VERSION")-$(date +%Y%m%d%H%M%S)
"$python" -m venv "$prefix/releases/$release"
"$prefix/releases/$release/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links "$here/wheels" -r "$here/requirements.txt" tenglong psycopg psycopg-binary
if [ -L "$prefix/current" ]; then basename "$(readlink "$prefix/current")" >"$prefix/previous"; fi
ln -sfn "releases/$release" "$prefix/current"
cat <<TEXT
已安装到 $prefix/current
  export TENGLONG_HOME=$prefix/var
  $prefix/current/bin/tenglong migrate
  $prefix/current/bin/tenglong user create 用户名 --name 姓名 --role system_admin
  $prefix/current/bin/tenglong serve
TEXT
