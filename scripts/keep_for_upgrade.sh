#!/usr/bin/env bash
# Keep a small record of today's form for later versions to open: scripts/keep_for_upgrade.sh NAME → tests/upgrade/NAME.tar.gz
set -euo pipefail
name=${1:?用法：scripts/keep_for_upgrade.sh 名称}
root=$(cd "$(dirname "$0")/.." && pwd)
home=$(mktemp -d)/home
trap 'rm -rf "$(dirname "$home")"' EXIT
export TENGLONG_HOME=$home
"$root/.venv/bin/tenglong" migrate
"$root/.venv/bin/tenglong" demo --plots 60 >/dev/null
rm -f "$root/tests/upgrade/$name.tar.gz"
"$root/.venv/bin/tenglong" backup "$root/tests/upgrade/$name.tar.gz"
