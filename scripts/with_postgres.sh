#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL cluster named by TENGLONG_TEST_DATABASE_URL; removed afterwards.
set -euo pipefail
bin=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)}
[ -x "${bin:-}/initdb" ] || bin=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
if [ ! -x "$bin/initdb" ]; then
  echo "找不到 PostgreSQL（initdb），请先运行 make system-deps" >&2
  exit 1
fi
work=$(mktemp -d "$("$(dirname "$0")/room.sh")/tenglong-pg.XXXXXX")
port=$("${PYTHON:-python3}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_owner=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
  chown postgres "$work"
  as_owner=(runuser -u postgres --)
fi
finish() {
  (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$work"
}
trap finish EXIT
(
  cd /
  "${as_owner[@]}" "$bin/initdb" -D "$work/data" -U tenglong -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  "${as_owner[@]}" "$bin/pg_ctl" -D "$work/data" -l "$work/log" -w \
    -o "-p $port -k $work -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c synchronous_commit=off" start >/dev/null
  "${as_owner[@]}" "$bin/createdb" -h 127.0.0.1 -p "$port" -U tenglong tenglong
)
export TENGLONG_TEST_DATABASE_URL="postgres://tenglong@127.0.0.1:$port/tenglong"
"$@"
